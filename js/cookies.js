// cookies(): the cookies of the running request, to read and to set.
import { readRequest, refuseInCache, requestScope } from './access.js';
import { ReadonlyRequestCookiesError } from './errors.js';
import { Jar } from './jar.js';
import { nameOf } from './response_cookies.js';
import { currentScope } from './scope.js';

export { parseCookie, RequestCookies } from './request_cookies.js';
export { ResponseCookies } from './response_cookies.js';
export { parseSetCookie, splitCookiesString, stringifyCookie } from './set_cookie.js';

/** @typedef {import('./scope.js').Scope} Scope */
/** @typedef {import('./cookies.js').ResponseCookie} ResponseCookie */

/**
 * The visitor's cookies. In a route handler `set` and `delete` change those of the response; elsewhere they throw.
 * @returns {Promise<Cookies>}
 */
export async function cookies() {
  const scope = requestScope('cookies');
  if (!readRequest(scope, 'cookies()')) return new ReadonlyCookies(new Jar(new Headers(), { trustMiddleware: false }));
  const { work } = scope;
  const jar = (work.jar ??= new Jar(work.request.headers, work.settings.cookies));
  return scope.phase === 'action' && !work.answered ? new Cookies(jar, scope) : new ReadonlyCookies(jar);
}

/** The cookies of a request as they are now: every object of one request sees what the others set. */
class Cookies {
  #jar;
  #scope;

  /**
   * @param {Jar} jar
   * @param {Scope} [scope] of the code that may change the response
   */
  constructor(jar, scope) {
    this.#jar = jar;
    this.#scope = scope;
  }

  get size() {
    return this.#read().names.size;
  }

  /** @param {[name: string | { name: string }]} args */
  get(...args) {
    const cookie = this.#read().get(/** @type {string} */ (nameOf(args[0])));
    return cookie && this.#shown(cookie);
  }

  /** @param {[name?: string | { name: string }]} args */
  getAll(...args) {
    const jar = this.#read();
    const names = args.length === 0 ? jar.names : [/** @type {string} */ (nameOf(args[0]))];
    return Array.from(names, (name) => jar.get(name)).flatMap((cookie) => (cookie ? [this.#shown(cookie)] : []));
  }

  /** @param {string} name */
  has(name) {
    return this.#read().has(name);
  }

  [Symbol.iterator]() {
    return this.#byName()[Symbol.iterator]();
  }

  /** @param {any[]} args `(name, value, options)` or one object of all. */
  set(...args) {
    this.#open().set(args);
    return this;
  }

  /** @param {[any]} args A name, or an object of name, path and domain. */
  delete(...args) {
    this.#open().delete(args);
    return this;
  }

  [Symbol.for('edge-runtime.inspect.custom')]() {
    return `${this.#scope ? 'Response' : 'Request'}Cookies ${JSON.stringify(Object.fromEntries(this.#byName()))}`;
  }

  toString() {
    const jar = this.#read();
    return this.getAll()
      .map(({ name, value }) => {
        const pair = `${name}=${encodeURIComponent(value)}`;
        return this.#scope ? (jar.line(name) ?? `${pair}; Path=/`) : pair;
      })
      .join('; ');
  }

  #byName() {
    return new Map(this.getAll().map((cookie) => [cookie.name, cookie]));
  }

  /** What a handler may change looks like what it sets, the rest like what came (CK-23). @param {ResponseCookie} cookie */
  #shown(cookie) {
    return this.#scope ? cookie : { name: cookie.name, value: cookie.value };
  }

  /** Handed to a cached function, this would put one visitor's cookies into everybody's result. */
  #read() {
    const scope = currentScope();
    if (scope) refuseInCache(scope, 'cookies()');
    return this.#jar;
  }

  /** The jar of a response that is still to come (CK-25). */
  #open() {
    const jar = this.#read();
    const own = this.#scope;
    const { phase } = currentScope() ?? own ?? {};
    if (!own || own.over || own.work.answered || phase !== 'action') throw new ReadonlyRequestCookiesError();
    return jar;
  }
}

class ReadonlyCookies extends Cookies {
  /** @returns {never} */
  clear() {
    throw new ReadonlyRequestCookiesError();
  }
}
