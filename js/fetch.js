// fetch with Next's options: what it answers can be kept, under tags (FE-1 to FE-19).
import { validateTags } from '#wasm';
import { markDynamic } from './access.js';
import { dynamicIsError } from './errors.js';
import { described, digestRequest, sha256 } from './fetch_key.js';
import { logFetch } from './fetch_log.js';
import { forgetFetches, memoised, memoises, withUrl } from './fetch_memo.js';
import { resolveFetch } from './fetch_options.js';
import { copyBody, copyHeaders, isRead, memoKey, platform, readCall, send, userinfo } from './fetch_sent.js';
import { toPairs } from './reply.js';
import { currentScope } from './scope.js';
import { warnRejected } from './warn.js';
import { release } from './work.js';

/** @typedef {import('./scope.js').Scope} Scope */
/** @typedef {import('./fetch_sent.js').Sent} Sent */
/** @typedef {import('./fetch_options.js').Resolved} Resolved */

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
  const sent = readCall(input, init);
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
  return withUrl(new Response(body, { status, headers }), url);
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
