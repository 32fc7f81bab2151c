// What this visitor chose and did, in two cookies. POST sets them and GET reads them, so that no reload changes anything.
import { cookies } from 'freshtag';

import { html, page, SITE, stamp } from '../layout.js';

const PATH = '/settings';
const DAY = 86400; // seconds

const THEMES = [['light', 'Light'], ['dark', 'Dark'], ['system', 'System']];

export async function GET() {
  const store = await cookies();
  const theme = known(store.get('theme')?.value);
  const visits = count(store.get('visits')?.value);
  return page({
    path: PATH,
    theme,
    title: 'Settings',
    summary: 'A theme and a count of visits, kept in two cookies of your browser.',
    rendered: stamp(),
    kept: html`Never stored: the handler reads <code>cookies()</code>, so it runs for every request.`,
    body: html`
      <p>Reading cookies makes this a page that is rendered for each visitor and never stored. The other pages read none:
        a post is one copy for everybody, so it keeps to your system’s theme whatever you choose here.</p>
      <form method="post" action="${PATH}" aria-labelledby="theme">
        <h2 id="theme">Theme</h2>
        <p class="choices">${THEMES.map(
          ([value, name]) =>
            html`<button name="theme" value="${value}"${value === theme ? html` aria-current="true"` : ''}>${name}</button> `,
        )}</p>
      </form>
      <form method="post" action="${PATH}" aria-labelledby="visits">
        <h2 id="visits">Visits</h2>
        <p>You have counted <strong>${visits}</strong> ${visits === 1 ? 'visit' : 'visits'}.</p>
        <p class="choices"><button name="visit">Count a visit</button></p>
      </form>
      <form method="post" action="${PATH}" aria-labelledby="forget">
        <h2 id="forget">Forget</h2>
        <p>This deletes both cookies.</p>
        <p class="choices"><button name="forget">Forget everything</button></p>
      </form>`,
    tries: [
      { does: 'Choose a theme. The Set-Cookie of the answer goes into the file “jar”.', run: `curl -i -c jar -d theme=dark ${SITE}${PATH}` },
      { does: 'Count a visit, and again: the page that follows has one more each time.', run: `curl -sL -b jar -c jar -d visit= ${SITE}${PATH} | grep counted` },
      { does: 'A post with these cookies, twice: a HIT, as for everybody else.', run: `curl -i -b jar ${SITE}/posts/1` },
      { does: 'Delete both: two Set-Cookie headers that expire in 1970.', run: `curl -i -b jar -d forget= ${SITE}${PATH}` },
    ],
  });
}

export async function POST(request) {
  const { origin, protocol } = new URL(request.url);
  // Browsers name the site whose form this is, and curl names none.
  if ((request.headers.get('origin') ?? origin) !== origin) return refusal(403, 'Only forms of this site may change settings.');

  const form = new URLSearchParams(await request.text());
  const store = await cookies();
  // Over plain HTTP, as at home, a Secure cookie would be dropped by curl and by some browsers.
  const options = { httpOnly: true, sameSite: 'lax', secure: protocol === 'https:' };
  if (form.has('theme')) {
    const theme = form.get('theme');
    if (!THEMES.some(([value]) => value === theme)) return refusal(400, 'theme: light, dark or system.');
    if (theme === 'system') store.delete('theme');
    else store.set('theme', theme, { ...options, maxAge: 365 * DAY });
  } else if (form.has('visit')) {
    store.set('visits', count(store.get('visits')?.value) + 1, { ...options, maxAge: 30 * DAY });
  } else if (form.has('forget')) {
    store.delete('theme').delete('visits');
  } else {
    return refusal(400, 'Send theme, visit or forget.');
  }
  return new Response(null, { status: 303, headers: { location: PATH } });
}

// A visitor can put anything into a cookie.
function known(theme) {
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function count(visits) {
  return /^[0-9]{1,6}$/.test(visits ?? '') ? Number(visits) : 0;
}

function refusal(status, text) {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
