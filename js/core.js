// The pure rules, as functions.
import * as rules from '#wasm';
import { FreshtagError } from './errors.js';
import { resolveFetch as resolve } from './fetch_options.js';

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

/**
 * @param {{ secret: string, path?: string, expiresIn?: number, purpose?: string }} options
 * @returns {string}
 */
export function createBypassToken({ secret, path, expiresIn, purpose }) {
  if (expiresIn !== undefined && typeof expiresIn !== 'number') throw config('expiresIn must be a number of seconds');
  if (path !== undefined && typeof path !== 'string') throw config('path must be a string such as "/blog"');
  return rules.createBypassToken(secretOf(secret), path, expiresIn, isRevalidate(purpose));
}

/**
 * @param {string} token
 * @param {{ secret: string | string[], pathname?: string, purpose?: string }} options
 */
export function verifyBypassToken(token, { secret, pathname, purpose }) {
  const secrets = (Array.isArray(secret) ? secret : [secret]).map(secretOf);
  if (pathname !== undefined && typeof pathname !== 'string') throw config('pathname must be a string such as "/blog"');
  const revalidate = isRevalidate(purpose);
  const found = typeof token === 'string' ? rules.verifyBypassToken(token, secrets, pathname, revalidate) : undefined;
  if (!found) return undefined;
  const [id, issuedAt, expiresAt, path] = found;
  return { id, issuedAt, expiresAt, ...(path !== undefined && { path }) };
}

/** @param {unknown} secret @returns {string} */
function secretOf(secret) {
  if (typeof secret !== 'string' || secret === '') throw config('secret must be a string that is not empty');
  return secret;
}

/** @param {unknown} purpose */
function isRevalidate(purpose = 'draft') {
  if (purpose !== 'draft' && purpose !== 'revalidate') throw config("purpose must be 'draft' or 'revalidate'");
  return purpose === 'revalidate';
}

/** @param {string} message */
function config(message) {
  return new FreshtagError('CONFIG', `${message}.`);
}

/** @param {string} kind @param {string} sourceRoute @param {string} pathname */
export const routeCacheKey = (kind, sourceRoute, pathname) => rules.routeCacheKey(kind, sourceRoute, pathname);

export { fetchCacheKey } from './fetch_key.js';

/** @param {import('./fetch_options.js').FetchOptions} [options] @param {string} [url] @param {string} [route] */
export const resolveFetch = (options = {}, url, route) => resolve(options, url, route);

export { actionId } from './action_id.js';
export { checkActionOrigin } from './action_origin.js';
export { isCsrfOriginAllowed } from './allowed_origins.js';
export { decryptBoundArgs, encryptBoundArgs } from './sealed.js';
