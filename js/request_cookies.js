// The cookies a request came with, in the shape of @edge-runtime/cookies (CK-14, CK-15).
import { readAll, readList, readOne } from './cookie_scan.js';
import { stringifyCookie, valueText } from './set_cookie.js';

/** @typedef {import('./cookie_scan.js').RequestCookie} RequestCookie */

/**
 * The pairs of a Cookie header: the last of a name counts (CK-4), a name alone is `'true'` (CK-2), a value that does not
 * decode is left out (CK-3).
 * @param {string} header
 * @returns {Map<string, string>}
 */
export function parseCookie(header) {
  const values = new Map();
  for (const { name, value } of readList(header)) values.set(name, value);
  return values;
}

export class RequestCookies {
  #text;
  /** Where changes are written. @type {Headers | undefined} */
  #headers;
  /** All of them, once more than one was asked for. @type {Map<string, RequestCookie> | undefined} */
  #all;
  #asked = false;

  /** @param {Headers | string | null} source */
  constructor(source) {
    if (typeof source === 'object' && source !== null) {
      this.#headers = source;
      this.#text = source.get('cookie') ?? '';
    } else this.#text = source ?? '';
  }

  get #cookies() {
    return (this.#all ??= readAll(this.#text));
  }

  get size() {
    return this.#cookies.size;
  }

  /**
   * @param {string | { name: string }} key
   * @returns {RequestCookie | undefined}
   */
  get(key) {
    const name = typeof key === 'string' ? key : key.name;
    if (typeof name !== 'string') return undefined;
    // Most requests ask for one: that needs no list of all.
    if (this.#asked || this.#all) return this.#cookies.get(name);
    this.#asked = true;
    const value = readOne(this.#text, name);
    return value === undefined ? undefined : { name, value };
  }

  /**
   * @param {[] | [name: string | { name: string } | undefined]} args
   * @returns {RequestCookie[]}
   */
  getAll(...args) {
    if (args.length === 0) return this.#all ? [...this.#all.values()] : readList(this.#text);
    const cookie = args[0] === undefined || args[0] === null ? undefined : this.get(args[0]);
    return cookie ? [cookie] : [];
  }

  /** @param {string} name */
  has(name) {
    return typeof name === 'string' && this.get(name) !== undefined;
  }

  [Symbol.iterator]() {
    return this.#cookies[Symbol.iterator]();
  }

  /** @param {[name: string, value: string] | [cookie: RequestCookie]} args */
  set(...args) {
    const [name, given] = args.length === 1 ? [args[0].name, args[0].value] : args;
    const value = valueText(given);
    // Only its name could break the header. Of a request there are no attributes that a prefix could ask for.
    stringifyCookie({ name, secure: true, path: '/' });
    this.#cookies.set(name, { name, value });
    return this.#write();
  }

  /**
   * @param {string | string[]} names
   * @returns {boolean | boolean[]}
   */
  delete(names) {
    const cookies = this.#cookies;
    const result = Array.isArray(names) ? names.map((name) => cookies.delete(name)) : cookies.delete(names);
    this.#write();
    return result;
  }

  clear() {
    this.#cookies.clear();
    return this.#write();
  }

  #write() {
    this.#headers?.set('cookie', this.toString());
    return this;
  }

  toString() {
    return [...this.#cookies.values()].map(({ name, value }) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('; ');
  }

  [Symbol.for('edge-runtime.inspect.custom')]() {
    return `RequestCookies ${JSON.stringify(Object.fromEntries(this.#cookies))}`;
  }
}
