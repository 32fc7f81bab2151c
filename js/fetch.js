// fetch with Next's options: what it answers can be kept, under tags (FE-1 to FE-19).
import { validateTags } from '#wasm';
import { markDynamic } from './access.js';
import { dynamicIsError } from './errors.js';
import { described, digestRequest, keyUrl, merged, sha256 } from './fetch_key.js';
import { logFetch } from './fetch_log.js';
import { forgetFetches, memoised, memoises, repeatable, streamed, withUrl } from './fetch_memo.js';
import { resolveFetch } from './fetch_options.js';
import { toPairs } from './reply.js';
import { currentScope, outside } from './scope.js';
import { warnRejected } from './warn.js';
import { isSocket, release } from './work.js';

/** @typedef {import('./scope.js').Scope} Scope */
/** @typedef {import('./fetch_options.js').Resolved} Resolved */

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

/** Outside of the scope: there {@link patchFetch}'s is the platform's own. @type {typeof globalThis.fetch} */
const platform = (input, init) => outside(() => globalThis.fetch(input, init));

/**
 * In a route, a Server Action and what they call: as in Next, with `cache` and `next: { revalidate, tags }`. Elsewhere the
 * platform's fetch.
 * @param {any} input
 * @param {any} [init]
 * @returns {Promise<Response>}
 */
export async function fetch(input, init) {
  const scope = currentScope();
  if (!scope || init?.next?.internal === true) return platform(input, init);
  const sent = read(input, init);
  return sent ? inScope(scope, sent) : platform(input, init);
}

/** Puts it in the place of the global fetch. Outside of the apps that asked for it nothing changes. */
export function patchFetch() {
  const original = globalThis.fetch;
  if (patches.has(original)) return;
  const patched = (/** @type {any} */ input, /** @type {any} */ init) =>
    currentScope()?.work.settings.patchFetch ? fetch(input, init) : original(input, init);
  patches.add(patched);
  globalThis.fetch = Object.defineProperty(patched, 'name', { value: 'fetch' });
}

/** @type {WeakSet<Function>} */
const patches = new WeakSet();

/**
 * Merges a Request with what is said beside it (FE-2). Undefined where there is no address: the platform says so.
 * @param {any} input
 * @param {any} init
 * @returns {Sent | undefined}
 */
function read(input, init) {
  const { next = {}, cache, ...rest } = init ?? {};
  if (input instanceof Request) {
    const { next: its = {}, cache: itsCache } = /** @type {any} */ (input);
    const request = merged(input, init);
    const { method, headers, url } = request;
    const both = { revalidate: next.revalidate === undefined ? its.revalidate : next.revalidate, tags: next.tags ?? its.tags };
    return { url: keyUrl(url), shown: url, input: request, init: rest, cache: cache || itsCache, next: both, method, headers };
  }
  if (!URL.canParse(input)) return undefined;
  const method = rest.method?.toUpperCase() || 'GET';
  return { url: keyUrl(input), shown: String(input), input, init: rest, cache, next, method, headers: new Headers(rest.headers) };
}

/**
 * @param {Scope} scope
 * @param {Sent} sent
 * @returns {Promise<Response>}
 */
async function inScope(scope, sent) {
  const { work } = scope;
  // Nothing is read, kept or noted for who sees drafts (FE-1), nor once the request has ended.
  if (scope.over || scope.visit?.isDraft()) return send(sent);
  work.fetched?.();
  const { method, headers, next } = sent;
  const started = Date.now();
  const revalidated = enclosing(scope);
  const options = {
    cache: sent.cache,
    revalidate: next.revalidate,
    fetchCache: modeOf(scope),
    dynamic: work.mode,
    noStore: work.noStore,
    personal: !!(headers.get('authorization') || headers.get('cookie')) || !isRead(method),
    enclosing: revalidated,
  };
  const resolved = resolveFetch(options, sent.url, work.route);
  const tags = tagsOf(sent);
  affect(scope, sent, resolved, tags);
  if (!isRead(method)) forgetFetches(scope);

  /** @type {'hit' | 'miss' | 'skip'} */
  let cache = 'skip';
  const make = async () => {
    if (resolved.revalidate === 0 || !work.engine || !scope.visit) return send(sent);
    const [response, found] = await kept(scope, sent, resolved.revalidate, tags);
    cache = found;
    return response;
  };
  const key = memoises(scope) ? memoKey(sent, resolved.revalidate, tags) : undefined;
  const response = await (key === undefined ? make() : memoised(scope, key, make));
  const { warning } = resolved;
  const reason = work.reloads && resolved.revalidate !== 0 ? 'cache-control: no-cache (hard refresh)' : resolved.reason;
  logFetch(work.settings.logging, { method, url: sent.url, status: response.status, ms: Date.now() - started, cache, reason, warning });
  return response;
}

/**
 * The answer from the store, or of the upstream on its way there.
 * @param {Scope} scope
 * @param {Sent} sent
 * @param {number | false} revalidate
 * @param {string[]} tags
 * @returns {Promise<[Response, 'hit' | 'miss' | 'skip']>}
 */
async function kept(scope, sent, revalidate, tags) {
  const { work } = scope;
  const { input, url } = sent;
  const isRequest = input instanceof Request;
  // Whoever calls may change them before they are sent.
  const init = isRequest ? sent.init : { ...sent.init, headers: copyHeaders(sent.init.headers), body: copyBody(sent.init.body) };
  /** @type {string} */
  let key;
  /** @type {any} */
  let body;
  try {
    ({ key, body } = await digestRequest(url, isRequest ? described(input, sent.cache ?? undefined) : { ...init, cache: sent.cache ?? undefined }));
    // What Next's key does not know of.
    const more = [/** @type {any} */ (isRequest ? input : init).cf, ...userinfo(input)];
    if (more.some(Boolean)) key = await sha256(JSON.stringify([key, ...more]));
  } catch (cause) {
    console.error('Failed to generate cache key for', sent.shown, cause);
    return [await send(sent), 'skip'];
  }
  const same = { ...sent, init };

  /** @type {Response | undefined} */
  let live;
  /** @type {{ error: unknown } | undefined} */
  let failed;
  /** @param {import('./contract.js').How} how */
  const render = async (how) => {
    const isLive = how === 'live';
    try {
      const response = await send(same, { body, isLive });
      if (isLive) live = response;
      return told(response, url);
    } catch (error) {
      if (isLive) failed = { error };
      else console.error(`freshtag: a refresh of ${url} failed:`, error);
      throw error;
    }
  };
  const { engine } = work;
  const visit = /** @type {import('./contract.js').Visit} */ (scope.visit);
  const outer = scope.collector ?? visit.detached();
  const { origin, pathname } = new URL(url);
  try {
    const spec = { kind: /** @type {const} */ ('fetch'), id: origin + pathname, args: key, revalidate, tags, fresh: work.reloads };
    const [how, result, status, block] = await /** @type {import('./contract.js').Engine} */ (engine).data(visit, outer, spec, render);
    if (how === 'stored') return [restored(result, status, block, url), 'hit'];
    const response = /** @type {Response} */ (/** @type {unknown} */ (live));
    // What is not kept came as it was.
    if (result === response) return [response, 'miss'];
    const rest = result instanceof Response ? result.body : result;
    return [withUrl(new Response(rest, response), response.url), work.reloads ? 'skip' : 'miss'];
  } catch (error) {
    if (failed && failed.error === error) throw error;
    console.error(`freshtag: fetch(${url}) is answered uncached, the cache failed:`, error);
    // Its tags are unknown now, so whatever holds it must not be stored.
    if (!scope.over) scope.collector?.dynamic(`a failed read of ${url}`);
    const response = /** @type {Response | undefined} */ (/** @type {unknown} */ (live));
    return [response && !response.bodyUsed && !response.body?.locked ? response : await send(same, { body, isLive: true }), 'skip'];
  } finally {
    if (outer !== scope.collector) release(outer);
  }
}

/** Where an answer came from in the end, beside the headers it is kept with. */
const URL_HEADER = 'x-freshtag-url';

/**
 * @param {Response} response
 * @param {string} url that was asked for
 */
function told(response, url) {
  const moved = response.url !== '' && response.url !== url;
  // A socket cannot be made of its parts.
  if (response.status !== 200 || !(moved || response.headers.has(URL_HEADER))) return response;
  const copy = new Response(response.body, response);
  if (moved) copy.headers.set(URL_HEADER, response.url);
  else copy.headers.delete(URL_HEADER);
  return copy;
}

/**
 * @param {any} body
 * @param {number} status
 * @param {import('./contract.js').Block} block
 * @param {string} asked
 */
function restored(body, status, block, asked) {
  const headers = new Headers(toPairs(block));
  const url = headers.get(URL_HEADER) ?? asked;
  headers.delete(URL_HEADER);
  if (body instanceof ReadableStream) return withUrl(new Response(streamed(body), { status, headers }), url);
  return repeatable(() => withUrl(new Response(body, { status, headers }), url));
}

/**
 * Asks the upstream. A platform may refuse a `cache` that only Next knows.
 * @param {Sent} sent
 * @param {{ body?: any, isLive?: boolean }} [over] A refresh goes on when its caller has given up.
 */
async function send({ input, init, cache }, { body, isLive = true } = {}) {
  const own = {
    ...((cache === 'no-store' || cache === 'no-cache') && { cache }),
    ...(body && { body }),
    ...(!isLive && { signal: null }),
  };
  const response = await (input instanceof Request ? platform(again(input, own), own.cache && { cache: own.cache }) : platform(input, { ...init, ...own }));
  // Not of the network, as where something stands in for it.
  const isMade = response.url === '' && response.body && !isSocket(response);
  return isMade ? new Response(streamed(response.body), response) : response;
}

/** A Request is sent once, so this is another one. @param {Request} request @param {Record<string, any>} over */
function again(request, { cache, ...over }) {
  return new Request(request, over);
}

/**
 * `revalidate` of what is being made around the call, so far; undefined where that is not kept.
 * @param {Scope} scope
 */
function enclosing({ kind, collector, work }) {
  if (!collector || (kind !== 'route' && kind !== 'cached') || collector.isDynamic() !== undefined) return undefined;
  const nested = collector.lower(undefined);
  return kind === 'route' && typeof work.revalidate === 'number' ? Math.min(nested, work.revalidate) : nested;
}

/** The mode in force (FE-5). @param {Scope} scope */
function modeOf({ kind, work }) {
  if (kind === 'unstable') return 'force-no-store';
  if (work.action) return 'default-no-store';
  return work.fetchCache ?? (work.acted ? 'default-no-store' : undefined);
}

/**
 * What a fetch does to what holds its answer (FE-3, FE-11).
 * @param {Scope} scope
 * @param {Sent} sent
 * @param {Resolved} resolved
 * @param {string[]} tags
 */
function affect(scope, { shown }, { lowers, dynamic }, tags) {
  const { collector, work } = scope;
  if (tags.length > 0) collector?.tags(tags);
  if (lowers !== undefined) collector?.lower(lowers);
  if (!dynamic || scope.kind !== 'route') return;
  const expression = `revalidate: 0 fetch ${shown} ${work.route}`;
  if (work.mode === 'error') throw dynamicIsError(work.route, expression);
  markDynamic(scope, expression);
}

/** @param {Sent} sent @returns {string[]} */
function tagsOf({ next, shown }) {
  if (!next.tags?.length) return [];
  const { valid, rejected } = validateTags(next.tags);
  warnRejected(rejected, `fetch ${shown}`);
  return valid;
}

/** @param {string} method */
const isRead = (method) => method === 'GET' || method === 'HEAD';

/**
 * The text under which a call is the same as another one; undefined where it stands for itself (FE-18).
 * @param {Sent} sent
 * @param {number | false} revalidate
 * @param {string[]} tags
 */
function memoKey({ input, init, method }, revalidate, tags) {
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
function copyHeaders(headers) {
  return typeof headers?.keys === 'function' ? Array.from(headers, ([name, value]) => [name, value]) : headers && { ...headers };
}

/** @param {any} body */
function copyBody(body) {
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body) copy.append(name, /** @type {any} */ (value));
  return copy;
}

/** @param {Request | URL | string} input */
function userinfo(input) {
  const { username, password } = new URL(input instanceof Request ? input.url : input);
  return [username, password];
}
