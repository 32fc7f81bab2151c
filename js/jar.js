// The cookies of one request: what came, overlaid with what was set since (CK-21 to CK-28).
import { RequestCookies } from './request_cookies.js';
import { cookieOf, lastOfEach, linesOf, mergedLine, replaceLines, ResponseCookies } from './response_cookies.js';
import { isNext, splitCookiesString } from './set_cookie.js';

/** @typedef {import('./cookies.js').ResponseCookie} ResponseCookie */
/** @typedef {import('./cookies.js').Compat} Compat */

/**
 * @typedef {object} CookieRules Those of an app.
 * @property {Compat} [compat]
 * @property {boolean} trustMiddleware
 */

const FROM_MIDDLEWARE = 'x-middleware-set-cookie';

/**
 * Whether a middleware before us has set cookies (CK-27). Where a visitor can send the header himself, it counts for nothing.
 * @param {Headers} headers of the request
 * @param {CookieRules} rules
 */
export function bringsCookies(headers, { trustMiddleware }) {
  return trustMiddleware && headers.has(FROM_MIDDLEWARE);
}

export class Jar {
  #compat;
  #header;
  /** @type {RequestCookies | undefined} */
  #asked;
  /** What a middleware and the handler set, once there is something. @type {ResponseCookies | undefined} */
  #changes;

  /**
   * @param {Headers} headers of the request
   * @param {CookieRules} rules
   */
  constructor(headers, rules) {
    const { compat } = rules;
    this.#compat = compat;
    this.#header = headers.get('cookie');
    if (!bringsCookies(headers, rules)) return;
    const earlier = new Headers();
    for (const line of splitCookiesString(headers.get(FROM_MIDDLEWARE) ?? '')) {
      const { name, text } = mergedLine(line, compat);
      if (name !== undefined) earlier.append('set-cookie', text);
    }
    this.#changes = new ResponseCookies(earlier, { compat });
  }

  /** To be changed: most requests only read. */
  get #changed() {
    return (this.#changes ??= new ResponseCookies(new Headers(), { compat: this.#compat }));
  }

  /** Parsed when somebody reads: a handler that only sets pays nothing for what came. */
  get #request() {
    return (this.#asked ??= new RequestCookies(this.#header));
  }

  /** Whether the response has something to set; of a Server Action, whether its page is to be rendered anew (CK-24). */
  get modified() {
    return this.#changes !== undefined && this.#changes.size > 0;
  }

  /**
   * A cookie as it is now. One that was deleted is still there, with an empty value (CK-19).
   * @param {string} name
   * @returns {ResponseCookie | undefined}
   */
  get(name) {
    const changed = this.#changes?.get(name);
    if (changed) return changed;
    const cookie = this.#request.get(name);
    // Next makes a cookie to be set of each that came (CK-23).
    return cookie && { ...cookie, path: '/' };
  }

  /** @param {string} name */
  has(name) {
    return this.#changes?.has(name) || this.#request.has(name);
  }

  /** In the order of the request, then in that of the first change (CK-24). */
  get names() {
    const names = new Set(Array.from(this.#request, ([name]) => name));
    for (const [name] of this.#changes ?? []) names.add(name);
    return names;
  }

  /** @param {any[]} args */
  set(args) {
    const [name, value, options] = cookieOf(args);
    const lasts = options?.maxAge ?? options?.expires;
    const empty = value === '' || value === undefined || value === null;
    // As Next's documentation has it; Next itself sets an empty cookie that stays.
    if (empty && (lasts === undefined || lasts === null) && !isNext(this.#compat)) this.#changed.delete({ ...options, name });
    else this.#changed.set(name, value, options);
  }

  /** @param {[any]} args */
  delete(args) {
    this.#changed.delete(...args);
  }

  /**
   * Adds what was set to the headers of a response, whose own lines come first and win (CK-28).
   * @param {Headers} headers
   */
  mergeInto(headers) {
    const lines = headers.getSetCookie().map((line) => mergedLine(line, this.#compat));
    const own = isNext(this.#compat) ? lastOfEach(lines) : lines;
    const taken = new Set(own.map(({ name }) => name));
    const added = this.#lines.filter(({ name }) => !taken.has(name));
    replaceLines(headers, [...own, ...added].map(({ text }) => text));
  }

  get #lines() {
    const lines = this.#changes ? linesOf(this.#changes) : [];
    if (lines.length < 2) return lines;
    const order = new Map(Array.from(this.names, (name, index) => [name, index]));
    /** @param {{ name?: string }} line */
    const place = ({ name = '' }) => order.get(name) ?? 0;
    return lines.toSorted((a, b) => place(a) - place(b));
  }

  /** A Cookie header of what is set now: what the browser would send next. */
  get header() {
    const cookies = Array.from(this.names, (name) => this.get(name)).filter((cookie) => cookie && cookie.value !== '');
    return cookies.map((cookie) => `${cookie?.name}=${encodeURIComponent(cookie?.value ?? '')}`).join('; ');
  }

  /** @param {string} name The line that sets a cookie, if it was set. */
  line(name) {
    return this.#changes && linesOf(this.#changes).findLast((line) => line.name === name)?.text;
  }
}
