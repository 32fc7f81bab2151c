// What is printed, as another reader of Set-Cookie understands it: tough-cookie, strict.
import { ResponseCookies, stringifyCookie } from 'freshtag';
import { describe, expect, test, vi } from 'vitest';
import { Cookie, CookieJar } from 'tough-cookie';

import { anyOptions, anyText, anyToken } from './cookie_inputs.js';
import { faults } from './cookie_rules.js';
import { forAWhile, seconds, seed } from '../oracle/random.js';

vi.setConfig({ testTimeout: 10_000 + seconds * 2_000 });

const PLACE = 'https://example.com/docs/page';

/** What tough-cookie reads, in our words. */
function read(line) {
  const cookie = Cookie.parse(line, { loose: false });
  if (!cookie) return undefined;
  const { key, value, path, domain, expires, maxAge, secure, httpOnly, sameSite, extensions } = cookie;
  const made = { name: key, value: decodeURIComponent(value), path, domain, maxAge, sameSite, extensions };
  if (expires instanceof Date) made.expires = expires.getTime();
  return present({ ...made, secure, httpOnly });
}

/** What it is to read from this cookie. */
function wanted({ name, value, path, domain, expires, maxAge, secure, httpOnly, sameSite, partitioned, priority }) {
  const extensions = [...(partitioned ? ['Partitioned'] : []), ...(priority ? [`Priority=${priority.toLowerCase()}`] : [])];
  return present({
    name,
    value,
    path,
    domain: domain?.replace(/^\./, '').toLowerCase(),
    expires: expires === undefined || expires === null ? undefined : Math.floor(Number(expires) / 1000) * 1000,
    maxAge: maxAge === -0 ? 0 : maxAge,
    secure: Boolean(secure),
    httpOnly: Boolean(httpOnly),
    sameSite: sameSite === true ? 'strict' : sameSite ? sameSite.toLowerCase() : undefined,
    extensions: extensions.length > 0 ? extensions : undefined,
  });
}

const present = (fields) => Object.fromEntries(Object.entries(fields).filter(([key, value]) => key === 'value' || value || value === 0));

test('CK-5 T30 what is printed is read as it was meant', async () => {
  const count = await forAWhile((any) => {
    const cookie = { name: anyToken(any), value: anyText(any).toWellFormed(), ...anyOptions(any, any.chance(0.5)) };
    // A browser takes no path that does not begin with a slash, and neither does tough-cookie.
    if (faults(cookie).length > 0 || cookie.path === 'x') return;
    const line = stringifyCookie(cookie);
    expect(read(line), `${line}, seed ${seed}`).toEqual(wanted(cookie));
  });
  expect(count).toBeGreaterThan(500);
});

describe('T30 any byte in any place of a field: an error that names it, or a line that is read as it was meant', () => {
  const secure = true;
  /** How many are printed: a token has 77 letters, printable ASCII 95. @type {[field: string, base: string, from: number, good: number][]} */
  const rows = [
    ['name', 'sid', 0, 3 * 77],
    ['value', 'abc', 0, 3 * 256],
    // No `;`, and no space at the end; without the slash in front it would be no path.
    ['path', '/docs', 1, 3 * (95 - 1) - 1],
    // No `;`, space or comma.
    ['domain', 'example.com', 0, 3 * (95 - 3)],
    ['sameSite', 'lax', 0, 0],
    ['priority', 'high', 0, 0],
  ];
  test.each(rows)('%s', (field, base, from, good) => {
    let printed = 0;
    for (let byte = 0; byte < 256; byte++) {
      for (const at of [from, from + 1, base.length]) {
        const text = base.slice(0, at) + String.fromCharCode(byte) + base.slice(at);
        const cookie = { name: 'a', value: '1', secure, [field]: text };
        let line;
        try {
          line = stringifyCookie(cookie);
        } catch (error) {
          expect(error.code, JSON.stringify(cookie)).toBe('INVALID_COOKIE');
          expect(error.message).toMatch(new RegExp(`^${field}: \\S`));
          continue;
        }
        printed++;
        expect(read(line), line).toEqual(wanted(cookie));
        // Nothing of it may end the line or the attribute.
        expect(line).toMatch(/^[ -~]+$/);
        expect(line.split(';')).toHaveLength(field === 'name' || field === 'value' ? 2 : 3);
      }
    }
    expect(printed).toBe(good);
  });
});

describe('T35 prefixes', () => {
  const good = { secure: true, path: '/' };
  /** @type {[name: string, options: Record<string, any>, good: boolean][]} */
  const rows = [
    ['__Secure-a', {}, false],
    ['__Secure-a', { path: '/docs' }, false],
    ['__Secure-a', { secure: true }, true],
    ['__Secure-a', { secure: true, path: '/docs', domain: 'example.com' }, true],
    ['__Host-a', {}, false],
    ['__Host-a', { secure: true }, false],
    ['__Host-a', { path: '/' }, false],
    ['__Host-a', { secure: true, path: '/docs' }, false],
    ['__Host-a', { ...good, domain: 'example.com' }, false],
    ['__Host-a', { path: '/', domain: 'example.com' }, false],
    ['__Host-a', good, true],
    ['__Host-a', { ...good, httpOnly: true, maxAge: 60, sameSite: 'none' }, true],
    ['__Host', {}, true],
    ['a__Host-', {}, true],
    ['Host-a', { domain: 'example.com' }, true],
  ];
  const taken = (line) => {
    const jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
    try {
      return jar.setCookieSync(line, PLACE) !== undefined;
    } catch {
      return false;
    }
  };
  /** The line without any check of ours. */
  const line = (name, { path, domain, secure, ...rest }) =>
    [`${name}=1`, path && `Path=${path}`, domain && `Domain=${domain}`, secure && 'Secure', rest.httpOnly && 'HttpOnly', rest.maxAge && 'Max-Age=60', rest.sameSite && 'SameSite=none'].filter(Boolean).join('; ');

  test.each(rows)('%s %o: what a browser takes is printed, and nothing else', (name, options, isGood) => {
    expect(taken(line(name, options))).toBe(isGood);
    const print = (as) => stringifyCookie({ name: as, value: '1', ...options });
    if (isGood) return expect(taken(print(name))).toBe(true);
    // Browsers read prefixes in any case.
    for (const as of [name, name.toLowerCase(), name.toUpperCase()]) expect(() => print(as)).toThrow(expect.objectContaining({ code: 'INVALID_COOKIE' }));
  });
});

describe('CK-19 CK-20 T35 what is deleted is gone from a jar', () => {
  /** @type {[name: string, options: Record<string, any>][]} */
  const kept = [
    ['plain', {}],
    ['strict', { httpOnly: true, sameSite: 'strict', maxAge: 3600 }],
    ['narrow', { path: '/docs' }],
    ['wide', { domain: 'example.com' }],
    ['both', { path: '/docs', domain: '.example.com', secure: true }],
    ['__Host-id', { secure: true }],
    ['__Secure-id', { secure: true, path: '/docs', domain: 'example.com' }],
  ];
  /** @type {[way: string, remove: (cookies: ResponseCookies, name: string, options: any) => unknown][]} */
  const ways = [
    ['delete', (c, name, options) => c.delete(options.path || options.domain ? { name, ...options } : name)],
    ['delete with what it was set with', (c, name, options) => c.delete({ name, ...options })],
    ['set with maxAge 0', (c, name, options) => c.set(name, 'x', { ...options, maxAge: 0 })],
    ['set with expires 0', (c, name, options) => c.set({ name, value: '', ...options, maxAge: undefined, expires: 0 })],
  ];

  test.each(ways)('%s', (_way, remove) => {
    const jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
    const send = (change) => {
      const headers = new Headers();
      const cookies = new ResponseCookies(headers);
      for (const [name, options] of kept) change(cookies, name, options);
      for (const line of headers.getSetCookie()) jar.setCookieSync(line, PLACE);
      return jar.getCookiesSync(PLACE).map(({ key }) => key).sort();
    };
    expect(send((c, name, options) => c.set(name, '1', options))).toEqual(kept.map(([name]) => name).sort());
    expect(send(remove)).toEqual([]);
  });
});
