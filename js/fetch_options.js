// The options of fetch as the module's table reads them, and Next's words for what they may not say (FE-4 to FE-8).
import { resolveFetch as table } from '#wasm';

/**
 * @typedef {object} FetchOptions
 * @property {string | null} [cache]
 * @property {unknown} [revalidate]
 * @property {string} [fetchCache] of the route
 * @property {string} [dynamic] of the route
 * @property {boolean} [noStore] Whether `unstable_noStore` was called.
 * @property {boolean} [personal] Whether the request carries credentials, or is neither GET nor HEAD.
 * @property {number | false} [enclosing] `revalidate` of what is being made, so far, if that will be kept.
 */

/**
 * @typedef {object} Resolved
 * @property {number | false} revalidate 0: fetched every time.
 * @property {string} reason
 * @property {string} [warning]
 * @property {number} [lowers]
 * @property {boolean} dynamic
 */

/**
 * What becomes of a fetch. Throws where the options contradict the route.
 * @param {FetchOptions} options
 * @param {string} [url] for messages
 * @param {string} [route] for messages
 * @returns {Resolved}
 */
export function resolveFetch(options, url = '', route = '') {
  const { cache, revalidate, fetchCache, dynamic, noStore, personal, enclosing } = options;
  const flags =
    Number(dynamic === 'force-dynamic') | (Number(dynamic === 'force-static') << 1) | (Number(!!noStore) << 2) | (Number(!!personal) << 3);
  const found = table(cache || '', revalidate, fetchCache || '', flags, enclosing === false ? INFINITE : enclosing);
  if (typeof found === 'string') throw new Error(misuse(found, revalidate, url, route));
  const [seconds, why, conflict, lowers, ends] = found;
  return {
    revalidate: seconds >= INFINITE ? false : seconds,
    reason: why === 'cache' ? `cache: ${cache}` : why === 'revalidate' ? `revalidate: ${seconds}` : why,
    ...(conflict && { warning: `Specified "cache: ${cache}" and "revalidate: ${revalidate}", only one should be specified.` }),
    ...(lowers !== undefined && { lowers }),
    dynamic: ends,
  };
}

/** What Next writes for `Infinity`. */
const INFINITE = 0xfffffffe;

/** @param {string} what @param {unknown} revalidate @param {string} url @param {string} route */
function misuse(what, revalidate, url, route) {
  switch (what) {
    case 'only-cache':
      return `cache: 'no-store' used on fetch for ${url} with 'export const fetchCache = 'only-cache'`;
    case 'only-no-store':
      return `cache: 'force-cache' used on fetch for ${url} with 'export const fetchCache = 'only-no-store'`;
    default:
      return `Invalid revalidate value "${revalidate}" on "${route}", must be a non-negative number or false`;
  }
}
