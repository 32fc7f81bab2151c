// Routes: from the call to the response.
import { serveAction } from './act.js';
import { again, leave } from './again.js';
import { visitOf } from './draft.js';
import { readFor } from './engine.js';
import { renewAfter } from './instance.js';
import { notFound } from './navigation.js';
import { isListed } from './params.js';
import { isPossibleAction } from './possible_action.js';
import { rememberedBy } from './remembered.js';
import { failureCode, NO_CACHE, notMadeAnew, plain, toResponse, withHeaders } from './reply.js';
import { bareRequest, trackedRequest } from './request.js';
import { forbidStoring, Route, runHandler } from './route.js';
import { afterThrow, finish, handlerFailed, settled } from './settle.js';
import { isReload, isSocket, release, Work } from './work.js';

/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./route.js').Handler} Handler */
/** @typedef {import('./contract.js').Render} Render */
/** @typedef {import('./contract.js').Visit} Visit */

/**
 * @param {Call} call
 * @param {number} index
 * @returns {Promise<Response>}
 */
export async function serveRoute(call, index) {
  const { engine, request } = call;
  const route = call.routes[index];
  const { method } = request;
  const [verdict, allow] =
    method === 'GET' && route.methods.includes('GET') ? ['run', ''] : engine.method(index, method);
  // A module with a POST of its own is no page: it answers its forms itself.
  const calls = verdict === 'not-allowed' && route.module.GET && call.settings.actions.app.any && isPossibleAction(request);
  switch (calls ? 'run' : verdict) {
    case 'bad':
      return plain(400, null);
    case 'not-allowed':
      return plain(405, null, allow ? { allow } : undefined);
    case 'options':
      return plain(204, null, { allow });
  }
  if (route.module.dynamicParams === false) {
    try {
      if (!(await isListed(route, call))) return await serveNotFound(call);
    } catch (error) {
      return handlerFailed(error);
    }
  }
  if (calls) {
    call.traffic.count();
    return serveAction(call, route);
  }
  const isGet = method === 'GET' || verdict === 'head';
  // Whoever develops a page wants to see what it fetches now, and the stored page would hide that (FE-17).
  const passes = call.dev && route.fetches && isReload(request);
  return isGet && route.storable && call.stores && !passes ? stored(call, route, index) : direct(call, route, verdict === 'head');
}

/** What runs where no route does; the name is Next's. */
const NOWHERE = new Route('/_not-found', { GET: notFound, dynamic: 'force-dynamic' });

/**
 * Answers a path that nobody has: with the app's page for a reader, else in a word.
 * @param {Call} call
 * @param {string} [text]
 * @returns {Promise<Response>}
 */
export async function serveNotFound(call, text = 'Not Found') {
  const { method } = call.request;
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && call.settings.pages[404] ? direct(call, NOWHERE, method === 'HEAD') : plain(404, text);
}

/**
 * Lets the engine answer, from the store or by the handler.
 * @param {Call} call
 * @param {Route} route
 * @param {number} index
 * @returns {Promise<Response>}
 */
async function stored(call, route, index) {
  const { engine, request, authority, pathname } = call;
  /** @type {Work | undefined} */
  let live;
  /** @type {{ error: unknown } | undefined} */
  let thrown;
  /** @type {Promise<import('./contract.js').Reply>} */
  let answering;
  const render = renderer(call, route, {
    started: (work) => {
      live = work;
      // Others may wait for this render: it goes on when its visitor has left.
      call.defer(Promise.resolve().then(() => answering).then(nothing, nothing));
    },
    failed: (error) => (thrown = { error }),
  });

  /** @type {Visit | undefined} */
  let visit;
  let onDemand = false;
  let reply;
  let read;
  let epoch = 0;
  try {
    epoch = engine.epoch();
    [visit, onDemand] = visitOf(call);
    const ifNoneMatch = onDemand ? undefined : (request.headers.get('if-none-match') ?? undefined);
    answering = engine.route(visit, index, request.method, authority, pathname, ifNoneMatch, false, render);
    reply = await answering;
    read = readFor(visit);
  } catch (error) {
    leave(call);
    const isOwn = !!thrown && thrown.error === error;
    const next = isOwn ? undefined : await again(call, error);
    if (!next && onDemand) return notMadeAnew(error);
    if (isOwn) return await afterThrow(live, error);
    live?.replied();
    return await (next ? stored(next, route, index) : uncached(call, route, error));
  } finally {
    leave(call);
    release(visit);
  }
  if (!live || (!live.response && !thrown)) {
    // Where there is a run, the store was late, but faster than the render, which goes on to be stored.
    live?.replied();
    call.traffic.count(reply[1]);
    const response = toResponse(reply);
    // Whether a path is listed is asked of the app each time.
    if (!call.dev && route.module.dynamicParams !== false) rememberedBy(engine).keep(request.url, epoch, reply, response, read);
    return response;
  }
  reply = sealed(live, reply);
  call.traffic.count(reply[1]);
  const { response } = live;
  if (response && isSocket(response)) return finish(live, response);
  // For a HEAD the engine leaves a body alone that it does not store.
  if (reply[2] === null && response?.body?.locked === false) await response.body.cancel().catch(() => {});
  return settled(live, (seen) => toResponse(reply, seen));
}

const nothing = () => {};

/**
 * Makes what the head says hold to the end of the body: a body that reads its visitor before the head leaves is not
 * announced as shared, one that reads him later breaks off.
 * @param {Work} work
 * @param {import('./contract.js').Reply} reply
 * @returns {import('./contract.js').Reply}
 */
function sealed(work, [status, block, body, log]) {
  const shared = block.includes('x-nextjs-cache: ');
  if (shared && work.scope.collector?.isDynamic() !== undefined) {
    const lines = block.split('\n').filter((line) => !/^(?:cache-control|x-nextjs-[\w-]+): /.test(line));
    return [status, `${lines.join('\n')}cache-control: ${NO_CACHE}\n`, body, log];
  }
  work.sealed = shared;
  return [status, block, body, log];
}

/**
 * What the engine calls to render a route.
 * @param {Call} call
 * @param {Route} route
 * @param {{ started?: (work: Work) => void, failed?: (error: unknown) => void }} [watch] Told about a live render.
 * @param {string} [pathname]
 * @returns {Render}
 */
export function renderer(call, route, watch = {}, pathname = call.pathname) {
  return async (how, visit, collector) => {
    const live = how === 'live';
    const { engine, defer, settings } = call;
    // Nothing of this visitor reaches a render that is not for him.
    const request = live && route.mode !== 'force-static' ? call.request : bareRequest(call.request, pathname);
    const work = new Work({ engine, visit, collector, ...route.says, how, request, defer, settings });
    if (live) watch.started?.(work);
    try {
      const params = engine.routeParams(pathname);
      return await runHandler(work, route.handler('GET'), trackedRequest(request, work), params);
    } catch (error) {
      if (live) watch.failed?.(error);
      throw error;
    }
  };
}

/**
 * What a run for the visitor himself is made of.
 * @param {Call} call
 * @param {Route} route
 */
function liveRun({ request, pathname, defer, settings }, route) {
  const seen = route.mode === 'force-static' && route.storable ? bareRequest(request, pathname) : request;
  return { ...route.says, how: /** @type {const} */ ('live'), request: seen, defer, settings };
}

/**
 * Runs a handler whose answer nobody stores.
 * @param {Call} call
 * @param {Route} route
 * @param {boolean} isHead Whether GET answers for HEAD.
 */
async function direct(call, route, isHead) {
  const { engine, stores, request, pathname } = call;
  call.traffic.count();
  const [visit] = visitOf(call);
  const work = new Work({ engine: stores ? engine : undefined, visit, ...liveRun(call, route) });
  /** @type {Response} */
  let response;
  try {
    const method = isHead ? 'GET' : request.method;
    // What could be stored elsewhere behaves the same here.
    const seen = method === 'GET' && route.storable ? trackedRequest(work.request, work) : request;
    response = await runHandler(work, route.handler(method), seen, engine.routeParams(pathname), isHead);
  } catch (error) {
    return afterThrow(work, error);
  }
  if (isSocket(response)) return finish(work, response);
  return settled(work, (seen) =>
    withHeaders(response, (headers) => {
      forbidStoring(headers, work);
      if (seen) headers.append('set-cookie', seen);
    }),
  );
}

/**
 * The engine failed: the site goes on without a cache.
 * @param {Call} call
 * @param {Route} route
 * @param {unknown} failure
 */
async function uncached(call, route, failure) {
  await renewAfter(failure);
  const code = failureCode(failure);
  console.error(`freshtag: ${code}: ${route.pattern} is answered uncached:`, failure);
  const work = new Work({ engine: undefined, visit: undefined, ...liveRun(call, route) });
  /** @type {Response} */
  let response;
  try {
    const params = call.again().routeParams(call.pathname);
    response = await runHandler(work, route.handler('GET'), trackedRequest(work.request, work), params, call.request.method === 'HEAD');
  } catch (error) {
    work.replied();
    return withHeaders(handlerFailed(error), (headers) => headers.set('x-freshtag-error', code));
  }
  work.replied();
  if (isSocket(response)) return response;
  return withHeaders(response, (headers) => {
    forbidStoring(headers, work);
    headers.set('x-freshtag-error', code);
  });
}

