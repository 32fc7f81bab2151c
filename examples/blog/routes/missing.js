// The page for what is not there: of notFound(), and of paths that no route takes.
import { html, page, SITE, stamp } from '../layout.js';

export default function Missing() {
  return page({
    title: 'Nothing here',
    summary: 'There is no page at this address.',
    rendered: stamp(),
    kept: html`A missing post is kept for minutes, not hours: it may be published soon.`,
    body: html`<p><a href="/">All posts</a></p>`,
    tries: [{ does: 'Ask for one that exists.', run: `curl -i ${SITE}/posts/1` }],
  });
}
