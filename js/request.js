// The Request a storable route gets: reading what belongs to the visitor is noted (NV-14).
import { readRequest } from './access.js';
import { RequestCookies } from './request_cookies.js';
import { StaticGenBailoutError } from './errors.js';
import { currentScope } from './scope.js';

/** @typedef {import('./work.js').Work} Work */

/** What is the same for every visitor of the route; reading anything else is noted. */
const SHARED = new Set(['method', 'signal', 'bodyUsed', 'redirect', 'clone', 'constructor', 'then', 'toJSON']);
const SHARED_URL = new Set(['pathname', 'host', 'hostname', 'port', 'protocol', 'hash', 'username', 'password', 'clone', 'constructor', 'then']);

const AS_TEXT =
  "A route's request was used as a URL or handed to fetch() or new Request(). That would pass on the visitor's headers unseen: use new Request(request.url, …) and name what you pass on.";

/**
 * A stand-in for `request` whose reads are noted in `work`. `instanceof Request` holds.
 * @param {Request} request
 * @param {Work} work
 * @returns {Request}
 */
export function trackedRequest(request, work) {
  /** @type {URL | undefined} */
  let url;
  /** @type {RequestCookies | undefined} */
  let cookies;
  return new Proxy(request, {
    get(target, property) {
      if (property === Symbol.toPrimitive || property === 'toString') return asText;
      // Node's fetch() reads a Request by symbols of its own.
      if (typeof property === 'symbol' && property !== Symbol.toStringTag) return asText();
      if (property === 'nextUrl') return (url ??= trackedUrl(new URL(target.url), work));
      if (property === 'clone') return () => trackedRequest(target.clone(), work);
      if (property === 'method') return 'GET';
      // Next's names that a plain Request has not.
      if (property === 'geo' || property === 'ip') return undefined;
      if (typeof property === 'string' && !SHARED.has(property)) note(work, `request.${property}`);
      if (property === 'cookies') return (cookies ??= new RequestCookies(target.headers.get('cookie')));
      return bound(target, property);
    },
  });
}

/**
 * @param {URL} url
 * @param {Work} work
 * @returns {URL}
 */
function trackedUrl(url, work) {
  return new Proxy(url, {
    get(target, property) {
      if (property === 'clone') return () => trackedUrl(new URL(target), work);
      if (typeof property === 'string' && !SHARED_URL.has(property)) note(work, `nextUrl.${property}`);
      return bound(target, property);
    },
  });
}

/**
 * A read is judged by the code that reads: a cached function that was given the request may not (UC-35).
 * @param {Work} work
 * @param {string} expression
 */
function note(work, expression) {
  if (work.mode === 'error') {
    const { pathname } = new URL(work.request.url);
    throw new StaticGenBailoutError(
      `Route ${pathname} with \`dynamic = "error"\` couldn't be rendered statically because it used \`${expression}\`.`,
    );
  }
  const scope = currentScope();
  readRequest(scope?.work === work ? scope : work.scope, expression);
}

/** @param {any} target @param {string | symbol} property */
function bound(target, property) {
  const value = Reflect.get(target, property, target);
  return typeof value === 'function' && property !== 'constructor' ? value.bind(target) : value;
}

/** @returns {never} */
function asText() {
  throw new TypeError(AS_TEXT);
}

/**
 * A request that says nothing about the visitor: what a refresh, a prerender and `dynamic = 'force-static'` see.
 * @param {Request} request
 * @param {string} pathname As it stands in a URL.
 */
export function bareRequest({ url }, pathname) {
  return new Request(url.slice(0, url.indexOf('/', url.indexOf('://') + 3)) + pathname);
}
