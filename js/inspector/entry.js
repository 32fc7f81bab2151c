// One entry: facts, tags, headers and the beginning of its body, in a dialog.
import { ask } from './api.js';
import { button, byId, el, setText } from './dom.js';
import { pathOf } from './entries.js';
import { isPathTag, stateOf } from './state.js';
import { counted, duration, moment, size, until } from './words.js';

/** @typedef {import('./cache.js').Cache} Cache */
/** @typedef {import('./state.js').Entry} Entry */
/** @typedef {Entry & { headers: [string, string][], asOf: number[], etag: string | null, body: Preview }} Whole */
/** @typedef {{ text?: string, base64?: string, cut: boolean }} Preview */
/** @typedef {(order: { tag: string, profile?: string }, at: HTMLElement) => Promise<void>} Revalidate */

const IMAGE = /^image\/(?:png|jpeg|gif|webp|avif)$/;

export class EntryDialog {
  #cache;
  #revalidate;
  #dialog = /** @type {HTMLDialogElement} */ (byId('entry'));
  /** @type {Entry | undefined} */
  #entry;
  /** @type {HTMLElement[]} What counts down. */
  #times = [];

  /** @param {Cache} cache @param {Revalidate} revalidate */
  constructor(cache, revalidate) {
    this.#cache = cache;
    this.#revalidate = revalidate;
    byId('entry-close').onclick = () => this.#dialog.close();
    this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener('close', () => {
      this.#entry = undefined;
      // A page that was previewed ends with it.
      byId('entry-body').replaceChildren();
    });
  }

  /** @param {Entry} entry */
  async open(entry) {
    this.#entry = entry;
    setText(byId('entry-title'), pathOf(entry));
    setText(byId('entry-said'), 'Reading the entry …');
    byId('entry-body').replaceChildren(this.#facts(entry));
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
    try {
      /** @type {Whole} */
      const whole = await ask(`entries/${encodeURIComponent(entry.key)}`);
      if (this.#entry !== entry) return;
      setText(byId('entry-said'), '');
      byId('entry-body').replaceChildren(this.#facts(whole), ...this.#tags(whole), ...headersOf(whole), ...bodyOf(whole));
    } catch (error) {
      if (this.#entry !== entry) return;
      byId('entry-said').replaceChildren(/** @type {Error} */ (error).message, button('Try again', () => void this.open(entry)));
    }
  }

  tick() {
    const entry = this.#entry;
    if (!entry || entry.created === undefined) return;
    const now = this.#cache.now();
    const { state, stale, expires, tag } = stateOf(entry, this.#cache.marks, now);
    const texts = [tag ? `${state}, by its tag ${tag}` : state, duration(now - entry.created), until(stale, now), until(expires, now)];
    this.#times.forEach((element, at) => setText(element, texts[at]));
  }

  /** @param {Entry & { etag?: string | null }} entry */
  #facts(entry) {
    const { created, status, etag, key, kind } = entry;
    const time = () => el('dd');
    this.#times = [time(), time(), time(), time()];
    const [state, age, stale, expires] = this.#times;
    /** @type {[string, string | HTMLElement | undefined][]} */
    const facts = [
      ['State', state],
      ['Age', created === undefined ? undefined : age],
      ['Stale in', created === undefined ? undefined : stale],
      ['Expires in', created === undefined ? undefined : expires],
      ['Made', created === undefined ? undefined : moment(created)],
      ['Kind', kind],
      ['Status', status === undefined ? undefined : String(status)],
      ['Size', entry.size === undefined ? undefined : size(entry.size)],
      ['ETag', etag ?? undefined],
      ['Key', el('dd', { className: 'mono' }, key)],
    ];
    const list = el('dl', { className: 'facts' });
    for (const [name, value] of facts) {
      if (value !== undefined) list.append(el('dt', {}, name), typeof value === 'string' ? el('dd', {}, value) : value);
    }
    this.#times[0].textContent = created === undefined ? 'cannot be read' : '';
    this.tick();
    return list;
  }

  /** @param {Whole} entry */
  #tags({ tags = [], asOf, created = 0 }) {
    if (!tags.length) return [];
    const sorted = [...tags].sort((one, other) => Number(isPathTag(one)) - Number(isPathTag(other)));
    const older = (/** @type {string} */ tag) => created - (asOf[tags.indexOf(tag)] ?? created);
    const item = (/** @type {string} */ tag) => {
      const said = older(tag) > 0 && el('span', { className: 'note' }, ` of data ${duration(older(tag))} older`);
      return el('li', {}, el('span', {}, el('span', { className: 'mono' }, tag), said), revalidators(tag, this.#revalidate));
    };
    return [el('h3', {}, counted(tags.length, 'tag')), el('ul', { className: 'list' }, ...sorted.map(item))];
  }
}

/** The two buttons of a tag. @param {string} tag @param {Revalidate} revalidate */
export function revalidators(tag, revalidate) {
  const make = (/** @type {string} */ text, /** @type {string | undefined} */ profile) => {
    const made = button(text, () => void revalidate({ tag, ...(profile && { profile }) }, made), { 'aria-label': `${text}: ${tag}` });
    return made;
  };
  return el('span', { className: 'row' }, make('Expire now', undefined), make('Make stale', 'max'));
}

/** @param {Whole} entry */
function headersOf({ headers }) {
  if (!headers.length) return [];
  const list = el('dl', { className: 'facts mono' });
  for (const [name, value] of headers) list.append(el('dt', {}, name), el('dd', {}, value));
  return [el('h3', {}, 'Headers'), list];
}

/** @param {Whole} entry */
function bodyOf({ headers, body: { text, base64 = '', cut } }) {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1].split(';')[0].toLowerCase() ?? '';
  const title = el('h3', {}, cut ? 'Body, its first 64 KB' : 'Body');
  if (text === undefined) {
    if (IMAGE.test(type) && !cut) return [title, el('img', { src: `data:${type};base64,${base64}`, alt: 'The stored image' })];
    return [title, el('p', { className: 'note' }, `${size(Math.floor((base64.length * 3) / 4))} of ${type || 'bytes'}, which is no text.`)];
  }
  if (!text) return [title, el('p', { className: 'note' }, 'It is empty.')];
  const shown = el('pre', { tabIndex: 0, role: 'group', 'aria-label': 'Body as text' }, text);
  if (type !== 'text/html') return [title, shown];
  const choices = [
    button('Text', () => show(0), { 'aria-pressed': 'true' }),
    button('Page', () => show(1), { 'aria-pressed': 'false' }),
  ];
  const place = el('div', {}, shown);
  const show = (/** @type {number} */ which) => {
    choices.forEach((choice, at) => choice.setAttribute('aria-pressed', String(at === which)));
    // Nothing in it runs and nothing is loaded: an empty sandbox, under the policy of this page.
    const frame = () => el('iframe', { sandbox: '', srcdoc: text, title: 'The stored page' });
    place.replaceChildren(...(which ? [el('p', { className: 'note' }, 'Its text alone: no scripts, styles and images.'), frame()] : [shown]));
  };
  return [title, el('p', { className: 'row', role: 'group', 'aria-label': 'Show the body as' }, ...choices), place];
}
