// The comments. In memory like the posts, so they are gone when the Worker ends.
import { cached, cacheLife, cacheTag } from 'freshtag';

/** Characters. */
export const LONGEST = { name: 40, text: 500 };
const MOST = 50;

const comments = new Map();

/** Of each post the last ones are kept. */
export function saveComment(postId, { name, text }) {
  const list = [...(comments.get(postId) ?? []), { name, text, at: new Date().toISOString() }];
  comments.set(postId, list.slice(-MOST));
}

export const getComments = cached(
  async function getComments(postId) {
    cacheTag(`comments-${postId}`);
    cacheLife('blog');
    return comments.get(postId) ?? [];
  },
  { id: 'comments' },
);
