// The table of entries: a row each, of which those in sight count down.
import { button, byId, el, setText } from './dom.js';
import { isPathTag, stateOf, wordsOf } from './state.js';
import { count, counted, duration, size, until } from './words.js';

/** @typedef {import('./cache.js').Cache} Cache */
/** @typedef {import('./state.js').Entry} Entry */
/** @typedef {{ row: HTMLTableRowElement, entry: Entry, words: string, state: HTMLElement, age: HTMLElement, stale: HTMLElement, expires: HTMLElement }} Row */

const SHOWN_TAGS = 3;

export class Entries {
  #cache;
  #open;
  /** @type {Row[]} */
  #rows = [];
  /** Rows in sight, and those a little way off. @type {Map<Element, Row>} */
  #seen = new Map();
  /** @type {WeakMap<Element, Row>} */
  #byElement = new WeakMap();
  #sight;
  #body = /** @type {HTMLElement} */ (document.querySelector('#entries-table tbody'));
  #filter = /** @type {HTMLInputElement} */ (byId('filter'));
  #kind = /** @type {HTMLSelectElement} */ (byId('kind'));
  #state = /** @type {HTMLSelectElement} */ (byId('state'));

  /** @param {Cache} cache @param {(entry: Entry) => void} open */
  constructor(cache, open) {
    this.#cache = cache;
    this.#open = open;
    this.#sight = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          const row = this.#byElement.get(target);
          if (row && isIntersecting) this.#seen.set(target, row);
          else this.#seen.delete(target);
        }
        this.tick();
      },
      { rootMargin: '300px' },
    );
    for (const control of [this.#filter, this.#kind, this.#state]) control.addEventListener('input', () => this.filter());
    /** @type {HTMLFormElement} */ (this.#filter.form).addEventListener('submit', (event) => event.preventDefault());
  }

  /** Shows what the cache has now. Rows that stay keep their place, and the focus. */
  show() {
    const known = new Map(this.#rows.map((row) => [row.entry.key, row]));
    this.#rows = this.#cache.entries.map((entry) => {
      const old = known.get(entry.key);
      return old && JSON.stringify(old.entry) === JSON.stringify(entry) ? old : this.#row(entry);
    });
    const kept = new Set(this.#rows);
    for (const [, row] of known) {
      if (kept.has(row)) continue;
      this.#sight.unobserve(row.row);
      this.#seen.delete(row.row);
      row.row.remove();
    }
    /** @type {Element | null} */
    let next = this.#body.firstElementChild;
    for (const { row } of this.#rows) {
      if (row === next) next = next.nextElementSibling;
      else this.#body.insertBefore(row, next);
    }
    setText(byId('entries-count'), `${count(this.#rows.length)}${this.#cache.cursor ? '+' : ''}`);
    this.filter();
  }

  /** Hides what is not asked for. */
  filter() {
    const words = this.#filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const now = this.#cache.now();
    let shown = 0;
    const [{ value: kind }, { value: state }] = [this.#kind, this.#state];
    for (const row of this.#rows) {
      const found = stateOf(row.entry, this.#cache.marks, now);
      const fits = words.every((word) => row.words.includes(word)) && (!kind || row.entry.kind === kind) && (!state || found.state === state);
      if (row.row.hidden === fits) row.row.hidden = !fits;
      tellState(row.state, found);
      shown += fits ? 1 : 0;
    }
    this.#say(shown);
    this.tick();
  }

  /** @param {number} shown */
  #say(shown) {
    const said = byId('entries-said');
    const all = this.#rows.length;
    if (!all) return setText(said, 'Nothing is stored yet. Ask for a page, or run `freshtag prerender`.');
    if (shown === all) return setText(said, `${counted(all, 'entry', 'entries')}${this.#cache.cursor ? ', and there are more' : ''}`);
    const text = shown ? `${count(shown)} of ${counted(all, 'entry', 'entries')}` : `No entry is like that.`;
    if (said.firstChild?.textContent === text) return;
    said.replaceChildren(text, button('Show all', () => this.#all()));
  }

  #all() {
    this.#filter.value = this.#kind.value = this.#state.value = '';
    this.#filter.focus();
    this.filter();
  }

  /** Counts down what is in sight. */
  tick() {
    const now = this.#cache.now();
    for (const row of this.#seen.values()) this.#tell(row, now);
  }

  /** @param {Row} row @param {number} now */
  #tell({ entry, state, age, stale, expires }, now) {
    const found = stateOf(entry, this.#cache.marks, now);
    tellState(state, found);
    if (entry.created === undefined) return;
    setText(age, duration(now - entry.created));
    setText(stale, until(found.stale, now));
    setText(expires, until(found.expires, now));
    stale.classList.toggle('past', found.stale <= now);
    expires.classList.toggle('past', found.expires <= now);
  }

  /** @param {Entry} entry @returns {Row} */
  #row(entry) {
    const cell = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...inside) => el('td', { role: 'cell', className: name }, ...inside);
    const time = (/** @type {string} */ of) => el('td', { role: 'cell', className: 'c-time', 'data-of': of });
    const state = el('span', { className: 'state' });
    const [age, stale, expires] = [time('age'), time('stale in'), time('expires in')];
    const row = el(
      'tr',
      { role: 'row' },
      cell('c-path', button(pathOf(entry), () => this.#open(entry))),
      cell('c-state', state),
      cell('c-kind', entry.status && entry.status !== 200 ? `${entry.kind} ${entry.status}` : entry.kind),
      cell('c-tags', tagsOf(entry)),
      cell('c-size', entry.size === undefined ? '' : size(entry.size)),
      age,
      stale,
      expires,
    );
    const made = { row, entry, words: wordsOf(entry), state, age, stale, expires };
    this.#byElement.set(row, made);
    this.#sight.observe(row);
    return made;
  }
}

/** @param {HTMLElement} element @param {{ state: string, tag?: string }} found */
function tellState(element, { state, tag }) {
  if (element.textContent === state && element.title === (tag ?? '')) return;
  element.textContent = state;
  element.className = `state is-${state}`;
  // By which tag, where it was one.
  element.title = tag ?? '';
}

/** The path as this host has it. @param {Entry} entry */
export function pathOf({ path, kind }) {
  const own = kind === 'route' || kind === 'proxy' ? path.startsWith(`${location.host}/`) : false;
  return own ? path.slice(location.host.length) : path;
}

/** @param {Entry} entry */
function tagsOf({ tags, tagCount = 0 }) {
  if (!tags) return tagCount ? counted(tagCount, 'tag') : '';
  const own = tags.filter((tag) => !isPathTag(tag));
  const more = own.length - SHOWN_TAGS;
  return own.slice(0, SHOWN_TAGS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
