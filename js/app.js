// createApp: a Worker's fetch handler.
import { Actions } from './actions.js';
import { isAdmin, serveAdmin } from './admin.js';
import { cutUrl } from './call.js';
import { clientScript } from './client_script.js';
import { isDraftLink, serveDraftLink } from './draft.js';
import { Engines } from './engine.js';
import { patchFetch } from './fetch.js';
import { renewAfter } from './instance.js';
import { serveOrigin, uncachedOrigin, upstreamOf } from './origin.js';
import { rememberedBy } from './remembered.js';
import { failureCode, plain } from './reply.js';
import { Route } from './route.js';
import { serveNotFound, serveRoute } from './serve.js';
import { isDev, settingsOf } from './settings.js';
import { Traffic } from './traffic.js';

/** @typedef {import('./contract.js').Defer} Defer */
/** @typedef {import('./call.js').Call} Call */

/**
 * @typedef {object} AppOptions
 * @property {Record<string, object>} [routes] Modules by pattern: `{ '/posts/[id]': { GET, revalidate: 60 } }`.
 * @property {string} [origin] Answers what no route does. `env.ORIGIN` when absent.
 * @property {Record<string, { stale?: number, revalidate?: number, expire?: number }>} [cacheLife]
 * @property {{ static?: number, dynamic?: number }} [staleTimes]
 * @property {number} [expireTime]
 * @property {string} [namespace] Prefix of every key. `env.FRESHTAG_NAMESPACE` when absent.
 * @property {string} [buildId]
 * @property {string} [secret] `env.FRESHTAG_SECRET` when absent.
 * @property {string} [previousSecret] `env.FRESHTAG_SECRET_PREVIOUS` when absent.
 * @property {string} [draftSecret] `env.FRESHTAG_DRAFT_SECRET` when absent.
 * @property {string} [previewModeId] `env.__NEXT_PREVIEW_MODE_ID` when absent. With `compat: 'next'` alone.
 * @property {number} [leadMs]
 * @property {number} [memory] Bytes of hot bodies an isolate keeps.
 * @property {number} [maxEntryBytes]
 * @property {{ match: string, life?: string | object, tags?: string[], vary?: string[], query?: string[] }[]} [originRules]
 * @property {Function[] | Record<string, unknown>} [actions] The Server Actions that pages may call.
 * @property {{ allowedOrigins?: string[], bodySizeLimit?: number | string, trustForwardedHost?: boolean }} [serverActions]
 * @property {'next'} [compat] Cookies, and what stands before Server Actions, as Next has them where ours differ (docs/differences.md).
 * @property {unknown} [notFound] A page: `(request, { params }) => Response`, or a module with such a default or GET. Also for paths nobody answers.
 * @property {unknown} [forbidden] The page of 403.
 * @property {unknown} [unauthorized] The page of 401.
 * @property {boolean} [patchFetch] Puts `fetch` of this package in the place of the global one.
 * @property {false | { fetches?: boolean | { fullUrl?: boolean } }} [logging] What is written in development.
 * @property {boolean} [trustMiddleware] Takes cookies from `x-middleware-set-cookie`: only where a visitor cannot send it.
 */

/**
 * @param {AppOptions} [options]
 * @returns {{ actions: string[], fetch(request: Request, env?: any, ctx?: { waitUntil(task: Promise<unknown>): void }): Promise<Response> }}
 */
export function createApp(options = {}) {
  const routes = Object.entries(options.routes ?? {}).map(([pattern, module]) => new Route(pattern, module));
  const engines = new Engines(options, routes);
  const actions = new Actions(options);
  const settings = settingsOf(options, routes, actions);
  if (options.patchFetch) patchFetch();
  const traffic = new Traffic();
  return {
    actions: actions.ids,
    async fetch(request, env = {}, ctx) {
      const same = unchanged(engines.known(env), request, traffic);
      if (same instanceof Response) return same;
      const begun = same && (await same);
      if (begun instanceof Response) return begun;
      /** @type {Defer} */
      const defer = (task) => (ctx ? ctx.waitUntil(task) : void task.catch((error) => console.error(error)));
      /** @type {Omit<Call, 'engine' | 'again'>} */
      const call = { request, env, routes, upstream: undefined, ...cutUrl(request.url), defer, begun, settings: settings(env), stores: !!env.CACHE, dev: isDev(env), traffic };
      try {
        call.upstream = upstreamOf(options.origin, env.ORIGIN);
        return await answer({ ...call, engine: engines.get(env), again: () => engines.get(env) });
      } catch (error) {
        return fallback(call, error);
      }
    },
  };
}

/**
 * An answer that nothing has changed since it was given last, or what was read to find out.
 * @param {import('./contract.js').Engine | undefined} engine
 * @param {Request} request
 * @param {Traffic} traffic
 */
function unchanged(engine, request, traffic) {
  try {
    return engine && rememberedBy(engine).answer(request, traffic);
  } catch {
    // The module has trapped, which who asks it for an answer looks after.
    return undefined;
  }
}

/** @param {Call} call */
function answer(call) {
  if (isAdmin(call.pathname)) return isDraftLink(call.pathname) ? serveDraftLink(call) : (clientScript(call) ?? serveAdmin(call));
  const index = call.engine.matchRoute(call.pathname);
  if (index >= 0) return serveRoute(call, index);
  if (index === -2) return plain(400, 'Bad Request');
  if (call.upstream) return serveOrigin(call);
  return serveNotFound(call, call.dev ? 'Not Found: no route answers this path, and ORIGIN is not set.' : undefined);
}

/**
 * Nothing of ours worked.
 * @param {Omit<Call, 'engine' | 'again'>} call
 * @param {unknown} error
 */
function fallback(call, error) {
  void renewAfter(error);
  if (call.upstream && !isAdmin(call.pathname)) return uncachedOrigin(/** @type {Call} */ (call), error);
  const code = failureCode(error);
  console.error(`freshtag: ${code}:`, error);
  const message = call.dev && error instanceof Error ? error.message : 'Internal Server Error';
  return plain(500, message, { 'x-freshtag-error': code });
}
