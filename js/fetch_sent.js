// A call of fetch: what was asked, how it is told from another one, and how it is sent.
import { merged, keyUrl } from './fetch_key.js';
import { outside } from './scope.js';

/**
 * @typedef {object} Sent A call, its arguments taken as they were when it was made.
 * @property {string} url as it stands in the key
 * @property {string} shown for messages
 * @property {Request | URL | string} input
 * @property {Record<string, any>} init less what is Next's
 * @property {string | null} cache
 * @property {{ revalidate?: unknown, tags?: unknown[] }} next
 * @property {string} method
 * @property {Headers} headers
 */

/** The platform's own: outside of the scope a patched one is no other. @type {typeof globalThis.fetch} */
export const platform = (input, init) => outside(() => globalThis.fetch(input, init));

/**
 * Merges a Request with what is said beside it (FE-2). Undefined where there is no address: the platform says so.
 * @param {any} input
 * @param {any} init
 * @returns {Sent | undefined}
 */
export function readCall(input, init) {
  const { next: said, cache, ...rest } = init ?? {};
  const next = said ?? {};
  if (input instanceof Request) {
    // First of all, as a route's own Request may not be read here (NV-14).
    const request = merged(input, init);
    const { next: its, cache: itsCache } = /** @type {any} */ (input);
    const { method, headers, url } = request;
    const both = { revalidate: next.revalidate === undefined ? its?.revalidate : next.revalidate, tags: next.tags ?? its?.tags };
    return { url: keyUrl(url), shown: url, input: request, init: rest, cache: cache || itsCache, next: both, method, headers };
  }
  if (!URL.canParse(input)) return undefined;
  const method = rest.method?.toUpperCase() || 'GET';
  return { url: keyUrl(input), shown: String(input), input, init: rest, cache, next, method, headers: new Headers(rest.headers) };
}

/**
 * Asks the upstream. A platform may refuse a `cache` that only Next knows.
 * @param {Sent} sent
 * @param {{ body?: any, isLive?: boolean }} [over] A refresh goes on when its caller has given up.
 */
export async function send({ input, init, cache }, { body, isLive = true } = {}) {
  const own = {
    ...((cache === 'no-store' || cache === 'no-cache') && { cache }),
    ...(body && { body }),
    ...(!isLive && { signal: null }),
  };
  return input instanceof Request ? platform(again(input, own), own.cache && { cache: own.cache }) : platform(input, { ...init, ...own });
}

/** A Request is sent once, so this is another one. @param {Request} request @param {Record<string, any>} over */
function again(request, { cache, ...over }) {
  return new Request(request, over);
}

/** @param {string} method */
export const isRead = (method) => method === 'GET' || method === 'HEAD';

/**
 * The text under which a call is the same as another one; undefined where it stands for itself (FE-18).
 * @param {Sent} sent
 * @param {number | false} revalidate
 * @param {string[]} tags
 */
export function memoKey({ input, init, method }, revalidate, tags) {
  if (!isRead(method) || init.signal) return undefined;
  const { cache, ...rest } = init;
  /** @type {any} */
  const request = new Request(input, rest);
  if (request.keepalive) return undefined;
  const headers = [...request.headers].filter(([name]) => name !== 'traceparent' && name !== 'tracestate');
  const { url, mode, redirect, credentials, referrer, referrerPolicy, integrity, cf } = request;
  return JSON.stringify([url, method, headers, mode, redirect, credentials, referrer, referrerPolicy, integrity, cf, revalidate, tags]);
}

/** @param {any} headers */
export function copyHeaders(headers) {
  return typeof headers?.keys === 'function' ? Array.from(headers, ([name, value]) => [name, value]) : headers && { ...headers };
}

/** @param {any} body */
export function copyBody(body) {
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body) copy.append(name, /** @type {any} */ (value));
  return copy;
}

/** @param {Request | URL | string} input */
export function userinfo(input) {
  const { username, password } = new URL(input instanceof Request ? input.url : input);
  return [username, password];
}
