// The pure rules, as functions.
import * as rules from '#wasm';

/** @param {unknown} profile @param {object} [profiles] @param {object} [options] */
export const resolveCacheLife = (profile, profiles, options) => rules.resolveCacheLife(profile, profiles, options);

/** @param {{ revalidate: number | false, expire?: number }} life */
export const cacheControlHeader = ({ revalidate, expire }) => rules.cacheControlHeader(revalidate, expire);

/** @param {string} page @param {string} pathname */
export const implicitTags = (page, pathname) => rules.implicitTags(page, pathname);

/** @param {unknown[]} list */
export const validateTags = (list) => rules.validateTags(list);

/** @param {string} path @param {string} [type] @returns {string[]} */
export const revalidatePathTags = (path, type) => rules.revalidatePathTags(path, type).tags;

/** @param {string} fnSource @param {string[] | undefined} keyParts @param {unknown[]} args @param {string} [prefix] */
export const unstableCacheKey = (fnSource, keyParts, args, prefix = '') =>
  // Next joins parts that are no strings, too.
  rules.unstableCacheKey(fnSource, Array.isArray(keyParts) ? [keyParts.join(',')] : undefined, JSON.stringify(args), prefix);

/** @param {string} kind @param {string} sourceRoute @param {string} pathname */
export const routeCacheKey = (kind, sourceRoute, pathname) => rules.routeCacheKey(kind, sourceRoute, pathname);

export { actionId } from './action_id.js';
export { checkActionOrigin } from './action_origin.js';
export { isCsrfOriginAllowed } from './allowed_origins.js';
export { decryptBoundArgs, encryptBoundArgs } from './sealed.js';
