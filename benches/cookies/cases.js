// What is measured about cookies, the same in workerd and in Node. A case does `n` operations over 64 headers that are
// made at run time, so that no engine can know them beforehand.
import * as edge from '../../tests/node_modules/@edge-runtime/cookies/dist/index.mjs';
import { parseCookie, stringifySetCookie } from '../../tests/node_modules/cookie/dist/index.js';
import { RequestCookies, stringifyCookie } from '../../js/index.js';

export const SIZES = [1, 5, 20, 50];
const HEADERS = 64;

/** Headers with their values: session ids, analytics, tokens, and one in five percent-encoded. */
export function prepare(size, seed) {
  const any = random(seed);
  return Array.from({ length: HEADERS }, () => {
    const names = [];
    const pairs = Array.from({ length: size }, (_, i) => {
      const [name, value] = KINDS[i % KINDS.length](any, i);
      names.push(name);
      return `${name}=${value}`;
    });
    const text = pairs.join('; ');
    return { text, headers: new Headers({ cookie: text }), name: names[any(names.length)] };
  });
}

const letters = (any, count, alphabet) => Array.from({ length: count }, () => alphabet[any(alphabet.length)]).join('');
const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const KINDS = [
  (any, i) => [`session_${i}`, letters(any, 32, HEX)],
  (any, i) => [`_ga_${i}`, `GA1.${any(9)}.${any(1e9)}.${any(1e9)}`],
  (any, i) => [`pref${i}`, encodeURIComponent(`{"theme":"${letters(any, 4, HEX)}"}`)],
  (any, i) => [`auth-${i}`, `${letters(any, 10, BASE64)}.${letters(any, 24, BASE64)}.${letters(any, 12, BASE64)}`],
  (any, i) => [`ab${i}`, letters(any, 6, HEX)],
];

/** mulberry32, as whole numbers below `n`. */
function random(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** A scan by hand, without any of the rules: what plain JavaScript could do at best. */
function scanOne(text, name) {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (text.charCodeAt(end) !== 61 || (at !== 0 && text.charCodeAt(at - 1) !== 32)) continue;
    const close = text.indexOf(';', end);
    const value = text.slice(end + 1, close === -1 ? undefined : close);
    return value.includes('%') ? decodeURIComponent(value) : value;
  }
  return undefined;
}

const EXPIRES = new Date(1893456000000);
const SET = { path: '/', expires: EXPIRES, maxAge: 3600, domain: 'example.com', secure: true, httpOnly: true, sameSite: 'lax', priority: 'high', partitioned: true };

/** Each returns something of what it made, so that nothing is optimised away. */
export const CASES = {
  'get one': {
    freshtag: ({ text, name }) => new RequestCookies(text).get(name).value.length,
    'cookie 2': ({ text, name }) => parseCookie(text)[name].length,
    'scan by hand, no rules': ({ text, name }) => scanOne(text, name).length,
    'freshtag, from Headers': ({ headers, name }) => new RequestCookies(headers).get(name).value.length,
    'cookie 2, from Headers': ({ headers, name }) => parseCookie(headers.get('cookie'))[name].length,
    '@edge-runtime, from Headers': ({ headers, name }) => new edge.RequestCookies(headers).get(name).value.length,
  },
  'get all': {
    freshtag: ({ text }) => new RequestCookies(text).getAll().length,
    'cookie 2': ({ text, name }) => parseCookie(text)[name].length,
    'freshtag, from Headers': ({ headers }) => new RequestCookies(headers).getAll().length,
    '@edge-runtime, from Headers': ({ headers }) => new edge.RequestCookies(headers).getAll().length,
  },
  'serialise one': {
    freshtag: ({ name }) => stringifyCookie({ name, value: 'a b', ...SET }).length,
    'cookie 2': ({ name }) => stringifySetCookie({ name, value: 'a b', ...SET }).length,
    '@edge-runtime': ({ name }) => edge.stringifyCookie({ name, value: 'a b', ...SET }).length,
  },
};

/** @returns {number} */
export function run(group, who, inputs, n) {
  const once = CASES[group][who];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += once(inputs[i % HEADERS]);
  return sum;
}
