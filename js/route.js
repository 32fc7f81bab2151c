// Route handler modules, in the shape of app/**/route.js (NV-12, NV-13).
import { FreshtagError } from './errors.js';
import { forgetFetches } from './fetch_memo.js';
import { imageRoute } from './image.js';
import { renewAfter } from './instance.js';
import { bringsCookies, Jar } from './jar.js';
import { interrupted } from './pages.js';
import { NO_CACHE } from './reply.js';

/** @typedef {import('./work.js').Work} Work */
/** @typedef {import('./work.js').Mode} Mode */
/** @typedef {Record<string, string | string[]>} Params */
/** @typedef {(request: Request, context: { params: Promise<Params> }) => unknown} Handler */

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH'];

const FETCH_CACHE = ['auto', 'default-cache', 'only-cache', 'force-cache', 'force-no-store', 'default-no-store', 'only-no-store'];

export class Route {
  /** Whether one of its handlers was seen to fetch. */
  fetches = false;

  /**
   * @param {string} pattern
   * @param {any} module
   */
  constructor(pattern, module) {
    if (typeof module !== 'object' || module === null) {
      throw new FreshtagError('CONFIG', `routes['${pattern}'] must be a module that exports GET, POST, ….`);
    }
    const image = imageRoute(pattern, module);
    if (image) ({ pattern, module } = image);
    this.pattern = pattern;
    this.module = module;
    /** What the head of a page says of it, where this is an image. */
    this.image = image?.image;
    this.methods = METHODS.filter((method) => typeof module[method] === 'function');
    if (this.methods.length === 0) {
      throw new FreshtagError('CONFIG', `routes['${pattern}'] exports none of ${METHODS.join(', ')}.`);
    }
    /** @type {Mode} */
    this.mode = module.dynamic ?? 'auto';
    const { fetchCache } = module;
    if (fetchCache !== undefined && !FETCH_CACHE.includes(fetchCache)) {
      throw new FreshtagError('CONFIG', `routes['${pattern}']: fetchCache must be one of ${FETCH_CACHE.join(', ')}.`);
    }
    this.storable =
      typeof module.GET === 'function' &&
      this.mode !== 'force-dynamic' &&
      (module.revalidate !== 0 || this.mode === 'force-static');
  }

  /** What the engine is told about the route. */
  get config() {
    const { revalidate, dynamic } = this.module;
    return { pattern: this.pattern, methods: this.methods, revalidate, dynamic };
  }

  /** What a run of its handlers is told. */
  get says() {
    const { fetchCache, revalidate } = this.module;
    return { route: this.pattern, mode: this.mode, fetchCache, revalidate, fetched: () => void (this.fetches = true) };
  }

  /** @param {string} method @returns {Handler} */
  handler(method) {
    return this.module[method];
  }
}

/**
 * Runs a handler in the scope of `work` and ties the work to the body of its response.
 * @param {Work} work
 * @param {Handler} handler
 * @param {Request} request What the handler gets to see.
 * @param {Params} params
 * @param {boolean} headOnly Whether the body is not wanted.
 */
export async function runHandler(work, handler, request, params, headOnly = false) {
  work.params = params;
  try {
    const returned = await work.scope.run(async () => {
      try {
        return await handler(request, { params: Promise.resolve(params) });
      } catch (error) {
        return (await interrupted(work, error, request, params)) ?? Promise.reject(error);
      } finally {
        work.answered = true;
        forgetFetches(work.scope);
      }
    });
    const response = checkResponse(returned, work);
    if (!headOnly || !response.body) return withCookies(work, work.watch(response));
    const head = new Response(null, response);
    await response.body.cancel().catch(() => {});
    return withCookies(work, work.watch(head));
  } catch (error) {
    work.bodyEnded();
    throw error;
  }
}

/**
 * Adds what was set by cookies(), and by a middleware before us.
 * @param {Work} work
 * @param {Response} response
 */
export function withCookies(work, response) {
  const { request, settings, scope } = work;
  if (!work.jar && bringsCookies(request.headers, settings.cookies)) {
    // A page for everybody is the same from the store, where nobody adds a cookie.
    const forOne = !scope.collector || scope.collector.isDynamic() !== undefined;
    if (forOne) work.jar = new Jar(request.headers, settings.cookies);
  }
  if (work.jar?.modified) work.jar.mergeInto(response.headers);
  return response;
}

/**
 * @param {unknown} returned
 * @param {Work} work
 * @returns {Response}
 */
function checkResponse(returned, work) {
  if (!(returned instanceof Response)) {
    const { method, url } = work.request;
    const type =
      returned === null ? 'null' : typeof returned === 'object' ? returned.constructor?.name || 'object' : typeof returned;
    throw new Error(
      `No response is returned from route handler '${work.route}'. Expected a Response object but received '${type}' (method: ${method}, url: ${new URL(url).pathname}). Ensure you return a \`Response\` or a \`NextResponse\` in all branches of your handler.`,
    );
  }
  if (returned.headers.has('x-middleware-rewrite')) {
    throw new Error(
      'NextResponse.rewrite() was used in a app route handler, this is not currently supported. Please remove the invocation to continue.',
    );
  }
  if (returned.headers.get('x-middleware-next') === '1') {
    throw new Error(
      'NextResponse.next() was used in a app route handler, this is not supported. See here for more info: https://nextjs.org/docs/messages/next-response-next-in-app-route-handler',
    );
  }
  return returned;
}

/** By which a response lets a cache on its way keep it. */
const SHARING = ['cache-control', 'cdn-cache-control', 'cloudflare-cdn-cache-control', 'expires', 'surrogate-control'];

/**
 * A response that nobody may store says so, unless the handler said something else. Of a draft he has no say (T29).
 * @param {Headers} headers
 * @param {Work} work
 */
export function forbidStoring(headers, { visit, switched, isLost }) {
  if (switched || isLost || wasDraft(visit)) keepPrivate(headers);
  else if (!headers.has('cache-control')) headers.set('cache-control', NO_CACHE);
}

/** Whether it was a draft, or nobody knows any more as the module trapped. @param {Work['visit']} visit */
function wasDraft(visit) {
  try {
    return visit?.wasDraft();
  } catch (error) {
    void renewAfter(error);
    return true;
  }
}

/** Lets nobody store a response, whatever it said. @param {Headers} headers */
export function keepPrivate(headers) {
  for (const name of SHARING) headers.delete(name);
  headers.set('cache-control', NO_CACHE);
}
