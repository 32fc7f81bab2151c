// next/navigation: what ends a handler early, and how it is told from an error (NV-6, NV-7).
import { FreshtagError } from './errors.js';
import { currentScope } from './scope.js';

/** @typedef {'push' | 'replace'} RedirectKind */
/** @typedef {401 | 403 | 404} FallbackStatus */
/** @typedef {{ kind: 'redirect', url: string, type: RedirectKind, status: number }} Redirect */
/** @typedef {{ kind: 'fallback', status: FallbackStatus }} Fallback */

const REDIRECT = 'NEXT_REDIRECT';
const FALLBACK = 'NEXT_HTTP_ERROR_FALLBACK';
/** What else is not a user's to swallow: the end of a render, by whatever part of Next it was thrown. */
const RENDER_ENDS = new Set([
  'DYNAMIC_SERVER_USAGE',
  'BAILOUT_TO_CLIENT_SIDE_RENDERING',
  'HANGING_PROMISE_REJECTION',
  'NEXT_PRERENDER_INTERRUPTED',
]);

export const RedirectType = Object.freeze({ push: /** @type {const} */ ('push'), replace: /** @type {const} */ ('replace') });

/** Ends the handler with 404, or the `notFound` page of the app. @returns {never} */
export function notFound() {
  throw interrupt(`${FALLBACK};404`);
}

/** Ends the handler with 403, or the `forbidden` page of the app. @returns {never} */
export function forbidden() {
  throw interrupt(`${FALLBACK};403`);
}

/** Ends the handler with 401, or the `unauthorized` page of the app. @returns {never} */
export function unauthorized() {
  throw interrupt(`${FALLBACK};401`);
}

/**
 * Ends the handler with 307; a Server Action goes on to the page.
 * @param {string | URL} url
 * @param {RedirectKind} [type] `push` in a Server Action, else `replace`.
 * @returns {never}
 */
export function redirect(url, type) {
  throw redirection('redirect', url, type ?? (currentScope()?.work.action ? 'push' : 'replace'), 307);
}

/**
 * Ends the handler with 308.
 * @param {string | URL} url
 * @param {RedirectKind} [type]
 * @returns {never}
 */
export function permanentRedirect(url, type = 'replace') {
  throw redirection('permanentRedirect', url, type, 308);
}

/**
 * Throws `error` again if it, or what caused it, is not a failure but the end of a render: for a `catch` around calls
 * that may end one.
 * @param {unknown} error
 */
export function unstable_rethrow(error) {
  /** @type {Set<unknown>} */
  const seen = new Set();
  for (let at = error; !seen.has(at); at = at.cause) {
    if (interruptOf(at) || RENDER_ENDS.has(digestOf(at) ?? '')) throw at;
    if (!(at instanceof Error) || !('cause' in at)) return;
    seen.add(at);
  }
}

/**
 * What a thrown value asks for, by its digest: Next's own functions are understood, too.
 * @param {unknown} error
 * @returns {Redirect | Fallback | undefined}
 */
export function interruptOf(error) {
  const [name, kind, ...rest] = digestOf(error)?.split(';') ?? [];
  if (name === FALLBACK) {
    const status = Number(kind);
    return status === 404 || status === 403 || status === 401 ? { kind: 'fallback', status } : undefined;
  }
  if (name !== REDIRECT || (kind !== 'push' && kind !== 'replace')) return undefined;
  const status = Number(rest.at(-2));
  if (status !== 303 && status !== 307 && status !== 308) return undefined;
  return { kind: 'redirect', url: rest.slice(0, -2).join(';'), type: kind, status };
}

/** @param {unknown} error */
function digestOf(error) {
  if (typeof error !== 'object' || error === null || !('digest' in error)) return undefined;
  return typeof error.digest === 'string' ? error.digest : undefined;
}

/** @param {string} digest @param {string} [message] */
function interrupt(digest, message = digest) {
  return Object.assign(new Error(message), { digest });
}

/**
 * @param {string} name
 * @param {unknown} url
 * @param {RedirectKind} type
 * @param {number} status
 */
function redirection(name, url, type, status) {
  const text = url instanceof URL ? url.href : url;
  // A line break would end the header.
  if (typeof text !== 'string' || text === '' || /[\r\n\0]/.test(text)) {
    throw new FreshtagError('INVALID_URL', `${name}(url): url must be a URL or a text that is not empty and has no line break or NUL.`);
  }
  return interrupt(`${REDIRECT};${type};${text};${status};`, REDIRECT);
}
