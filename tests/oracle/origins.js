// Who may call an action: Next's predicate, and its verdict on a request.
import { createRequire } from 'node:module';
import { checkActionOrigin, isCsrfOriginAllowed } from 'freshtag/core';

import { THROWS } from './compare.js';

/** @typedef {import('./compare.js').Oracle} Oracle */

export const theirs = createRequire(import.meta.url)('next/dist/server/app-render/csrf-protection').isCsrfOriginAllowed;

const LABELS = ['a', 'b', 'B', 'example', 'com', 'test', 'x1', '*', '**', '', 'com:3000', 'COM:3000', 'null', '***', 'a*', ':', '*:3000', 'xn--a'];
const ODD = ['\u00e4', '\u00c4', '\u212a', 'K', 'k', '\u0130', ' ', '\t', '/', '@', '://', '[', '%', ',', '\u{1f600}', '\n', '\0'];

export const anyHost = (any) => {
  const labels = any.many(4, () => (any.chance(0.02) ? any.pick(ODD) : any.pick(LABELS)));
  return labels.join(any.chance(0.01) ? '..' : '.');
};
/** A pattern that has something to do with the host. */
export const anyPattern = (any, host) => {
  if (any.chance(0.3)) return anyHost(any);
  const labels = host.split('.').map((label) => any.pick([label, label, '*', any.chance(0.1) ? '**' : label, label.toUpperCase()]));
  if (any.chance(0.3)) labels.shift();
  if (any.chance(0.3)) labels.unshift(any.pick(['**', '*', 'a', '']));
  if (any.chance(0.1)) labels.pop();
  return labels.join('.');
};

/** @type {Oracle} */
export const allowed = {
  name: 'isCsrfOriginAllowed',
  peer: 'server/app-render/csrf-protection',
  inputs(any) {
    let left = [];
    return () => {
      if (left.length === 0) {
        const host = anyHost(any);
        const list = any.many(any.chance(0.05) ? 120 : 4, () => (any.chance(0.02) ? any.pick(['', null, undefined]) : anyPattern(any, host)));
        const like = () => (any.pick(list) ?? '').replace(/\*+/g, () => any.pick(['a', 'a.b', '']));
        const hosts = [host, ...Array.from({ length: 4 }, () => anyPattern(any, host).toLowerCase()), ...Array.from({ length: 4 }, like)];
        if (any.chance(0.002)) [hosts[0], list[0]] = ['\ud800', '\ufffd'];
        left = hosts.map((host) => [host, list]);
      }
      return left.pop();
    };
  },
  ours: (host, list) => isCsrfOriginAllowed(host, list),
  theirs: (host, list) => theirs(host, list),
  meant: { 'SA-10, T34': ([host]) => !host.isWellFormed() },
};

/**
 * The verdict of Next's `handleAction`, which is not exported: `true`, `false`, or that it throws. Its source is compared
 * with what this was written from, in node/origin.test.js.
 */
function nextVerdict({ origin, host, forwardedHost, allowedOrigins }) {
  const originHost = typeof origin === 'string' ? (origin === 'null' ? 'null' : new URL(origin).host) : undefined;
  const value = forwardedHost?.split(',')[0]?.trim() || host || undefined;
  return !originHost || (value !== undefined && originHost === value) || theirs(originHost, allowedOrigins);
}

/** Whether the URL standard would write the same, but for the case and a port that may be left out. */
function isSerialised(origin) {
  if (origin === 'null') return true;
  if (/[^!-~]|^file:/i.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  const written = /^(https?|wss?|ftp):$/.test(protocol) ? origin.toLowerCase() : origin.replace(/^[^:]*/, (scheme) => scheme.toLowerCase());
  const ports = { 'http:': ':80', 'ws:': ':80', 'https:': ':443', 'wss:': ':443', 'ftp:': ':21' };
  return /^[\w.~:[\]-]+$/.test(host) && [`${protocol}//${host}`, `${protocol}//${host}${ports[protocol] ?? ''}`].includes(written);
}

const NAMES = ['a.test', 'A.test', 'b.a.test', 'localhost', 'null', 'a.test.', 'a..test', '127.0.0.1', '[::1]', 'xn--mnchen-3ya.test', 'xn--a'];
const SCHEMES = ['https', 'https', 'http', 'HTTPS', 'ws', 'wss', 'ftp', 'file', 'app', 'chrome-extension', 'x+y', '1a', 'a b', ''];
const PORTS = ['', '', '', ':80', ':443', ':3000', ':21', ':', ':0', ':0443', ':65535', ':65536', ':x'];

/** @type {Oracle} */
export const check = {
  name: 'checkActionOrigin',
  peer: 'server/app-render/action-handler',
  inputs(any) {
    const hostname = () =>
      any.pick([
        () => any.pick(NAMES),
        () => anyHost(any),
        () => any.many(5, () => any.pick(['0', '1', '127', '255', '256', '0x7f', '01', 'a'])).join('.'),
        () => `[${any.many(9, () => any.pick(['0', '0', '1', '', 'a', '2001', '00', 'FFFF', 'g'])).join(':')}]`,
        () => any.many(6, () => any.pick('ab.-_~*:@/?#[]%, \t!$\u00e4\u3002A0')).join(''),
      ])();
    const port = () => any.pick(PORTS);
    const absent = () => any.pick([null, undefined]);
    return () => {
      const name = hostname();
      const separator = any.chance(0.97) ? '://' : any.pick([':', ':/', '//', ':///']);
      const end = any.chance(0.02) ? any.pick(['/', '?', '#', ' ', '/a', ', https://b.test']) : '';
      const other = () => (any.chance(0.7) ? name + port() : hostname() + port());
      return [
        {
          origin: any.chance(0.05) ? any.pick([null, undefined, 'null', '', 'NULL', name]) : `${any.pick(SCHEMES)}${separator}${name}${port()}${end}`,
          host: any.chance(0.1) ? absent() : any.chance(0.05) ? '' : any.chance(0.5) ? other() : other().toLowerCase(),
          forwardedHost: any.chance(0.6)
            ? absent()
            : any.pick(['', ' ', ',', ', a.test', `${other()}, b`, ` \t${other()} `, `\u00a0${other()}`, other().toLowerCase(), 'null']),
          secFetchSite: any.pick([null, 'cross-site', 'same-origin']),
          allowedOrigins: any.chance(0.5) ? undefined : any.many(3, () => (any.chance(0.3) ? 'null' : anyPattern(any, name))),
          compat: 'next',
        },
      ];
    };
  },
  ours: (request) => checkActionOrigin(request),
  theirs: nextVerdict,
  same: (ours, wanted) => ours.allowed === (wanted === true),
  meant: {
    // No browser writes such an Origin: Next reads it as an address, or fails.
    'SA-7, T21': ([{ origin }], ours) => ours.reason === 'malformed-origin' && typeof origin === 'string' && !isSerialised(origin),
    // A name that no DNS has: Next fails.
    'SA-7, IDNA': ([{ origin }], _, wanted) => wanted === THROWS && /xn--/i.test(origin ?? '') && !URL.canParse(origin),
    'SA-7, T31': ([{ forwardedHost }]) => /^[^\S \t]|[^\S \t]$/.test(forwardedHost?.split(',')[0].replace(/^[ \t]+|[ \t]+$/g, '') ?? ''),
  },
};
