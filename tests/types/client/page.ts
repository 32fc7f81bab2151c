// freshtag/client as a page uses it. Compiled, never run.
import { ActionError, callAction, submitForm } from 'freshtag/client';

const form = document.querySelector('form')!;
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const result = await submitForm<{ ok: boolean }>(form, event.submitter);
    if (!result.ok) await callAction('7f00', 1, new FormData(form), new Date());
  } catch (error) {
    if (error instanceof ActionError && error.status === 409) location.reload();
    throw error;
  }
});
const button = document.querySelector('button')!;
button.onclick = () => callAction<number>(button, { by: 1 }).then((likes) => likes.toFixed());
addEventListener('freshtag:revalidated', ({ detail }) => detail.kind === 1 && location.reload());

// @ts-expect-error a field has a value
callAction({ name: 'x' });
