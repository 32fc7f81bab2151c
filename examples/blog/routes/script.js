// What posts do with JavaScript: a comment is sent without leaving the page. Without it the form works as it is.
export const revalidate = false;

export function GET() {
  return new Response(SCRIPT, { headers: { 'content-type': 'text/javascript; charset=utf-8' } });
}

const SCRIPT = `import { submitForm } from '/_freshtag/client.js';

const form = document.querySelector('form.comment');
const status = form.querySelector('[role=status]');
const button = form.querySelector('button');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  // Not disabled: that would take the focus away.
  if (button.ariaDisabled) return;
  button.ariaDisabled = 'true';
  say('Sending …');
  try {
    const { error } = await submitForm(form, event.submitter);
    if (!error) {
      form.reset();
      await showComments();
    }
    say(error ?? 'Thank you, there it is.', Boolean(error));
  } catch (error) {
    console.warn(error);
    say('That did not work. Please try again.', true);
  } finally {
    button.ariaDisabled = null;
  }
});

function say(text, isError = false) {
  status.textContent = text;
  status.classList.toggle('error', isError);
}

// The page was rendered anew: take the comments from it.
async function showComments() {
  const answer = await fetch(location.pathname);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.querySelector('.comments').replaceWith(page.querySelector('.comments'));
}
`;
