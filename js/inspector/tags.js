// The table of tags: when each was revalidated, and what carries it.
import { byId, el, setText } from './dom.js';
import { revalidators } from './entry.js';
import { isPathTag, lastOf } from './state.js';
import { count, counted, until } from './words.js';

/** @typedef {import('./cache.js').Cache} Cache */

/** Rows at most: a table is for reading, and the filter of the entries finds the rest. */
const MOST = 500;

export class Tags {
  #cache;
  #revalidate;
  #body = /** @type {HTMLElement} */ (document.querySelector('#tags-table tbody'));
  #paths = /** @type {HTMLInputElement} */ (byId('path-tags'));
  /** @type {Map<string, { row: HTMLElement, entries: HTMLElement, last: HTMLElement }>} */
  #rows = new Map();

  /** @param {Cache} cache @param {import('./entry.js').Revalidate} revalidate */
  constructor(cache, revalidate) {
    this.#cache = cache;
    this.#revalidate = revalidate;
    this.#paths.addEventListener('change', () => this.show());
  }

  show() {
    const { tags } = this.#cache;
    const all = [...tags.keys()].filter((tag) => this.#paths.checked || !isPathTag(tag));
    all.sort((one, other) => /** @type {number} */ (tags.get(other)) - /** @type {number} */ (tags.get(one)) || (one < other ? -1 : 1));
    const rows = all.slice(0, MOST).map((tag) => {
      const row = this.#rows.get(tag) ?? this.#row(tag);
      this.#rows.set(tag, row);
      const entries = tags.get(tag) ?? 0;
      setText(row.entries, count(entries));
      row.entries.setAttribute('data-of', entries === 1 ? 'entry' : 'entries');
      return row.row;
    });
    // Moving what has the focus would lose it.
    if (rows.length !== this.#body.children.length || rows.some((row, at) => row !== this.#body.children[at])) this.#body.replaceChildren(...rows);
    setText(byId('tags-count'), count(all.length));
    setText(byId('tags-said'), all.length ? `${counted(all.length, 'tag')} on the entries listed${all.length > MOST ? `; the first ${MOST} are shown` : ''}` : 'No listed entry carries a tag of its own.');
    byId('known-tags').replaceChildren(...all.slice(0, MOST).map((tag) => el('option', { value: tag })));
    this.tick();
  }

  tick() {
    if (byId('tags').hidden) return;
    const now = this.#cache.now();
    for (const [tag, { last }] of this.#rows) {
      const marks = this.#cache.marks.get(tag);
      const found = marks && lastOf(marks);
      if (!marks) setText(last, '');
      else if (!found) setText(last, 'never');
      else if (found.how === 'expired') setText(last, `expired ${until(found.at, now)}`);
      else setText(last, `stale ${until(found.at, now)}, ${expiry(found.expires ?? Infinity, now)}`);
    }
  }

  /** @param {string} tag */
  #row(tag) {
    const cell = (/** @type {string} */ className, /** @type {(string | Node)[]} */ ...inside) => el('td', { role: 'cell', className }, ...inside);
    const [entries, last] = [cell('c-size'), cell('c-last')];
    const row = el('tr', { role: 'row' }, cell('c-path mono', tag), entries, last, cell('c-do', revalidators(tag, this.#revalidate)));
    return { row, entries, last };
  }
}

/** @param {number} at @param {number} now */
function expiry(at, now) {
  const left = until(at, now);
  if (left === 'never') return 'never expires';
  return at > now ? `expires in ${left}` : `expired ${left}`;
}
