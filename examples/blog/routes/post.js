// One post. The first two are made ahead of time by `npm run prerender`, the others when somebody asks.
import { cached, cacheLife, cacheTag } from 'freshtag';

import { html, page, revalidateWith, SITE, stamp, when } from '../layout.js';
import { posts } from '../posts.js';

export async function generateStaticParams() {
  return posts.slice(0, 2).map(({ id }) => ({ id }));
}

const getPost = cached(
  async function getPost(id) {
    cacheTag('posts', `post-${id}`);
    const index = posts.findIndex((post) => post.id === id);
    // A post that is not there may be published any minute.
    cacheLife(index < 0 ? 'minutes' : 'blog');
    if (index < 0) return null;
    const next = posts[(index + 1) % posts.length];
    return { ...posts[index], next: { id: next.id, title: next.title } };
  },
  { id: 'post' },
);

export async function GET(request, { params }) {
  const { id } = await params;
  const post = await getPost(id);
  if (!post) return missing();

  const path = `/posts/${post.id}`;
  return page({
    path,
    title: post.title,
    summary: post.summary,
    rendered: stamp(),
    kept: html`Tags <code>posts</code> and <code>post-${post.id}</code>, profile <code>blog</code>: fresh for 15 minutes, kept for a day.`,
    body: html`
      <article>
        <p class="date">${when(post.date)}</p>
        ${post.paragraphs.map((text) => html`<p>${text}</p>`)}
      </article>
      <p class="next">Next: <a href="/posts/${post.next.id}">${post.next.title}</a></p>`,
    tries: [
      { does: 'Ask twice: MISS, then HIT. The HIT has an ETag.', run: `curl -i ${SITE}${path}` },
      { does: 'Send the ETag back: 304 and no body.', run: `curl -i ${SITE}${path} \\\n  -H "If-None-Match: $(curl -s -o /dev/null -w '%header{etag}' ${SITE}${path})"` },
      { does: 'Make this post stale: the old page once more, then a new one.', run: revalidateWith({ tag: `post-${post.id}`, profile: 'max' }) },
      { does: 'Drop this page: the next visitor waits for a new one.', run: revalidateWith({ path }) },
    ],
  });
}

function missing() {
  return page({
    status: 404,
    title: 'No such post',
    summary: 'There is no post at this address.',
    rendered: stamp(),
    kept: html`A missing post is kept for minutes, not hours: it may be published soon.`,
    body: html`<p><a href="/">All posts</a></p>`,
    tries: [{ does: 'Ask for one that exists.', run: `curl -i ${SITE}/posts/1` }],
  });
}
