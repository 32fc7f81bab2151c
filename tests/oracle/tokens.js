// Bypass tokens, which Next does not have: held to a plain reading over Node's own HKDF and HMAC.
import { createHmac, hkdfSync } from 'node:crypto';
import { createBypassToken, verifyBypassToken } from 'freshtag/core';

import { anyText } from './texts.js';

/** @typedef {import('./compare.js').Oracle} Oracle */

const derived = new Map();
/** The signature as RFC 5869 and RFC 2104 make it. */
function mac(text, secret, purpose) {
  const of = JSON.stringify([secret, purpose]);
  if (!derived.has(of)) derived.set(of, Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)));
  return createHmac('sha256', derived.get(of)).update(text).digest('hex');
}
/** A token as RFC 5869 and RFC 2104 make it. */
export const signed = (text, { key, purpose = 'draft' }) => `${text}.${mac(text, key, purpose)}`;

const SECRETS = ['x', 'a secret', 'é', 'k'.repeat(200)];
const PURPOSES = ['draft', 'revalidate'];
/** Far enough from now. */
const HOUR = 3_600_000;

/** @type {Oracle} */
export const create = {
  name: 'createBypassToken',
  peer: 'none: its parts are those of a plain reading, and the signature is the one of node:crypto',
  inputs: (any) => () => [
    {
      secret: any.pick(SECRETS),
      purpose: any.pick([undefined, ...PURPOSES]),
      path: any.chance(0.5) ? undefined : `/${anyText(any, any.chance(0.02) ? 400 : 12)}`,
      expiresIn: any.pick([undefined, 60, 0.5, 1 + any.below(1e6), any.next() * 1e4]),
    },
  ],
  ours(options) {
    const [text, signature] = split(createBypassToken(options));
    const [version, id, issued, expires, scope] = text.split('.');
    const isRandom = /^[0-9a-f]{32}$/.test(id) && Math.abs(Date.now() - Number(issued)) < HOUR;
    return { version, isRandom, lasts: expires - issued, scope, isSigned: signature === mac(text, options.secret, options.purpose ?? 'draft') };
  },
  theirs({ path = '', expiresIn = 86_400 }) {
    if (/^\/[/\\]|[\\?#\x00-\x1f\x7f]/.test(path) || isFar(path)) throw new Error('no path');
    const bare = new URL(`http://a${path.replace(/[^!-~]/gu, encodeURIComponent).replace(/["<>]/g, encodeURIComponent)}`);
    const written = path.replace(/[^!-~]|["<>]/gu, (char) => encodeURIComponent(char)).replace(/\/+$/, '');
    const scope = written.replace(/[^A-Za-z0-9_-]/g, (char) => `~${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
    if (bare.host !== 'a' || scope.length > 512 - 1 - 32 - 2 * 13 - 64 - 5) throw new Error('too long');
    return { version: '1', isRandom: true, lasts: Math.floor(expiresIn * 1000), scope, isSigned: true };
  },
};

/** Whether a path leads away after some rounds of decoding. */
function isFar(path) {
  for (let text = Buffer.from(path).toString('latin1'); ; ) {
    if (/^\/[/\\]|\\|[\x00-\x1f\x7f]/.test(text)) return true;
    const next = text.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
    if (next === text) return false;
    text = next;
  }
}

const split = (token) => [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)];

/** @type {Oracle} */
export const verify = {
  name: 'verifyBypassToken',
  peer: 'none: what a plain reading of the signed text says, over node:crypto',
  inputs: (any) => () => {
    const scope = any.pick(['', '', '/blog', '/a b/é', '/x.y', 'blog', '/%zz', '/blog/']);
    const escaped = scope.replace(/[^A-Za-z0-9_-]/g, (char) => [...Buffer.from(char)].map((byte) => `~${byte.toString(16).toUpperCase()}`).join(''));
    const time = () => any.pick([0, 1, -5, 'x', '', 1e15, 4e12, 9e18, '+5', '05']);
    const text = [
      any.pick(['1', '1', '1', '1', '2', '']),
      any.pick(['0'.repeat(32), 'id', '']),
      any.pick([1000, 1e12, time()]),
      any.pick([4e12, 4e12, time()]),
      any.chance(0.95) ? escaped : any.pick(['~', '~2', '~zz', '~FF', 'a~2Fb']),
      ...any.many(any.chance(0.05) ? 2 : 0, () => 'more'),
    ].join('.');
    const of = { secret: any.pick(SECRETS), purpose: any.pick(PURPOSES) };
    const pathname = any.pick([undefined, '/', '/blog', '/blog/x', '/blogx', '/a%20b', scope || '/', `${scope}/x`]);
    const options = { secret: any.pick([of.secret, of.secret, SECRETS, [], any.pick(SECRETS)]), purpose: any.chance(0.9) ? of.purpose : any.pick(PURPOSES), pathname };
    const token = `${text}.${mac(text, of.secret, of.purpose)}`;
    const at = any.below(token.length);
    return [any.chance(0.8) ? token : any.pick([token.slice(0, at), token.slice(0, at) + any.pick('0a.~1') + token.slice(at + 1), token.toUpperCase()]), options];
  },
  ours: (token, options) => verifyBypassToken(token, options),
  theirs(token, { secret, purpose, pathname }) {
    const [text, signature] = split(token);
    if (!token.includes('.') || ![secret].flat().some((one) => mac(text, one, purpose) === signature)) return undefined;
    const [version, id, issued, expires, escaped = ''] = text.split('.');
    if (version !== '1' || text.split('.').length < 5 || ![issued, expires].every((time) => /^[+-]?\d+$/.test(time))) return undefined;
    let path;
    try {
      path = decodeURIComponent(escaped.replaceAll('~', '%'));
    } catch {
      return undefined;
    }
    if (path !== '' && !path.startsWith('/')) return undefined;
    if (Number(expires) <= Date.now()) return undefined;
    if (pathname !== undefined && pathname !== path && !pathname.startsWith(`${path}/`)) return undefined;
    return { id, issuedAt: Number(issued), expiresAt: Number(expires), ...(path && { path }) };
  },
};
