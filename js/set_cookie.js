// Set-Cookie as text: the types of the options are checked here, the rules are in the module.
import { parseSetCookie as parse, printSetCookie as print, splitCookiesString as split } from '#wasm';
import { FreshtagError } from './errors.js';

/** @typedef {import('./cookies.js').ResponseCookie} ResponseCookie */
/** @typedef {import('./cookies.js').Compat} Compat */

/** @type {Pick<typeof import('./contract.js'), 'printSetCookie' | 'parseSetCookie' | 'splitCookiesString'>} */
const rules = { parseSetCookie: parse, printSetCookie: print, splitCookiesString: split };

/**
 * The Set-Cookie text of a cookie. `INVALID_COOKIE` names the field that no header could carry.
 * @param {{ name: string, value?: unknown } & Record<string, any>} cookie
 * @returns {string}
 */
export function stringifyCookie(cookie) {
  const { name, value, path, domain, expires, maxAge, sameSite, priority, secure, httpOnly, partitioned } = cookie;
  if (typeof name !== 'string') throw wrongType('name', 'a string', name);
  return rules.printSetCookie(
    name,
    valueText(value),
    text('path', path),
    text('domain', domain),
    time(expires),
    seconds(maxAge),
    // Next prints `SameSite=true` (CK-7); others mean this by it.
    sameSite === true ? 'strict' : text('sameSite', sameSite || undefined),
    text('priority', priority),
    (secure ? 1 : 0) | (httpOnly ? 2 : 0) | (partitioned ? 4 : 0),
  );
}

/**
 * The cookie that a Set-Cookie text sets, `undefined` where it sets none. Never throws for a text.
 * @param {string} line
 * @param {{ compat?: Compat }} [options]
 * @returns {ResponseCookie | undefined}
 */
export function parseSetCookie(line, options) {
  const next = isNext(options?.compat);
  const parsed = typeof line === 'string' ? rules.parseSetCookie(line) : undefined;
  if (!parsed) return undefined;
  const { expires } = parsed;
  /** @type {Record<string, any>} */
  const cookie = parsed;
  if (expires !== undefined) cookie.expires = new Date(expires);
  if (next) {
    for (const key of Object.keys(cookie)) if (!cookie[key]) delete cookie[key];
  }
  return /** @type {ResponseCookie} */ (cookie);
}

/**
 * Cuts several Set-Cookie texts that were folded into one with commas (CK-13).
 * @param {string} folded
 * @returns {string[]}
 */
export function splitCookiesString(folded) {
  return typeof folded === 'string' ? rules.splitCookiesString(folded) : [];
}

/**
 * Whether an option asks for Next's ways where ours differ.
 * @param {unknown} compat
 */
export function isNext(compat) {
  if (compat !== undefined && compat !== 'next') {
    throw new FreshtagError('CONFIG', "compat must be 'next', or be left out.");
  }
  return compat === 'next';
}

/**
 * A cookie's value as the text that a visitor will send back.
 * @param {unknown} value
 */
export function valueText(value) {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
    throw wrongType('value', 'a string: JSON.stringify what is none', value);
  }
  return String(value).toWellFormed();
}

/** @param {string} field @param {unknown} value */
function text(field, value) {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrongType(field, 'a string', value);
  return value;
}

/** @param {unknown} expires @returns {number | undefined} In ms since the epoch. */
function time(expires) {
  if (expires === undefined || expires === null) return undefined;
  if (typeof expires === 'number') return expires;
  if (expires instanceof Date) return expires.getTime();
  throw wrongType('expires', 'a Date, or milliseconds since 1970', expires);
}

/** @param {unknown} maxAge */
function seconds(maxAge) {
  if (maxAge === undefined || maxAge === null) return undefined;
  if (typeof maxAge !== 'number') throw wrongType('maxAge', 'a number of seconds', maxAge);
  return maxAge;
}

/** @param {string} field @param {string} wanted @param {unknown} value */
function wrongType(field, wanted, value) {
  const type = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  return new FreshtagError('INVALID_COOKIE', `${field}: must be ${wanted} (it is ${type}).`);
}
