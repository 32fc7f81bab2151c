// The list of posts. The page has no lifetime of its own: it lives as long as the data it is made of.
import { cached, cacheLife, cacheTag, draftMode } from 'freshtag';

import { setDraft } from '../actions.js';
import { hidden, html, page, revalidateWith, SITE, stamp, when } from '../layout.js';
import { posts } from '../posts.js';

const listPosts = cached(
  async function listPosts() {
    cacheLife('hours');
    cacheTag('posts');
    const { isEnabled } = await draftMode();
    const shown = posts.filter((post) => isEnabled || !post.draft);
    return shown.map(({ id, title, summary, date, draft }) => ({ id, title, summary, date, draft }));
  },
  { id: 'posts' },
);

export async function GET() {
  const list = await listPosts();
  const { isEnabled } = await draftMode();
  return page({
    path: '/',
    title: 'Notes from the edge',
    summary: 'Short notes on caching close to the reader, served by the cache they describe.',
    rendered: stamp(),
    kept: isEnabled
      ? html`Never stored: draft mode passes the cache by.`
      : html`Tag <code>posts</code>, profile <code>hours</code>: fresh for an hour, kept for a day.`,
    body: html`
      <ul class="posts">
        ${list.map(
          (post) => html`
            <li>
              <h2><a href="/posts/${post.id}">${post.title}</a>${post.draft ? html` <span class="unpublished">not published</span>` : ''}</h2>
              <p>${post.summary}</p>
              <p class="date">${when(post.date)}</p>
            </li>`,
        )}
      </ul>
      ${isEnabled ? '' : html`
      <form class="drafts" method="post" aria-label="Drafts">
        ${await hidden(setDraft.bind(null, true))}
        <p>One more note is written and not published. Draft mode shows it, in this browser alone.</p>
        <button>Show drafts</button>
      </form>`}`,
    tries: [
      { does: 'Ask twice: the second answer is a HIT with the same body.', run: `curl -i ${SITE}/` },
      { does: 'Make every page that shows posts stale: each is STALE once, then new.', run: revalidateWith({ tag: 'posts', profile: 'max' }) },
      { does: 'Or drop this page alone: the next answer is a MISS.', run: revalidateWith({ path: '/' }) },
    ],
  });
}
