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
  button.disabled = true;
  status.textContent = 'Sending …';
  try {
    const { error } = await submitForm(form, event.submitter);
    if (!error) {
      form.reset();
      await showComments();
    }
    status.textContent = error ?? 'Thank you, there it is.';
  } catch (error) {
    console.warn(error);
    status.textContent = 'That did not work. Please try again.';
  } finally {
    button.disabled = false;
  }
});

// The page was rendered anew: take the comments from it.
async function showComments() {
  const answer = await fetch(location.pathname);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.querySelector('.comments').replaceWith(page.querySelector('.comments'));
}
`;
