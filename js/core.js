// The pure rules, as functions.
import * as rules from '#wasm';
import { FreshtagError } from './errors.js';

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
export function createBypassToken({ secret, path, expiresIn, purpose = 'draft' }) {
  if (expiresIn !== undefined && typeof expiresIn !== 'number') throw config('expiresIn must be a number of seconds');
  if (path !== undefined && typeof path !== 'string') throw config('path must be a string such as "/blog"');
  return rules.createBypassToken(text(secret, 'secret'), path, expiresIn, text(purpose, 'purpose'));
}

/**
 * @param {string} token
 * @param {{ secret: string | string[], pathname?: string, purpose?: string }} options
 */
export function verifyBypassToken(token, { secret, pathname, purpose = 'draft' }) {
  const secrets = (Array.isArray(secret) ? secret : [secret]).map((one) => text(one, 'secret'));
  if (pathname !== undefined) text(pathname, 'pathname');
  return typeof token === 'string' ? rules.verifyBypassToken(token, secrets, pathname, text(purpose, 'purpose')) : undefined;
}

/** @param {unknown} value @param {string} field @returns {string} */
function text(value, field) {
  if (typeof value !== 'string') throw config(`${field} must be a string`);
  return value;
}

/** @param {string} message */
function config(message) {
  return new FreshtagError('CONFIG', `${message}.`);
}

/** @param {string} kind @param {string} sourceRoute @param {string} pathname */
export const routeCacheKey = (kind, sourceRoute, pathname) => rules.routeCacheKey(kind, sourceRoute, pathname);

export { actionId } from './action_id.js';
export { checkActionOrigin } from './action_origin.js';
export { isCsrfOriginAllowed } from './allowed_origins.js';
export { decryptBoundArgs, encryptBoundArgs } from './sealed.js';
