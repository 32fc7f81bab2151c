// One post with its comments. The first two are made ahead of time by `npm run prerender`, the others when somebody asks.
import { actionState, cached, cacheLife, cacheTag, draftMode, formField, notFound } from 'freshtag';

import { addComment } from '../actions.js';
import { getComments, LONGEST } from '../comments.js';
import { hidden, html, page, revalidateWith, SITE, stamp, when } from '../layout.js';
import { posts } from '../posts.js';

export async function generateStaticParams() {
  return posts.slice(0, 2).map(({ id }) => ({ id }));
}

const getPost = cached(
  async function getPost(id) {
    cacheTag('posts', `post-${id}`);
    const { isEnabled } = await draftMode();
    const shown = posts.filter((post) => isEnabled || !post.draft);
    const index = shown.findIndex((post) => post.id === id);
    // A post that is not there may be published any minute.
    cacheLife(index < 0 ? 'minutes' : 'blog');
    if (index < 0) return null;
    const next = shown[(index + 1) % shown.length];
    return { ...shown[index], next: { id: next.id, title: next.title } };
  },
  { id: 'post' },
);

export async function GET(request, { params }) {
  const { id } = await params;
  const post = await getPost(id);
  if (!post) notFound();

  const path = `/posts/${post.id}`;
  const add = addComment.bind(null, post.id);
  const field = await formField(add);
  return page({
    path,
    script: '/comments.js',
    title: post.title,
    summary: post.summary,
    rendered: stamp(),
    kept: post.draft
      ? html`Never stored: this note is not published.`
      : html`Tags <code>posts</code>, <code>post-${post.id}</code> and <code>comments-${post.id}</code>, profile <code>blog</code>: fresh for 15 minutes, kept for a day.`,
    body: html`
      <article>
        <p class="date">${when(post.date)}</p>
        ${post.paragraphs.map((text) => html`<p>${text}</p>`)}
      </article>
      <p class="next">Next: <a href="/posts/${post.next.id}">${post.next.title}</a></p>
      ${await comments(post.id, add)}`,
    tries: [
      { does: 'Ask twice: MISS, then HIT. The HIT has an ETag.', run: `curl -i ${SITE}${path}` },
      { does: 'Send the ETag back: 304 and no body.', run: `curl -i ${SITE}${path} \\\n  -H "If-None-Match: $(curl -s -o /dev/null -w '%header{etag}' ${SITE}${path})"` },
      { does: 'Make this post stale: the old page once more, then a new one.', run: revalidateWith({ tag: `post-${post.id}`, profile: 'max' }) },
      { does: 'Drop this page: the next visitor waits for a new one.', run: revalidateWith({ path }) },
      { does: 'Comment as a page of another site would: 403. Without the Origin it is there.', run: `curl -i ${SITE}${path} -H 'Origin: https://elsewhere.example' \\\n  --form-string '${field.name}=${field.value}' -F text=Hello` },
    ],
  });
}

/** The comments, and the form for one more. */
async function comments(id, add) {
  const list = await getComments(id);
  // Without JavaScript this page answers the form.
  const { error, saved, name = '', text = '' } = actionState(addComment) ?? {};
  return html`
    <section aria-labelledby="comments">
      <h2 id="comments">Comments</h2>
      <ol class="comments">${list.map(
        (comment) => html`<li><p><strong>${comment.name}</strong>, <span class="date">${when(comment.at)}</span></p><p>${comment.text}</p></li>`,
      )}</ol>
      <form class="comment" method="post" aria-label="Your comment">
        ${await hidden(add)}
        <label>Your name, if you like <input name="name" maxlength="${LONGEST.name}" autocomplete="name" value="${name}"></label>
        <label>Your comment <textarea name="text" required maxlength="${LONGEST.text}">${text}</textarea></label>
        <p role="status"${error ? html` class="error"` : ''}>${error ?? (saved ? 'Thank you, there it is.' : '')}</p>
        <button>Send</button>
      </form>
    </section>`;
}
