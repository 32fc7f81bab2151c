// Requests that no route answers go to the origin.
import { again, leave } from './again.js';
import { visitOf } from './draft.js';
import { FreshtagError } from './errors.js';
import { renewAfter } from './instance.js';
import { failureCode, NO_CACHE, notMadeAnew, plain, toBlock, toPairs, toResponse } from './reply.js';
import { isSocket, release } from './work.js';

/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./contract.js').Block} Block */

/**
 * @typedef {object} Upstream
 * @property {string} base Scheme, host and path, no trailing slash. From config alone (T16).
 * @property {typeof fetch} fetch
 */

/**
 * @param {string | undefined} option
 * @param {any} binding `env.ORIGIN`: an address or a service binding.
 * @returns {Upstream | undefined}
 */
export function upstreamOf(option, binding) {
  const service = typeof binding?.fetch === 'function' ? binding : undefined;
  const address = option ?? (service ? 'https://origin' : binding);
  if (address === undefined || address === '') return undefined;
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    throw new FreshtagError('CONFIG', 'ORIGIN must be an http or https address like https://www.example.com, or a service binding.');
  }
  const base = url.origin + url.pathname.replace(/\/+$/, '');
  return { base, fetch: service ? (input, init) => service.fetch(input, init) : (input, init) => fetch(input, init) };
}

/** @param {Call} call @returns {Promise<Response>} */
export async function serveOrigin(call) {
  const { engine, request, authority, pathname, search } = call;
  if (!call.stores) return plainOrigin(call);
  /** @type {Response | undefined} */
  let live;
  /** @type {{ error: unknown } | undefined} */
  let unreachable;
  /** @type {Block | undefined} */
  let cleaned;
  /** @param {import('./contract.js').How} how @param {Block} headers @param {string} counted The query as far as it counts. */
  const ask = async (how, headers, counted) => {
    const isLive = how === 'live';
    if (isLive) cleaned = headers;
    try {
      const response = await askOrigin(call, isLive, toPairs(headers), counted);
      if (isLive) live = response;
      return response;
    } catch (error) {
      if (how !== 'refresh') unreachable = { error };
      throw error;
    }
  };

  const [visit, onDemand] = visitOf(call);
  try {
    const reply = await engine.origin(visit, request.method, authority, pathname, search, toBlock(request.headers), ask);
    call.traffic.count(reply[1]);
    return live && isSocket(live) ? live : toResponse(reply);
  } catch (error) {
    if (unreachable && unreachable.error === error) return onDemand ? notMadeAnew(error) : badGateway(error);
    leave(call);
    // What may have changed something at the origin is not sent twice.
    const next = /^(?:GET|HEAD)$/.test(request.method) ? await again(call, error) : undefined;
    if (next) {
      await /** @type {Response | undefined} */ (live)?.body?.cancel().catch(() => {});
      return await serveOrigin(next);
    }
    if (onDemand) return notMadeAnew(error);
    return await uncachedOrigin(call, error, cleaned);
  } finally {
    leave(call);
    release(visit);
  }
}

/**
 * @param {Call} call
 * @param {boolean} live
 * @param {[string, string][]} headers
 * @param {string} search
 */
function askOrigin({ upstream, request, pathname }, live, headers, search) {
  const { base, fetch } = /** @type {Upstream} */ (upstream);
  const body = live && request.method !== 'GET' && request.method !== 'HEAD' ? request.body : null;
  /** @type {RequestInit & { duplex?: 'half' }} */
  const init = { method: live ? request.method : 'GET', headers, redirect: 'manual' };
  if (body) Object.assign(init, { body, duplex: 'half' });
  // It ends at the next hop, so that it must be asked for there anew.
  if (live && request.headers.get('upgrade')?.toLowerCase() === 'websocket') init.headers = [...headers, ['upgrade', 'websocket']];
  // The query is part of the key, unlike that of a route: a refresh asks for the same page.
  return fetch(base + pathname + search, init);
}

/** What is never passed on when the engine, which knows the rules, is not there. */
const PRIVATE_HEADERS =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|forwarded|x.forwarded(?:.*)|x.(?:original.(?:host|url)|rewrite.url|host|http.host.override)|x.(?:freshtag|middleware|nextjs|next|invoke|prerender|now|vinext).*|next.resume|x.(?:isr|matched.path).*|x.action.forwarded|cdn-loop)$/i;
const INTERNAL_ANSWERS = ['cache-tag', 'x-next-cache-tags', 'x-nextjs-cache', 'cdn-cache-control'];

/**
 * The engine failed: the origin answers without a cache.
 * @param {Call} call
 * @param {unknown} failure
 * @param {Block} [cleaned] What the engine made of the visitor's headers.
 */
export async function uncachedOrigin(call, failure, cleaned) {
  await renewAfter(failure);
  const code = failureCode(failure);
  console.error(`freshtag: ${code}: ${call.pathname} is answered by the origin, uncached:`, failure);
  // A body can be sent once.
  if (call.request.bodyUsed) return plain(502, 'Bad Gateway', { 'x-freshtag-error': code });
  const answer = await plainOrigin(call, cleaned);
  if (isSocket(answer)) return answer;
  answer.headers.set('cache-control', NO_CACHE);
  answer.headers.set('x-freshtag-error', code);
  return answer;
}

/**
 * The origin's answer as it is, less what is internal.
 * @param {Call} call
 * @param {Block} [cleaned]
 */
async function plainOrigin(call, cleaned) {
  const headers = cleaned ? toPairs(cleaned) : [...call.request.headers].filter(([name]) => !PRIVATE_HEADERS.test(name));
  try {
    const response = await askOrigin(call, true, headers, call.search);
    if (isSocket(response)) return response;
    const answer = new Response(response.body, response);
    for (const name of INTERNAL_ANSWERS) answer.headers.delete(name);
    return answer;
  } catch (error) {
    return badGateway(error);
  }
}

/** @param {unknown} error */
function badGateway(error) {
  console.error('freshtag: the origin did not answer:', error);
  return plain(502, 'Bad Gateway');
}
