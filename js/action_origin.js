// Whether a request may run an action (SA-7 to SA-9). The rules are in the module.
import { originEntry } from '#wasm';
import { compiled } from './allowed_origins.js';
import { FreshtagError } from './errors.js';
import { isNext } from './set_cookie.js';

/** @typedef {import('./contract.js').AllowedOrigins} AllowedOrigins */
/** @typedef {import('./core.js').ActionRequest} ActionRequest */
/** @typedef {import('./core.js').OriginVerdict} OriginVerdict */

/** @type {Pick<typeof import('./contract.js'), 'originEntry'>} */
const rules = { originEntry };

/** By the number the module has for them, which goes on from one to the other. */
const GROUNDS = /** @type {const} */ (['same-origin', 'allowed-origin', 'no-origin']);
const REFUSALS = /** @type {const} */ (['cross-origin', 'null-origin', 'malformed-origin', 'cross-site', 'no-host']);

/** Whose word counts about the host that was asked. */
export const TRUST = { host: 0, proxy: 1, next: 2 };

/**
 * @param {ActionRequest & { allowedOrigins?: readonly string[], trustForwardedHost?: boolean, compat?: 'next' }} request
 * @returns {OriginVerdict}
 */
export function checkActionOrigin({ allowedOrigins = [], trustForwardedHost, compat, ...request }) {
  const trust = isNext(compat) ? TRUST.next : trustForwardedHost === true ? TRUST.proxy : TRUST.host;
  return checkOrigin(compiled(allowedOrigins), request, trust);
}

/**
 * @param {AllowedOrigins} allowed
 * @param {ActionRequest} request
 * @param {number} trust
 * @returns {OriginVerdict}
 */
export function checkOrigin(allowed, request, trust) {
  const origin = field(request, 'origin');
  const verdict = allowed.check(origin, field(request, 'host'), field(request, 'forwardedHost'), field(request, 'secFetchSite'), trust);
  if (verdict < GROUNDS.length) return { allowed: true, reason: GROUNDS[verdict] };
  const reason = REFUSALS[verdict - GROUNDS.length];
  const allow = origin === undefined ? undefined : rules.originEntry(origin);
  return allow === undefined ? { allowed: false, reason } : { allowed: false, reason, allow };
}

/** @param {ActionRequest} request @param {keyof ActionRequest} name @returns {string | undefined} */
function field(request, name) {
  const value = request[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') {
    throw new FreshtagError('INVALID_REQUEST', `${name}: must be the text of the header, or null where there is none.`);
  }
  return value;
}
