// What the tests and the documentation of @edge-runtime/cookies promise, row by row, of both.
import { createRequire } from 'node:module';
import * as reference from '@edge-runtime/cookies';
import * as freshtag from 'freshtag';
import { describe, expect, test } from 'vitest';

const { splitCookiesString } = createRequire(import.meta.url)('next/dist/server/web/utils');
const inspect = Symbol.for('edge-runtime.inspect.custom');
const EPOCH = 'Thu, 01 Jan 1970 00:00:00 GMT';

const asked = ({ RequestCookies }, cookie) => new RequestCookies(new Headers(cookie === undefined ? {} : { cookie }));
/** Both, with the headers behind them. */
const changed = ({ RequestCookies }, cookie, change) => {
  const headers = new Headers({ cookie });
  const cookies = new RequestCookies(headers);
  const returned = change(cookies);
  return { all: cookies.getAll(), header: headers.get('cookie'), returned: returned === cookies ? 'itself' : returned };
};
const answered = ({ ResponseCookies }, change, lines = []) => {
  const headers = new Headers(lines.map((line) => ['set-cookie', line]));
  const cookies = new ResponseCookies(headers);
  change(cookies);
  return headers.getSetCookie();
};
const read = ({ ResponseCookies }, lines, ask) => ask(new ResponseCookies(new Headers(lines.map((line) => ['set-cookie', line]))));
const pair = (name, value, more) => ({ name, value, ...more });

/** @type {[about: string, behaviour: string, call: (library: any) => unknown, wanted: unknown][]} */
const rows = [
  ['CK-14', 'no header: get, getAll, size and iteration are empty', (l) => [asked(l).get('a'), asked(l).getAll(), asked(l).size, [...asked(l)]], [undefined, [], 0, []]],
  ['CK-3', 'a value that does not decode is left out', (l) => [asked(l, 'a=%F6').get('a'), asked(l, 'a=%F6').getAll()], [undefined, []]],
  ['CK-14', 'one cookie: get', (l) => asked(l, 'a=1').get('a'), pair('a', '1')],
  ['CK-14', 'one cookie: getAll', (l) => asked(l, 'a=1').getAll(), [pair('a', '1')]],
  ['CK-14', 'two cookies: getAll(name) is that one', (l) => asked(l, 'a=1; b=2').getAll('a'), [pair('a', '1')]],
  ['CK-14', 'two cookies: getAll', (l) => asked(l, 'a=1; b=2').getAll(), [pair('a', '1'), pair('b', '2')]],
  ['CK-14', 'a cookie as the key', (l) => [asked(l, 'a=1; b=2').get({ name: 'b', value: '' }), asked(l, 'a=1').getAll({ name: 'a' })], [pair('b', '2'), [pair('a', '1')]]],
  ['CK-1', 'a semicolon at the end', (l) => asked(l, 'a=1; b=2;').getAll(), [pair('a', '1'), pair('b', '2')]],
  ['CK-14', 'has', (l) => [asked(l, 'a=1').has('a'), asked(l, 'a=1').has('b')], [true, false]],
  ['CK-14', 'size', (l) => asked(l, 'a=1; b=2; a=3').size, 2],
  ['CK-14', 'iteration: names with cookies', (l) => [...asked(l, 'a=1; b=2')], [['a', pair('a', '1')], ['b', pair('b', '2')]]],
  ['CK-15', 'set of a known name', (l) => changed(l, 'a=1; b=2', (c) => c.set('b', 'hello!')), { all: [pair('a', '1'), pair('b', 'hello!')], header: 'a=1; b=hello!', returned: 'itself' }],
  ['CK-15', 'set of a new name', (l) => changed(l, 'a=1; b=2', (c) => c.set('c', '3')), { all: [pair('a', '1'), pair('b', '2'), pair('c', '3')], header: 'a=1; b=2; c=3', returned: 'itself' }],
  ['CK-15', 'set of an object', (l) => changed(l, 'a=1', (c) => c.set({ name: 'a', value: 'x y' })), { all: [pair('a', 'x y')], header: 'a=x%20y', returned: 'itself' }],
  ['CK-15', 'delete', (l) => changed(l, 'a=1; b=2', (c) => c.delete('b')), { all: [pair('a', '1')], header: 'a=1', returned: true }],
  ['CK-15', 'delete of several', (l) => changed(l, 'a=1; b=2; c=3', (c) => c.delete(['b', 'x', 'a'])), { all: [pair('c', '3')], header: 'c=3', returned: [true, false, true] }],
  ['CK-15', 'clear', (l) => changed(l, 'a=1; b=2', (c) => c.clear()), { all: [], header: '', returned: 'itself' }],
  ['CK-14', 'as text', (l) => asked(l, 'a=1; b=2').set('c', '3').toString(), 'a=1; b=2; c=3'],
  ['CK-14', 'in a log', (l) => asked(l, 'a=1; b=2')[inspect](), 'RequestCookies {"a":{"name":"a","value":"1"},"b":{"name":"b","value":"2"}}'],
  ['CK-2', 'parseCookie: a plain value', (l) => [...l.parseCookie('foo=bar;')], [['foo', 'bar']]],
  ['CK-2', 'parseCookie: an equals sign in the value', (l) => [...l.parseCookie('foo=bar=;')], [['foo', 'bar=']]],
  ['CK-2', 'parseCookie: two', (l) => [...l.parseCookie('foo=bar;baz=qux;')], [['foo', 'bar'], ['baz', 'qux']]],
  ['CK-2', 'parseCookie: equals signs in two values', (l) => [...l.parseCookie('foo=bar==;baz==qux;')], [['foo', 'bar=='], ['baz', '=qux']]],
  ['CK-2', 'parseCookie: a name alone', (l) => [...l.parseCookie('foo; a=1')], [['foo', 'true'], ['a', '1']]],
  [
    'CK-17',
    'set: each with its options',
    (l) =>
      answered(l, (c) =>
        c
          .set('plain', '1', { path: '/one' })
          .set('hidden', '2', { httpOnly: true })
          .set('number', '3', { expires: 0 })
          .set('date', '4', { expires: new Date(0) })
          .set('gone', '', { maxAge: 0 }),
      ),
    ['plain=1; Path=/one', 'hidden=2; Path=/; HttpOnly', `number=3; Path=/; Expires=${EPOCH}`, `date=4; Path=/; Expires=${EPOCH}`, 'gone=; Path=/; Max-Age=0'],
  ],
  [
    'CK-17',
    'what was set is read, with a path and a Date',
    (l) => read(l, [], (c) => c.set('a', '1', { expires: 0 }).set('b', '', { maxAge: 0 }).set('c', '3', { path: '/x' }).getAll()),
    [pair('a', '1', { path: '/', expires: new Date(0) }), pair('b', '', { path: '/', maxAge: 0 }), pair('c', '3', { path: '/x' })],
  ],
  [
    'CK-5',
    'set: all options',
    (l) => answered(l, (c) => c.set('first', 'one', { domain: 'example.com', path: '/docs', secure: true, sameSite: 'strict', expires: Date.UTC(2100, 0), httpOnly: true, maxAge: 0, priority: 'high', partitioned: true })),
    ['first=one; Path=/docs; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=0; Domain=example.com; Secure; HttpOnly; SameSite=strict; Partitioned; Priority=high'],
  ],
  ['CK-16', 'get of a name that was not set', (l) => read(l, [], (c) => [c.get('a'), c.get('a')?.value, c.has('a')]), [undefined, undefined, false]],
  ...['name=value; Secure; HttpOnly', 'name=value; Secure; HttpOnly;', 'name=value; HttpOnly; Secure', 'name=value; HttpOnly; Secure;'].map((line) => [
    'CK-8',
    `a line that was there: ${line}`,
    (l) => read(l, [line], (c) => [c.getAll(), c.get('name')]),
    [[pair('name', 'value', { secure: true, httpOnly: true })], pair('name', 'value', { secure: true, httpOnly: true })],
  ]),
  ['CK-19', 'delete: the line', (l) => answered(l, (c) => c.set('a', '1').set('b', '2').delete('a')), [`a=; Path=/; Expires=${EPOCH}`, 'b=2; Path=/']],
  ['CK-19', 'delete: what is read', (l) => read(l, [], (c) => c.set('a', '1').delete('a').get('a')), pair('a', '', { path: '/', expires: new Date(0) })],
  ['CK-19', 'delete: with a domain', (l) => answered(l, (c) => c.delete({ name: 'a', domain: 'example.com' })), [`a=; Path=/; Expires=${EPOCH}; Domain=example.com`]],
  ['CK-19', 'delete: with a path', (l) => answered(l, (c) => c.delete({ name: 'a', path: '/x' })), [`a=; Path=/x; Expires=${EPOCH}`]],
  ['CK-19', 'delete: with both', (l) => answered(l, (c) => c.delete({ name: 'a', path: '/x', domain: 'example.com' })), [`a=; Path=/x; Expires=${EPOCH}; Domain=example.com`]],
  [
    'CK-17',
    'options are not modified',
    (l) => {
      const options = { maxAge: 10_000 };
      answered(l, (c) => c.set('a', '1', options).set({ name: 'b', value: '2', ...options }));
      return options;
    },
    { maxAge: 10_000 },
  ],
  ['CK-16', 'has', (l) => read(l, [], (c) => c.set('a', '1').has('a')), true],
  ['CK-16', 'as text', (l) => read(l, [], (c) => c.set(pair('a', '1', { path: '/x' })).set('b', '2').toString()), 'a=1; Path=/x; b=2; Path=/'],
  [
    'CK-16',
    'in a log',
    (l) => read(l, [], (c) => c.set('a', '1', { httpOnly: true }).set('b', '2', { sameSite: 'lax' })[inspect]()),
    'ResponseCookies {"a":{"name":"a","value":"1","httpOnly":true,"path":"/"},"b":{"name":"b","value":"2","sameSite":"lax","path":"/"}}',
  ],
  ['CK-16', 'two lines that were there', (l) => read(l, ['a=1', 'b=2'], (c) => [c.get('a')?.value, c.get('b')?.value]), ['1', '2']],
  [
    'CK-16',
    'what the headers held before counts for nothing',
    ({ ResponseCookies }) => {
      const headers = new Headers({ 'set-cookie': 'a=1' });
      headers.set('set-cookie', 'b=2');
      return new ResponseCookies(headers).getAll();
    },
    [pair('b', '2')],
  ],
  [
    'CK-13',
    'splitCookiesString',
    (l) => l.splitCookiesString('a=1, b=2; Max-Age=1000, c=3; Domain=<domain>; Secure'),
    ['a=1', 'b=2; Max-Age=1000', 'c=3; Domain=<domain>; Secure'],
  ],
  ['CK-5', 'stringifyCookie is there', (l) => l.stringifyCookie(pair('a', '1')), 'a=1'],
  ['CK-2', 'parseCookie is there', (l) => l.parseCookie('a=1').get('a'), '1'],
  ['CK-8', 'parseSetCookie is there', (l) => l.parseSetCookie('a=1; Max-Age=5'), pair('a', '1', { maxAge: 5 })],
];

describe.each([
  ['@edge-runtime/cookies', { ...reference, splitCookiesString }],
  ['freshtag', freshtag],
])('%s', (_name, library) => {
  test.each(rows)('%s %s', (_rule, _behaviour, call, wanted) => expect(call(library)).toEqual(wanted));
});
