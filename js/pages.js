// What a visitor gets when a handler ends early: a redirect, or an app's own 404, 403 and 401 (NV-8, NV-10).
import { FreshtagError } from './errors.js';
import { interruptOf } from './navigation.js';
import { isPossibleAction } from './possible_action.js';

/** @typedef {import('./work.js').Work} Work */
/** @typedef {import('./route.js').Handler} Handler */
/** @typedef {import('./route.js').Params} Params */
/** @typedef {import('./navigation.js').FallbackStatus} FallbackStatus */
/** @typedef {import('./navigation.js').Redirect} Redirect */

/** @typedef {Partial<Record<FallbackStatus, { name: string, handler: Handler }>>} Pages By the status they answer with. */

/** @type {[FallbackStatus, 'unauthorized' | 'forbidden' | 'notFound'][]} */
const NAMES = [
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'notFound'],
];

/**
 * The pages of an app.
 * @param {Partial<Record<'unauthorized' | 'forbidden' | 'notFound', unknown>>} options
 * @returns {Pages}
 */
export function pagesOf(options) {
  /** @type {Pages} */
  const pages = {};
  for (const [status, name] of NAMES) {
    /** @type {any} */
    const page = options[name];
    if (page === undefined) continue;
    const handler = typeof page === 'function' ? page : (page?.default ?? page?.GET);
    if (typeof handler !== 'function') {
      throw new FreshtagError('CONFIG', `createApp({ ${name} }) must be a function that returns a Response, or a module with such a default or GET.`);
    }
    pages[status] = { name, handler };
  }
  return pages;
}

/**
 * The answer to what a handler threw, undefined for an error. To be called in the scope of the handler.
 * @param {Work} work
 * @param {unknown} error
 * @param {Request} request What the handler got to see.
 * @param {Params} params
 * @returns {Promise<Response | undefined>}
 */
export async function interrupted(work, error, request, params) {
  const interrupt = interruptOf(error);
  if (!interrupt) return undefined;
  return interrupt.kind === 'redirect' ? redirectResponse(work, interrupt, request) : fallbackResponse(work, interrupt.status, request, params);
}

/**
 * The app's page for a status, or an empty body where it has none. Runs in the scope of the caller.
 * @param {Work} work
 * @param {FallbackStatus} status
 * @param {Request} request
 * @param {Params} params
 * @returns {Promise<Response>}
 */
export async function fallbackResponse(work, status, request, params) {
  const page = work.settings.pages[status];
  if (!page) return new Response(null, { status });
  /** @type {unknown} */
  let answer;
  try {
    answer = await page.handler(request, { params: Promise.resolve(params) });
  } catch (error) {
    // A page that ends early has no page of its own: it would run in a circle.
    const interrupt = interruptOf(error);
    if (!interrupt) throw error;
    return interrupt.kind === 'redirect' ? redirectResponse(work, interrupt, request) : new Response(null, { status: interrupt.status });
  }
  if (!(answer instanceof Response)) {
    throw new FreshtagError('CONFIG', `createApp({ ${page.name} }): the page must return a Response.`);
  }
  const response = new Response(answer.body, { status, headers: answer.headers });
  const robots = response.headers.get('x-robots-tag') ?? '';
  // NV-8 has a meta element, but the HTML is not ours.
  if (!/\b(?:noindex|none)\b/i.test(robots)) response.headers.append('x-robots-tag', 'noindex');
  return response;
}

/**
 * @param {Work} work
 * @param {Redirect} redirect
 * @param {Request} request What the handler got to see.
 */
export function redirectResponse(work, redirect, request) {
  // A browser would send the form again with a 307 (SA-22), also where the page after the action redirects.
  const status = work.acted || isPossibleAction(request) ? 303 : redirect.status;
  return new Response(null, { status, headers: { location: locationOf(redirect) } });
}

/** Where a redirect goes, as a header can carry it. @param {Redirect} redirect */
export function locationOf({ url }) {
  if (url === '') throw new Error('Invariant: Unexpected redirect url format');
  // RFC 3986: a URL is ASCII, and the runtimes disagree about what else they send.
  return url.toWellFormed().replace(/[^\0-\x7f]+/g, encodeURI);
}
