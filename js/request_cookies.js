// A visitor's cookies, read-only for now.
import { FreshtagError } from './errors.js';

/** @typedef {{ name: string, value: string }} RequestCookie */

export class RequestCookies {
  /** @type {Map<string, RequestCookie>} */
  #parsed = new Map();

  /** @param {Headers | string | null} source Headers with a `cookie`, or the text of one. */
  constructor(source) {
    const header = source instanceof Headers ? source.get('cookie') : source;
    for (const pair of header?.split(/; */) ?? []) {
      if (!pair) continue;
      const at = pair.indexOf('=');
      // Next's rule: a pair without `=` is `true`, a value that does not decode is dropped, the last of a name wins.
      const name = at === -1 ? pair : pair.slice(0, at);
      try {
        this.#parsed.set(name, { name, value: at === -1 ? 'true' : decodeURIComponent(pair.slice(at + 1)) });
      } catch {
        continue;
      }
    }
  }

  get size() {
    return this.#parsed.size;
  }

  /** @param {string | { name: string }} name */
  get(name) {
    return this.#parsed.get(typeof name === 'string' ? name : name.name);
  }

  /** @param {string | { name: string }} [name] */
  getAll(name) {
    if (name === undefined) return [...this.#parsed.values()];
    const cookie = this.get(name);
    return cookie ? [cookie] : [];
  }

  /** @param {string} name */
  has(name) {
    return this.#parsed.has(name);
  }

  [Symbol.iterator]() {
    return this.#parsed[Symbol.iterator]();
  }

  set = readonly;
  delete = readonly;
  clear = readonly;

  toString() {
    return [...this.#parsed.values()].map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');
  }
}

/** @returns {never} */
function readonly() {
  throw new FreshtagError(
    'READONLY_COOKIES',
    'cookies() is read-only here. Append a set-cookie header to the Response that the handler returns.',
  );
}
