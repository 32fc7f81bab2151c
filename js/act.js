// A POST that calls a Server Action: from the call to the response (SA-1 to SA-29).
import { dropBody } from './body.js';
import { readCall } from './action_body.js';
import { refusedOrigin } from './action_guard.js';
import { engineOf } from './call.js';
import { visitOf } from './draft.js';
import { encodeValue } from './encode.js';
import { interruptOf } from './navigation.js';
import { fallbackResponse, locationOf, redirectResponse } from './pages.js';
import { failureCode, NO_CACHE, plain, withHeaders } from './reply.js';
import { keepPrivate, runHandler, withCookies } from './route.js';
import { Scope } from './scope.js';
import { handlerFailed, settled } from './settle.js';
import { Work } from './work.js';

/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./route.js').Route} Route */
/** @typedef {import('./action_body.js').ActionCall} ActionCall */

/**
 * Runs the action that a request calls on a page of the app. Nothing is read and nothing runs before the origin has
 * been checked (SA-6).
 * @param {Call} call
 * @param {Route} route of the page
 * @returns {Promise<Response>}
 */
export async function serveAction(call, route) {
  const { request, settings } = call;
  const refused = refusedOrigin(call) ?? unknownAction(request.headers.get('next-action'), call);
  if (refused) {
    await dropBody(request);
    return refused;
  }
  /** @type {ActionCall | { missing: string | null }} */
  let action;
  try {
    action = await readCall(request, settings.actions);
  } catch (error) {
    return unreadable(call, error);
  }
  if ('missing' in action) return unknownAction(action.missing, call) ?? invalid();

  const engine = engineOf(call);
  const [visit] = visitOf({ ...call, engine });
  const { stores, defer } = call;
  // A POST is of one visitor, whatever its page is.
  const work = new Work({ engine: stores ? engine : undefined, visit, ...route.says, mode: 'auto', how: 'live', request, defer, settings });
  const answering = action.byFetch ? answerCall(work, call, action) : answerForm(work, call, route, action);
  // What has begun to change something goes on when its visitor has left.
  defer(answering.then(nothing, nothing));
  return answering;
}

const nothing = () => {};

/**
 * @param {string | null} id As the caller gave it; null without one.
 * @param {Call} call
 */
function unknownAction(id, { settings, pathname }) {
  if (id === null || settings.actions.get(id)) return undefined;
  console.warn(`freshtag: ${pathname} was asked for a Server Action that is not there. Is it in createApp({ actions }), and was the page made by this version?`);
  return id.length === 42 ? notFound(409, 'Server Action unavailable.') : invalid();
}

function invalid() {
  return notFound(400, 'Invalid Server Action request.');
}

/** @param {number} status @param {string} text */
function notFound(status, text) {
  return plain(status, text, { 'x-nextjs-action-not-found': '1' });
}

/** @param {Call} call @param {unknown} error */
function unreadable({ settings, dev }, error) {
  const code = failureCode(error);
  const message = error instanceof Error ? error.message : '';
  console.error(`freshtag: a Server Action was not run: ${code}: ${message}`);
  const status = settings.compat ? 500 : (STATUS.get(code) ?? 500);
  return plain(status, status === 500 ? 'Internal Server Error' : message, { 'x-freshtag-error': code });
}

/** What is the caller's fault. */
const STATUS = new Map([['TOO_LARGE', 413], ['INVALID_REQUEST', 400], ['SEALED_ARGUMENTS', 400]]);

/**
 * Runs the action in a scope of its own.
 * @param {Work} work
 * @param {ActionCall} action
 * @returns {Promise<{ value: unknown } | { error: unknown }>}
 */
async function run(work, { definition, args }) {
  const { scope } = work;
  work.action = work.acted = true;
  try {
    return { value: await scope.run(async () => definition.fn(...args)) };
  } catch (error) {
    return { error };
  } finally {
    work.action = false;
  }
}

/**
 * @param {Work} work
 * @param {Call} call
 * @param {ActionCall} action
 */
async function answerCall(work, call, action) {
  const outcome = await run(work, action);
  /** @type {Response} */
  let response;
  try {
    response = await callResponse(outcome, call, action.definition.id);
  } catch (error) {
    // What was thrown cannot even be told, such as a redirect that no header can carry.
    response = handlerFailed(error);
  }
  work.answered = true;
  const kind = work.revalidated || work.jar?.modified ? 1 : work.refreshed ? 2 : 0;
  if (kind) response.headers.set('x-action-revalidated', String(kind));
  const answer = withCookies(work, work.watch(response));
  return settled(work, (seen) => {
    if (seen) answer.headers.append('set-cookie', seen);
    return answer;
  });
}

/**
 * @param {{ value: unknown } | { error: unknown }} outcome
 * @param {Call} call
 * @param {string} id
 */
async function callResponse(outcome, { dev }, id) {
  /** @type {unknown} */
  let error;
  if ('value' in outcome) {
    try {
      return json(200, await encodeValue(outcome.value, `the result of Server Action "${id}"`));
    } catch (failure) {
      error = failure;
    }
  } else {
    ({ error } = outcome);
  }
  const interrupt = interruptOf(error);
  if (interrupt?.kind === 'redirect') {
    return new Response(null, { headers: { 'x-action-redirect': `${locationOf(interrupt)};${interrupt.type}`, 'cache-control': NO_CACHE } });
  }
  if (interrupt) return json(interrupt.status, JSON.stringify({ digest: /** @type {any} */ (error).digest }));
  const digest = digestOf(error);
  console.error(`freshtag: Server Action "${id}" failed, digest ${digest}:`, error);
  // What went wrong is for the log; the visitor gets the number to ask about.
  const message = dev && error instanceof Error ? error.message : undefined;
  return json(500, JSON.stringify({ digest, message }));
}

/** @param {number} status @param {string} text */
function json(status, text) {
  return new Response(text, { status, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': NO_CACHE } });
}

/** A number by which an error is found in the log: the same one for the same error. @param {unknown} error */
function digestOf(error) {
  const { digest, message, stack } = /** @type {any} */ (error ?? {});
  if (typeof digest === 'string') return digest;
  let hash = 5381;
  for (const char of `${message}${stack ?? ''}`) hash = (Math.imul(hash, 33) ^ char.charCodeAt(0)) >>> 0;
  return String(hash);
}

/**
 * Without JavaScript the answer is the page, made after the action has run.
 * @param {Work} work
 * @param {Call} call
 * @param {Route} route
 * @param {ActionCall} action
 */
async function answerForm(work, call, route, action) {
  const outcome = await run(work, action);
  /** @type {Response} */
  let response;
  try {
    response = 'value' in outcome ? await pageAfter(work, call, route, action, outcome.value) : await pageOf(work, call, outcome.error);
  } catch (error) {
    // What the action has set holds, as it has run (CK-24).
    response = withCookies(work, handlerFailed(error));
    work.bodyEnded();
  }
  return settled(work, (seen) =>
    withHeaders(response, (headers) => {
      // Whatever the page says of itself: this one is of a POST (WK-8).
      keepPrivate(headers);
      if (seen) headers.append('set-cookie', seen);
    }),
  );
}

/**
 * @param {Work} work
 * @param {Call} call
 * @param {Route} route
 * @param {ActionCall} action
 * @param {unknown} value What the action returned.
 */
async function pageAfter(work, call, route, { definition }, value) {
  // Whatever the action still holds is of an action that is over.
  work.scope.over = true;
  work.scope = new Scope('route', work, work.visit, undefined);
  work.actionState = { definition, value };
  const { url, headers, signal } = call.request;
  const seen = new Request(url, { headers: pageHeaders(headers, work), signal });
  return runHandler(work, route.handler('GET'), seen, engineOf(call).routeParams(call.pathname));
}

/** @param {Headers} headers @param {Work} work */
function pageHeaders(headers, { jar }) {
  const own = new Headers(headers);
  for (const name of ['content-type', 'content-length', 'next-action']) own.delete(name);
  if (jar?.modified) own.set('cookie', jar.header);
  return own;
}

/**
 * What an action that threw is answered with.
 * @param {Work} work
 * @param {Call} call
 * @param {unknown} error
 */
async function pageOf(work, call, error) {
  const { request, settings, pathname } = call;
  const interrupt = interruptOf(error);
  if (!interrupt) throw error;
  const response =
    interrupt.kind === 'redirect'
      ? redirectResponse(work, interrupt, request)
      : await work.scope.run(() =>
          fallbackResponse(work, settings.compat ? 404 : interrupt.status, request, engineOf(call).routeParams(pathname)),
        );
  work.answered = true;
  return withCookies(work, work.watch(response));
}
