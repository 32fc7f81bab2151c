// One incoming request, as the parts of the glue hand it to each other.
import { alive } from './instance.js';

/** @typedef {import('./contract.js').Engine} Engine */
/** @typedef {import('./contract.js').Visit} Visit */
/** @typedef {import('./contract.js').Defer} Defer */
/** @typedef {import('./route.js').Route} Route */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * @typedef {object} Call
 * @property {Request} request
 * @property {Record<string, any>} env
 * @property {Engine} engine
 * @property {() => Engine} again The engine of the instance that is there now.
 * @property {import('./contract.js').Begun} [begun] A read of the store that it began with.
 * @property {number} [lost] How often it lost its instance to a trap.
 * @property {number} [first] How often it was under it that the module trapped.
 * @property {{ until: number }} [place] Among those that began anew.
 * @property {boolean} stores Whether there is a KV to store in.
 * @property {Route[]} routes
 * @property {import('./origin.js').Upstream | undefined} upstream
 * @property {string} authority
 * @property {string} pathname As it stands in the URL, nothing decoded.
 * @property {string} search
 * @property {Defer} defer
 * @property {Settings} settings
 * @property {boolean} dev
 * @property {import('./traffic.js').Traffic} traffic
 */

/** The engine, or the one of the instance that has taken the place of its own while something was waited for. @param {Call} call */
export const engineOf = (call) => alive(call.engine) ?? call.again();

/**
 * Cuts a URL without decoding any of it.
 * @param {string} url
 */
export function cutUrl(url) {
  const start = url.indexOf('://') + 3;
  const slash = url.indexOf('/', start);
  const hash = url.indexOf('#', start);
  const end = hash === -1 ? url.length : hash;
  const query = url.indexOf('?', start);
  const pathEnd = query === -1 || query > end ? end : query;
  return {
    authority: url.slice(start, slash),
    pathname: url.slice(slash, pathEnd),
    search: url.slice(pathEnd, end),
  };
}
