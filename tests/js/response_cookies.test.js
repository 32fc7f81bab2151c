// ResponseCookies and Set-Cookie as text (CK-5 to CK-13, CK-16 to CK-20), beside the classes that Next uses.
import { ResponseCookies as Reference } from '@edge-runtime/cookies';
import { parseSetCookie, ResponseCookies, splitCookiesString, stringifyCookie } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const EPOCH = 'Thu, 01 Jan 1970 00:00:00 GMT';

beforeEach(() => vi.spyOn(Date, 'now').mockReturnValue(NOW));
afterEach(() => vi.restoreAllMocks());

const withLines = (lines) => new Headers(lines.map((line) => ['set-cookie', line]));
const inspect = Symbol.for('edge-runtime.inspect.custom');

/** What the methods say, and what the headers hold, once `change` was made to these lines. */
function outcome(Class, lines, change, options) {
  const headers = withLines(lines);
  const cookies = new Class(headers, options);
  const returned = change(cookies);
  return {
    chained: returned === cookies,
    returned: returned === cookies ? undefined : returned,
    lines: headers.getSetCookie(),
    all: cookies.getAll(),
    text: cookies.toString(),
    inspected: cookies[inspect](),
  };
}

describe('as in Next', () => {
  const all = { domain: 'example.com', path: '/docs', expires: new Date(NOW), httpOnly: true, secure: true, sameSite: 'lax', partitioned: true, priority: 'high' };
  /** @type {[rule: string, name: string, change: (cookies: any) => any, lines?: string[]][]} */
  const rows = [
    ['CK-5', 'the order of attributes', (c) => c.set('a', '1', { ...all, maxAge: 0 })],
    ['CK-5', 'values are encoded', (c) => c.set('a', 'ü =;,"%\u2028\0')],
    ['CK-6', 'falsy attributes are not printed', (c) => c.set('a', '1', { secure: false, httpOnly: 0, domain: '', sameSite: false, priority: undefined })],
    ['CK-6', 'a date of 0 is a date', (c) => c.set('a', '1', { expires: 0 })],
    ['CK-16', 'set(name, value, options)', (c) => c.set('a', '1', { httpOnly: true })],
    ['CK-16', 'set({ … })', (c) => c.set({ name: 'a', value: '1', path: '/x', sameSite: 'strict' })],
    ['CK-16', 'set of an empty value', (c) => c.set('a', '')],
    ['CK-16', 'get(name)', (c) => c.get('b'), ['a=1; Path=/', 'b=2; Path=/']],
    ['CK-16', 'get({ name })', (c) => c.get({ name: 'b' }), ['a=1; Path=/', 'b=2; Path=/']],
    ['CK-16', 'get of none', (c) => c.get('c'), ['a=1; Path=/']],
    ['CK-16', 'getAll()', (c) => c.getAll(), ['a=1; Path=/', 'b=x%20y; Path=/; HttpOnly']],
    ['CK-16', 'getAll(name)', (c) => c.getAll('b'), ['a=1; Path=/', 'b=2; Path=/']],
    ['CK-16', 'getAll({ name })', (c) => c.getAll({ name: 'b' }), ['a=1; Path=/', 'b=2; Path=/']],
    ['CK-16', 'getAll(undefined)', (c) => c.getAll(undefined), ['a=1; Path=/']],
    ['CK-16', 'has', (c) => [c.has('a'), c.has('b')], ['a=1; Path=/']],
    ['CK-17', 'expires in milliseconds', (c) => c.set('a', '1', { expires: NOW + 999 })],
    ['CK-17', 'maxAge sets expires, over one that is given', (c) => c.set('a', '1', { maxAge: 60, expires: 0 })],
    ['CK-17', 'maxAge 0 leaves expires alone', (c) => c.set('a', '1', { maxAge: 0 })],
    ['CK-17', 'a negative maxAge', (c) => c.set('a', '1', { maxAge: -60 })],
    ['CK-17', 'path null', (c) => c.set('a', '1', { path: null })],
    ['CK-17', 'path empty', (c) => c.set('a', '1', { path: '' })],
    ['CK-18', 'another name comes last', (c) => c.set('c', '3'), ['a=1; Path=/', 'b=2; Path=/']],
    ['CK-18', 'the same name keeps its place', (c) => c.set('a', '3'), ['a=1; Path=/', 'b=2; Path=/']],
    ['CK-18', 'the same name twice', (c) => c.set('a', '1').set('b', '2').set('a', '3')],
    ['CK-18', 'the last of a name counts, in the first place', (c) => c.getAll(), ['a=1; Path=/', 'b=2; Path=/']],
    ['CK-19', 'delete(name)', (c) => c.delete('a'), ['a=1; Path=/; HttpOnly', 'b=2; Path=/']],
    ['CK-19', 'delete({ name, path, domain })', (c) => c.delete({ name: 'a', path: '/docs', domain: 'example.com' })],
    ['CK-19', 'a deleted cookie is still there', (c) => (c.delete('a'), [c.has('a'), c.get('a')]), ['a=1; Path=/']],
    ['T33', 'names of objects', (c) => c.set('__proto__', '1').set('constructor', '2').delete('toString'), ['hasOwnProperty=1; Path=/']],
  ];
  test.each(rows)('%s %s', (_rule, _name, change, lines = []) => {
    expect(outcome(ResponseCookies, lines, change)).toEqual(outcome(Reference, lines, change));
  });

  test('CK-16 headers that know no getSetCookie are cut', () => {
    const headers = { getSetCookie: undefined, get: () => 'a=1; Expires=Fri, 02 Jan 2026 03:04:05 GMT, b=2' };
    const names = (Class) => new Class(headers).getAll().map(({ name }) => name);
    expect(names(ResponseCookies)).toEqual(['a', 'b']);
    expect(names(ResponseCookies)).toEqual(names(Reference));
  });
});

test('T33 names of objects reach no prototype', () => {
  const cookies = new ResponseCookies(withLines(['__proto__=1; Path=/']));
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(cookies.has(name)).toBe(name === '__proto__');
    cookies.set(name, 'mine', JSON.parse('{ "__proto__": { "secure": true } }'));
    expect(cookies.get(name)?.value).toBe('mine');
    expect(parseSetCookie(`${name}=v; ${name}=x`)).toEqual({ name, value: 'v' });
  }
  expect(cookies.toString()).not.toMatch(/Secure/);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect({}.value).toBe(undefined);
});

describe('lines that were there stay as they are', () => {
  test.each([
    ['CK-9', 'a=%25'],
    ['CK-9', 'a=%2525; Path=/'],
    ['CK-10', 'a=%zz; Path=/x'],
    ['CK-11', 'a=; Max-Age=0; Path=/; HttpOnly'],
    ['CK-11', 'a=1; max-age=NaN'],
    ['CK-12', 'a=1; a=2; Path=/'],
    ['CK-18', 'a="1"; PATH=/; expires=soon; Unknown=x;;'],
    ['CK-18', 'foo[bar]=1; SameSite=Maybe'],
    ['CK-18', '__Host-a=1; Domain=example.com'],
    ['CK-18', '=nameless'],
    ['CK-18', 'flag'],
    ['CK-18', '; Path=/'],
  ])('%s %s', (_rule, line) => {
    const headers = withLines(['first=1', line, 'last=1']);
    const cookies = new ResponseCookies(headers);
    cookies.set('new', '1').set('last', '2').delete('first');
    expect(headers.getSetCookie()).toEqual([`first=; Path=/; Expires=${EPOCH}`, line, 'last=2; Path=/', 'new=1; Path=/']);
    expect(cookies.toString()).toBe(headers.getSetCookie().join('; '));
  });

  test.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('T32 CK-18 of two lines for one name the last is read, and both stay until it is set: %s, %s', (one, two) => {
    const headers = withLines([`sid=${one}; Path=/x`, 'other=1', `sid=${two}; Path=/y`]);
    const cookies = new ResponseCookies(headers);
    cookies.set('new', '1');
    expect(cookies.getAll('sid')).toEqual([{ name: 'sid', value: two, path: '/y' }]);
    expect(headers.getSetCookie()).toEqual([`sid=${one}; Path=/x`, 'other=1', `sid=${two}; Path=/y`, 'new=1; Path=/']);
    cookies.set('sid', 'c');
    expect(headers.getSetCookie()).toEqual(['sid=c; Path=/', 'other=1', 'new=1; Path=/']);
  });
});

describe('otherwise than Next', () => {
  const lines = (change, before = []) => outcome(ResponseCookies, before, change).lines;

  test.each([
    [{ maxAge: 100 }],
    [{ maxAge: 100, expires: new Date(NOW) }],
    [{ expires: NOW }],
  ])('CK-20 delete deletes, whatever else is said: %o', (options) => {
    expect(lines((c) => c.delete({ name: 'a', ...options }))).toEqual([`a=; Path=/; Expires=${EPOCH}`]);
  });

  test.each([
    ['__Host-a', undefined],
    ['__secure-a', { domain: 'example.com', path: '/x' }],
  ])('T35 CK-19 deleting %s is secure, or a browser would not listen', (name, options) => {
    expect(lines((c) => c.delete(options ? { name, ...options } : name))[0]).toMatch(/; Secure$/);
  });

  test.each([
    [Number.MAX_SAFE_INTEGER, 'Fri, 31 Dec 9999 23:59:59 GMT'],
    [Number.MIN_SAFE_INTEGER, EPOCH],
  ])('CK-17 a date that follows from maxAge stays a date: %d', (maxAge, expires) => {
    expect(lines((c) => c.set('a', '1', { maxAge }))).toEqual([`a=1; Path=/; Expires=${expires}; Max-Age=${maxAge}`]);
  });

  test('CK-7 sameSite and priority in any case, true is strict', () => {
    const set = (c) => c.set('a', '1', { sameSite: true, priority: 'HIGH' }).set('b', '1', { sameSite: 'None' });
    expect(lines(set)).toEqual(['a=1; Path=/; SameSite=strict; Priority=high', 'b=1; Path=/; SameSite=none']);
  });

  test('CK-17 options are left as they were', () => {
    const options = Object.freeze({ name: 'a', value: '1', expires: 0, maxAge: 5 });
    lines((c) => c.set(options).set('b', '1', options).delete(options));
    expect(options).toEqual({ name: 'a', value: '1', expires: 0, maxAge: 5 });
  });

  test('CK-17 the arguments name the cookie, not its options', () => {
    expect(lines((c) => c.set('a', '1', { name: 'b', value: '2' }))).toEqual(['a=1; Path=/']);
  });

  test('CK-16 size and iteration', () => {
    const cookies = new ResponseCookies(withLines(['a=1', 'b=2', 'a=3'])).delete('b');
    expect(cookies.size).toBe(2);
    expect([...cookies].map(([name, { value }]) => [name, value])).toEqual([['a', '3'], ['b', '']]);
  });

  test('T34 CK-5 half of a character is replaced, as in every text', () => {
    const cookies = new ResponseCookies(new Headers()).set('a', '\ud800');
    expect(cookies.toString()).toBe('a=%EF%BF%BD; Path=/');
    // The reporter cannot show what is wrong here.
    expect(cookies.get('a').value === '\ufffd').toBe(true);
  });

  test.each([
    ['a number', 1, '1'],
    ['a bigint', 2n, '2'],
    ['a truth', true, 'true'],
    ['nothing', undefined, ''],
    ['null', null, ''],
  ])('CK-5 a value that is %s', (_name, value, text) => {
    const cookies = new ResponseCookies(new Headers()).set('a', value);
    expect(cookies.get('a').value).toBe(text);
    expect(cookies.toString()).toBe(`a=${text}; Path=/`);
  });
});

describe('what no header can carry is INVALID_COOKIE, and nothing has changed', () => {
  const secure = { secure: true };
  test.each([
    ['T30', 'name', ['', '1']],
    ['T30', 'name', ['a b', '1']],
    ['T30', 'name', ['a=b', '1']],
    ['T30', 'name', ['a\r\nSet-Cookie: b', '1']],
    ['T30', 'name', [undefined, '1']],
    ['T30', 'name', [undefined]],
    ['T30', 'value', ['old', { a: 1 }]],
    ['T30', 'value', ['old', Symbol('a')]],
    ['T30', 'value', ['old', () => '1']],
    ['T30', 'path', ['old', '1', { path: '/; Domain=evil.example' }]],
    ['T30', 'path', ['old', '1', { path: '/\r\nX: y' }]],
    ['T30', 'path', ['old', '1', { path: 1 }]],
    ['T30', 'domain', ['old', '1', { domain: 'example.com; Path=/' }]],
    ['T30', 'domain', ['old', '1', { domain: 'exämple.com' }]],
    ['T30', 'domain', ['old', '1', { domain: ['example.com'] }]],
    ['CK-6', 'expires', ['old', '1', { expires: new Date(NaN) }]],
    ['CK-6', 'expires', ['old', '1', { expires: NaN }]],
    ['CK-6', 'expires', ['old', '1', { expires: 'tomorrow' }]],
    ['CK-6', 'expires', ['old', '1', { expires: new Date(NOW).toISOString() }]],
    ['CK-6', 'maxAge', ['old', '1', { maxAge: NaN }]],
    ['CK-6', 'maxAge', ['old', '1', { maxAge: 1.5 }]],
    ['CK-6', 'maxAge', ['old', '1', { maxAge: Infinity }]],
    ['CK-6', 'maxAge', ['old', '1', { maxAge: '60' }]],
    ['T30', 'sameSite', ['old', '1', { sameSite: 'lax; Domain=evil.example' }]],
    ['T30', 'sameSite', ['old', '1', { sameSite: 1 }]],
    ['T30', 'priority', ['old', '1', { priority: 'low\r\n' }]],
    ['T30', 'priority', ['old', '1', { priority: true }]],
    ['T35', 'secure', ['__Host-a', '1']],
    ['T35', 'secure', ['__SECURE-a', '1', { path: '/' }]],
    ['T35', 'path', ['__Host-a', '1', { ...secure, path: '/x' }]],
    ['T35', 'path', ['__host-a', '1', { ...secure, path: '' }]],
    ['T35', 'domain', ['__Host-a', '1', { ...secure, domain: 'example.com' }]],
  ])('%s %s: set(...%o)', (_rule, field, args) => {
    const headers = withLines(['old=1']);
    const cookies = new ResponseCookies(headers);
    let thrown;
    try {
      cookies.set(...args);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown.code).toBe('INVALID_COOKIE');
    expect(thrown.message).toMatch(new RegExp(`^${field}: \\S`));
    expect(headers.getSetCookie()).toEqual(['old=1']);
    expect(cookies.getAll()).toEqual([{ name: 'old', value: '1' }]);
  });

  test('T35 prefixes with what they promise', () => {
    const cookies = new ResponseCookies(new Headers()).set('__Host-a', '1', secure).set('__Secure-b', '2', { ...secure, domain: 'example.com' });
    expect(cookies.toString()).toBe('__Host-a=1; Path=/; Secure; __Secure-b=2; Path=/; Domain=example.com; Secure');
  });

  test('headers that cannot change: nothing has changed', () => {
    const cookies = new ResponseCookies(Response.redirect('https://example.com/').headers);
    expect(() => cookies.set('a', '1')).toThrow(TypeError);
    expect(cookies.size).toBe(0);
  });
});

describe("compat: 'next'", () => {
  const next = { compat: 'next' };
  test.each([
    ['CK-11', ['a=; Max-Age=0; Path=/; HttpOnly'], (c) => c.set('b', '1')],
    ['CK-11', ['a=1; max-age=0; domain=EXAMPLE.com; SECURE; samesite=LAX'], (c) => c.set('b', '1')],
    ['CK-18', ['a=1; Unknown=x; Path=/', 'b=2'], (c) => c.set('b', '1')],
    ['CK-18', ['a=1; HttpOnly', 'b=2', 'a=3'], (c) => c.set('c', '1')],
    ['CK-18', ['a=1', 'b=2', 'a=3'], (c) => c.set('a', '4')],
    ['CK-20', [], (c) => c.delete({ name: 'a', maxAge: 100 })],
    ['CK-20', ['a=1; Path=/'], (c) => c.delete({ name: 'a', expires: NOW })],
  ])('%s %j is what Next makes of it', (_rule, before, change) => {
    expect(outcome(ResponseCookies, before, change, next)).toEqual(outcome(Reference, before, change));
  });

  test('CK-11 parseSetCookie', () => {
    expect(parseSetCookie('a=; Max-Age=0; Path=/', next)).toEqual({ name: 'a', path: '/' });
    expect(parseSetCookie('a=; Max-Age=0; Path=/')).toEqual({ name: 'a', value: '', maxAge: 0, path: '/' });
  });

  test('a line that cannot be written anew stays', () => {
    expect(outcome(ResponseCookies, ['foo[bar]=1;Path=/'], (c) => c.set('b', '1'), next).lines).toEqual(['foo[bar]=1;Path=/', 'b=1; Path=/']);
  });

  test.each([[() => new ResponseCookies(new Headers(), { compat: 'express' })], [() => parseSetCookie('a=1', { compat: true })]])('nothing else is taken: %s', (call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  });
});

describe('Set-Cookie as text', () => {
  test.each([
    ['CK-5', { name: 'a', value: '1' }, 'a=1'],
    ['CK-5', { name: 'a' }, 'a='],
    ['CK-6', { name: 'a', value: '1', expires: 0, maxAge: 0 }, `a=1; Expires=${EPOCH}; Max-Age=0`],
    ['CK-6', { name: 'a', value: '1', expires: null, maxAge: null, path: null, domain: null, sameSite: null, priority: null }, 'a=1'],
    ['CK-7', { name: 'a', value: '1', sameSite: true }, 'a=1; SameSite=strict'],
  ])('%s stringifyCookie(%o)', (_rule, cookie, text) => expect(stringifyCookie(cookie)).toBe(text));

  test.each([
    ['CK-8', 'a=b; Path=/; Max-Age=5; Secure=false; SameSite=LAX; Priority=High', { name: 'a', value: 'b', path: '/', maxAge: 5, secure: true, sameSite: 'lax', priority: 'high' }],
    ['CK-8', 'a=1; Expires=Fri, 02 Jan 2026 03:04:05 GMT', { name: 'a', value: '1', expires: new Date(NOW) }],
    ['CK-9', 'a=%2525', { name: 'a', value: '%25' }],
    ['T34', 'a=100%25', { name: 'a', value: '100%' }],
    ['T34', 'a=%zz; Path=/x', { name: 'a', value: '%zz', path: '/x' }],
    ['CK-12', 'a=1; a=2', { name: 'a', value: '1' }],
    ['CK-8', '', undefined],
    ['CK-8', undefined, undefined],
  ])('%s parseSetCookie(%j)', (_rule, line, cookie) => expect(parseSetCookie(line)).toEqual(cookie));

  test.each([
    ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT, b=2', ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2']],
    ['a=1,b', ['a=1,b']],
    ['a=1,,b=2', ['a=1,', 'b=2']],
    ['a=1 , b=2', ['a=1 ', 'b=2']],
    ['', []],
    [undefined, []],
  ])('CK-13 splitCookiesString(%j)', (text, list) => expect(splitCookiesString(text)).toEqual(list));
});
