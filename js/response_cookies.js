// The Set-Cookie fields of a response, as Next's ResponseCookies shows them (CK-16 to CK-20).
import { isNext, parseSetCookie, splitCookiesString, stringifyCookie, valueText } from './set_cookie.js';

/** @typedef {import('./cookies.js').ResponseCookie} ResponseCookie */
/** @typedef {import('./cookies.js').Compat} Compat */
/** @typedef {{ name: string | undefined, text: string }} Line A line that does not parse has no name. */

/** The lines as they stand in the headers, for those who merge them. @type {(cookies: ResponseCookies) => readonly Line[]} */
export let linesOf;

export class ResponseCookies {
  static {
    linesOf = (cookies) => cookies.#lines;
  }

  #headers;
  #next;
  /** @type {Map<string, ResponseCookie>} */
  #cookies = new Map();
  /** @type {Line[]} */
  #lines = [];

  /**
   * @param {Headers} headers Read now, and changed by `set` and `delete`.
   * @param {{ compat?: Compat }} [options]
   */
  constructor(headers, options) {
    this.#headers = headers;
    this.#next = isNext(options?.compat);
    for (const line of headers.getSetCookie?.() ?? splitCookiesString(headers.get('set-cookie') ?? '')) {
      const cookie = parseSetCookie(line, options);
      if (cookie) this.#cookies.set(cookie.name, cookie);
      this.#lines.push({ name: cookie?.name, text: cookie && this.#next ? reprinted(cookie, line) : line });
    }
    if (this.#next) this.#lines = lastOfEach(this.#lines);
  }

  get size() {
    return this.#cookies.size;
  }

  /** @param {[name: string | { name: string }]} args */
  get(...args) {
    return this.#cookies.get(/** @type {string} */ (nameOf(args[0])));
  }

  /** @param {[name?: string | { name: string }]} args */
  getAll(...args) {
    if (args.length === 0) return [...this.#cookies.values()];
    const cookie = this.#cookies.get(/** @type {string} */ (nameOf(args[0])));
    return cookie ? [cookie] : [];
  }

  /** @param {string} name */
  has(name) {
    return this.#cookies.has(name);
  }

  [Symbol.iterator]() {
    return this.#cookies[Symbol.iterator]();
  }

  /** @param {any[]} args `(name, value, options)` or one object of all. */
  set(...args) {
    const [name, value, options] = cookieOf(args);
    return this.#put(normalized(name, value, options));
  }

  /** @param {[name: string | ({ name: string } & Record<string, any>)]} args */
  delete(...args) {
    const [given] = args;
    /** @type {Record<string, any>} */
    const { maxAge, ...options } = typeof given === 'string' ? { name: given } : { ...given };
    // CK-20: in Next a `maxAge` makes a new, empty cookie of this.
    if (this.#next && maxAge !== undefined) options.maxAge = maxAge;
    // Without it a browser takes no line for such a name.
    if (/^__(?:host|secure)-/i.test(options.name)) options.secure = true;
    return this.#put(normalized(options.name, '', { ...options, expires: new Date(0) }));
  }

  /** @param {ResponseCookie} cookie */
  #put(cookie) {
    const { name } = cookie;
    // Throws before anything has changed.
    const line = { name, text: stringifyCookie(cookie) };
    const at = this.#lines.findIndex((known) => known.name === name);
    if (at === -1 && !this.#next) {
      this.#headers.append('set-cookie', line.text);
      this.#lines.push(line);
    } else {
      const lines = this.#lines.flatMap((known, index) => (known.name !== name ? [known] : index === at ? [line] : []));
      if (at === -1) lines.push(line);
      replaceLines(this.#headers, lines.map(({ text }) => text));
      this.#lines = lines;
    }
    this.#cookies.set(name, cookie);
    return this;
  }

  [Symbol.for('edge-runtime.inspect.custom')]() {
    return `ResponseCookies ${JSON.stringify(Object.fromEntries(this.#cookies))}`;
  }

  toString() {
    return this.#lines.map(({ text }) => text).join('; ');
  }
}

/**
 * What `set` was given, in either form.
 * @param {any[]} args
 * @returns {[name: any, value: unknown, options: Record<string, any> | undefined]}
 */
export function cookieOf(args) {
  return args.length === 1 ? [args[0]?.name, args[0]?.value, args[0]] : [args[0], args[1], args[2]];
}

/** @param {unknown} name */
export function nameOf(name) {
  return typeof name === 'string' ? name : /** @type {{ name?: unknown } | undefined} */ (name)?.name;
}

/** The last moment that a date of HTTP can name: the end of the year 9999, in ms. */
const LAST_DATE = 253_402_300_799_000;

/**
 * The cookie as Next keeps it (CK-17), in an object of its own.
 * @param {string} name
 * @param {unknown} value
 * @param {Record<string, any>} [options]
 * @returns {ResponseCookie}
 */
function normalized(name, value, options) {
  /** @type {Record<string, any>} */
  const cookie = { name, value, ...options };
  cookie.name = name;
  cookie.value = valueText(value);
  const { maxAge } = cookie;
  if (typeof cookie.expires === 'number') cookie.expires = new Date(cookie.expires);
  if (typeof maxAge === 'number' && maxAge) {
    cookie.expires = new Date(Math.min(Math.max(Date.now() + maxAge * 1000, 0), LAST_DATE));
  }
  cookie.path ??= '/';
  return /** @type {ResponseCookie} */ (cookie);
}

/**
 * What Next makes of a line that was there before (CK-11); the line where that cannot be written.
 * @param {ResponseCookie} cookie
 * @param {string} line
 */
function reprinted(cookie, line) {
  try {
    return stringifyCookie(cookie);
  } catch {
    return line;
  }
}

/**
 * A line of a response that cookies are merged into: Next gives it a path (CK-28).
 * @param {string} line
 * @param {Compat} [compat]
 * @returns {Line}
 */
export function mergedLine(line, compat) {
  const cookie = parseSetCookie(line, { compat });
  if (!cookie) return { name: undefined, text: line };
  const { name, value } = cookie;
  if (compat === 'next') return { name, text: reprinted(normalized(name, value, cookie), line) };
  if (cookie.path !== undefined) return { name, text: line };
  const end = line.indexOf(';');
  const pair = end === -1 ? line.length : end;
  return { name, text: `${line.slice(0, pair)}; Path=/${line.slice(pair)}` };
}

/**
 * One line a name, as in Next: the last of it, in the place of the first.
 * @param {Line[]} lines
 */
export function lastOfEach(lines) {
  return [...new Map(lines.map((line) => [line.name ?? line, line])).values()];
}

/** @param {Headers} headers @param {string[]} lines */
export function replaceLines(headers, lines) {
  headers.delete('set-cookie');
  for (const line of lines) headers.append('set-cookie', line);
}
