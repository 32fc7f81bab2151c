// What a person can do: revalidate a tag or a path, enter and leave draft mode.
import { draft } from './api.js';
import { byId } from './dom.js';

/** @typedef {(work: () => Promise<string>, at: HTMLElement) => Promise<void>} Run Does something and tells what came of it. */
/** @typedef {(order: { tag: string, profile?: string } | { path: string, type?: string }) => Promise<string>} Revalidate Resolves with what to tell. */

/** @param {Run} run @param {Revalidate} revalidate */
export function connectForms(run, revalidate) {
  onSubmit('by-tag', run, async (fields) => {
    const profile = fields.get('profile')?.trim();
    return revalidate({ tag: fields.get('tag') ?? '', ...(profile && { profile }) });
  });
  onSubmit('by-path', run, async (fields) => {
    const type = fields.get('type');
    return revalidate({ path: fields.get('path') ?? '', ...(type && { type }) });
  });
  onSubmit('draft', run, async (fields, pressed, form) => {
    const which = pressed === 'disable' ? 'disable' : 'enable';
    await draft(which, fields.get('secret') ?? '');
    form.reset();
    return which === 'enable' ? 'This browser is in draft mode.' : 'This browser has left draft mode.';
  });
}

/**
 * @param {string} id
 * @param {Run} run
 * @param {(fields: Map<string, string>, pressed: string | undefined, form: HTMLFormElement) => Promise<string>} work
 */
function onSubmit(id, run, work) {
  const form = /** @type {HTMLFormElement} */ (byId(id));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const submitter = /** @type {HTMLButtonElement} */ (event.submitter ?? form.querySelector('button'));
    const fields = new Map([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    void run(() => work(fields, submitter.value || undefined, form), submitter);
  });
}
