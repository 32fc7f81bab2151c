// A page that is made for each visitor: after `connection()` nothing of it is stored.
import { connection } from 'freshtag';

import { html, page, SITE, stamp } from '../layout.js';

export async function GET() {
  await connection();
  return page({
    path: '/now',
    title: 'Now',
    summary: 'Rendered for you, just now, and for nobody else.',
    rendered: stamp(),
    kept: html`Never stored: the handler awaits <code>connection()</code>, so it runs for every request.`,
    body: html`<p>Reload and the time above changes. Reload <a href="/posts/1">a post</a> and it does not.</p>`,
    tries: [
      { does: 'Ask twice: two bodies, and a Cache-Control that forbids keeping either.', run: `curl -i ${SITE}/now` },
      { does: 'For comparison, data that all visitors share for five seconds.', run: `curl -i ${SITE}/api/quote` },
    ],
  });
}
