// What visitors may do: a form calls these with or without JavaScript. A site with accounts asks first who is calling.
import { draftMode, notFound, serverAction, updateTag } from 'freshtag';

import { LONGEST, saveComment } from './comments.js';
import { posts } from './posts.js';

/** Adds a comment to a post. What it returns is for the form: `{ saved }`, or `{ error }` with what was typed. */
export const addComment = serverAction(
  async (postId, form) => {
    const { isEnabled } = await draftMode();
    if (!posts.some((post) => post.id === postId && (isEnabled || !post.draft))) notFound();
    // Fields come from visitors: any of them may be missing, too long, or a file.
    const [name, text] = ['name', 'text'].map((field) => String(form.get(field) ?? '').trim());
    if (text === '') return { error: 'Write something first.', name, text };
    if (text.length > LONGEST.text || name.length > LONGEST.name) {
      return { error: `A comment has at most ${LONGEST.text} characters, and a name ${LONGEST.name}.`, name, text };
    }
    saveComment(postId, { name: name || 'Somebody', text });
    updateTag(`comments-${postId}`); // the page falls with what it is made of
    return { saved: true };
  },
  { id: 'comments:add' },
);

/** Shows or hides what is not published, for this browser. */
export const setDraft = serverAction(
  async (on) => {
    const draft = await draftMode();
    if (on === true) draft.enable();
    else draft.disable();
  },
  { id: 'draft:set' },
);
