// RequestCookies and parseCookie (CK-1 to CK-4, CK-14, CK-15) in workerd, beside the class that Next uses.
import { parseCookie as parseReference, RequestCookies as Reference } from '@edge-runtime/cookies';
import { cookies, parseCookie, RequestCookies } from 'freshtag';
import { describe, expect, test } from 'vitest';

import { memory } from '../../js/load.workerd.js';
import { site } from './support.js';

const inspect = Symbol.for('edge-runtime.inspect.custom');
const LONG = 16384;

const parsed = (text) => [...parseCookie(text)];

/** Every name of a header, each asked of an instance of its own: the first question takes a way of its own. */
const asked = (text) => parsed(text).map(([name]) => [name, new RequestCookies(text).get(name)?.value]);

describe('how a Cookie header is cut', () => {
  /** @type {[rule: string, text: string, wanted: [string, string][]][]} */
  const rows = [
    ['CK-1', '', []],
    ['CK-1', 'a=1; b=2', [['a', '1'], ['b', '2']]],
    ['CK-1', 'a=1;b=2;  c=3', [['a', '1'], ['b', '2'], ['c', '3']]],
    ['CK-1', ';; a=1;;; ;b=2;', [['a', '1'], ['b', '2']]],
    ['CK-2', 'a=b=c==', [['a', 'b=c==']]],
    ['CK-2', 'flag; a=', [['flag', 'true'], ['a', '']]],
    ['CK-2', '=x; b=1', [['', 'x'], ['b', '1']]],
    ['CK-2', '=; b', [['', ''], ['b', 'true']]],
    ['CK-3', 'a=%C3%A9%20%3D; b=%2525', [['a', 'é ='], ['b', '%25']]],
    ['CK-3', 'a=%zz; b=%C3; c=1; d=%', [['c', '1']]],
    ['CK-3', 'a=1; a=%zz', [['a', '1']]],
    ['CK-3', '%61=1; foo[bar]=2; a/b=3', [['%61', '1'], ['foo[bar]', '2'], ['a/b', '3']]],
    ['CK-3', 'a=x+y; b="q"; c="', [['a', 'x+y'], ['b', '"q"'], ['c', '"']]],
    ['CK-3', 'a=1,2; b=x, y; c=,; d=1,e=2', [['a', '1,2'], ['b', 'x, y'], ['c', ','], ['d', '1,e=2']]],
    ['CK-3', 'a=x, =1; b=x, é=1; c=x,  d=1', [['a', 'x, =1'], ['b', 'x, é=1'], ['c', 'x,  d=1']]],
    ['CK-4', 'a=1; b=2; a=3', [['a', '3'], ['b', '2']]],
    ['CK-4', 'a=1; A=2; ab=3; b=4', [['a', '1'], ['A', '2'], ['ab', '3'], ['b', '4']]],
    ['T32', 'sid=a; sid=b', [['sid', 'b']]],
    ['T32', 'sid=b; other=1; sid=a', [['sid', 'a'], ['other', '1']]],
    ['T33', '__proto__=1; constructor=2; toString=3; hasOwnProperty=4', [['__proto__', '1'], ['constructor', '2'], ['toString', '3'], ['hasOwnProperty', '4']]],
    ['T34', 'a=é; ü=日本; 😀=\ud800; b=%F0%9F%8D%AA', [['a', 'é'], ['ü', '日本'], ['😀', '\ud800'], ['b', '🍪']]],
  ];
  test.each(rows)('%s %j', (_rule, text, wanted) => {
    expect(parsed(text)).toEqual(wanted);
    expect(asked(text)).toEqual(wanted);
    expect([...parseReference(text)]).toEqual(wanted);
  });

  /** Otherwise than Next. @type {[rule: string, text: string, wanted: [string, string][]][]} */
  const otherwise = [
    ['CK-1', ' a=1', [['a', '1']]],
    ['CK-1', 'a = 1', [['a', '1']]],
    ['CK-1', 'a=1 ; b=2\t', [['a', '1'], ['b', '2']]],
    ['CK-1', 'a=1;\tb=2; \t c \t=\t 3 4 ', [['a', '1'], ['b', '2'], ['c', '3 4']]],
    ['CK-1', 'a=1; \t; b', [['a', '1'], ['b', 'true']]],
    ['CK-3', 'a=1, b=2', [['a', '1'], ['b', '2']]],
    ['CK-3', 'a=1; b=2, c=3, d; e=4', [['a', '1'], ['b', '2'], ['c', '3, d'], ['e', '4']]],
    ['CK-3', 'flag, a=1', [['flag', 'true'], ['a', '1']]],
    ['CK-3', 'sid=a, sid=b', [['sid', 'b']]],
  ];
  test.each(otherwise)('%s otherwise than Next: %j', (_rule, text, wanted) => {
    expect(parsed(text)).toEqual(wanted);
    expect(asked(text)).toEqual(wanted);
    expect([...parseReference(text)]).not.toEqual(wanted);
  });

  test('CK-3 two Cookie lines are two, as the runtime joins them', async () => {
    const lines = [['cookie', 'a=1; b=x,y'], ['cookie', 'a=2; c=3']];
    const request = new Request('http://localhost/', { headers: lines });
    expect(request.headers.get('cookie')).toBe('a=1; b=x,y, a=2; c=3');
    const wanted = [{ name: 'a', value: '2' }, { name: 'b', value: 'x,y' }, { name: 'c', value: '3' }];
    expect(new RequestCookies(request.headers).getAll()).toEqual(wanted);
    const { ask } = site({ '/page': { GET: async () => Response.json((await cookies()).getAll().map(({ name, value }) => ({ name, value }))) } });
    expect(JSON.parse((await ask('/page', { headers: lines })).text)).toEqual(wanted);
  });
});

describe('T31 a space that is none in HTTP stays part of the name', () => {
  const spaces = [9, 10, 11, 12, 13, 32, 0x85, 0xa0, 0x1680, ...Array.from({ length: 11 }, (_, i) => 0x2000 + i), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff];
  const latin1 = (text) => String.fromCharCode(...new TextEncoder().encode(text));
  const forms = spaces.flatMap((code) => [String.fromCharCode(code), latin1(String.fromCharCode(code))]);

  test.each([...new Set(forms)].map((space) => [JSON.stringify(space).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`), space]))('%s', (_name, space) => {
    const inHttp = space === ' ' || space === '\t';
    for (const name of [`${space}__Host-sid`, `__Host-sid${space}`, `__Host-${space}sid`, `${space}${space}__Host-sid`, `\t${space} __Host-sid`]) {
      const bare = name.replace(/^[ \t]+|[ \t]+$/g, '');
      for (const text of [`${name}=evil`, `a=1; ${name}=evil`, `${name} = evil; a=1`, `a=x, b=1; ${name}=evil`]) {
        expect(parseCookie(text).get(bare), text).toBe('evil');
        expect(new RequestCookies(text).get(bare)?.value, text).toBe('evil');
        if (!inHttp || bare !== '__Host-sid') expect(new RequestCookies(text).get('__Host-sid'), text).toBe(undefined);
        const both = `__Host-sid=good; ${text}`;
        expect(parseCookie(both).get('__Host-sid'), both).toBe(bare === '__Host-sid' ? 'evil' : 'good');
        expect(new RequestCookies(both).get('__Host-sid')?.value, both).toBe(bare === '__Host-sid' ? 'evil' : 'good');
      }
    }
    // Nor of the value.
    expect(parseCookie(`a=${space}1${space}`).get('a')).toBe(inHttp ? '1' : `${space}1${space}`);
  });
});

describe('RequestCookies, as in Next', () => {
  const outcome = (Class, cookie, change) => {
    const headers = new Headers(cookie === null ? {} : { cookie });
    const cookies = new Class(headers);
    const returned = change(cookies);
    return {
      chained: returned === cookies,
      returned: returned === cookies ? undefined : returned,
      header: headers.get('cookie'),
      all: cookies.getAll(),
      entries: [...cookies],
      size: cookies.size,
      text: cookies.toString(),
      inspected: cookies[inspect](),
    };
  };

  const AB = 'a=1; b=x%20y; a=3; c';
  /** @type {[rule: string, name: string, change: (cookies: any) => any, cookie?: string | null][]} */
  const rows = [
    ['CK-14', 'get(name)', (c) => [c.get('a'), c.get('b'), c.get('x'), c.get('')]],
    ['CK-14', 'get({ name })', (c) => [c.get({ name: 'b' }), c.get({ name: 'x' }), c.get({})]],
    ['CK-14', 'get of what is no name', (c) => [c.get(5), c.get(['a']), c.has(5), c.has(undefined), c.has(null), c.has({ name: 'a' })]],
    ['CK-14', 'get of what is written in no name', (c) => [c.get('a=1'), c.get('a='), c.get('b=x'), c.get('a; b'), c.get('1'), c.get(' a'), c.get('c ')]],
    ['CK-14', 'getAll()', (c) => c.getAll()],
    ['CK-14', 'getAll(name)', (c) => [c.getAll('a'), c.getAll('x'), c.getAll({ name: 'b' })]],
    ['CK-14', 'getAll(undefined)', (c) => [c.getAll(undefined), c.getAll(null), c.getAll(5)]],
    ['CK-14', 'has', (c) => [c.has('a'), c.has('c'), c.has('x'), c.has('toString')]],
    ['CK-14', 'of no header', (c) => [c.get('a'), c.getAll(), c.has('a')], null],
    ['CK-14', 'of an empty header', (c) => [c.get('a'), c.getAll(), c.has('')], ''],
    ['CK-15', 'set(name, value)', (c) => c.set('b', 'ü; =')],
    ['CK-15', 'set({ name, value })', (c) => c.set({ name: 'd', value: '4', path: '/x' })],
    ['CK-15', 'set of a prefixed name', (c) => c.set('__Host-a', '1').set('__Secure-b', '2')],
    ['CK-15', 'set where there was none', (c) => c.set('d', '4'), null],
    ['CK-15', 'set after get', (c) => (c.get('a'), c.set('a', '5'), c.get('a'))],
    ['CK-15', 'a rewritten header keeps odd names', (c) => c.set('d', '4'), 'foo[bar]=1; __proto__=2; =3; a'],
    ['CK-15', 'delete(name)', (c) => c.delete('a')],
    ['CK-15', 'delete of none', (c) => c.delete('x')],
    ['CK-15', 'delete([…])', (c) => c.delete(['a', 'x', 'c', 'a'])],
    ['CK-15', 'delete after get', (c) => [c.get('a'), c.delete('a'), c.get('a'), c.has('a')]],
    ['CK-15', 'delete of all leaves an empty header', (c) => c.delete(['a', 'b', 'c'])],
    ['CK-15', 'clear', (c) => c.clear()],
    ['CK-15', 'clear and set', (c) => c.clear().set('b', '2')],
  ];
  test.each(rows)('%s %s', (_rule, _name, change, cookie = AB) => {
    expect(outcome(RequestCookies, cookie, change)).toEqual(outcome(Reference, cookie, change));
  });

  test.each([['a b'], [''], ['a; b'], ['a\r\nx: y'], ['é'], [undefined]])('T30 CK-15 set of the name %j is INVALID_COOKIE, and nothing has changed', (name) => {
    const headers = new Headers({ cookie: 'a=1' });
    const cookies = new RequestCookies(headers);
    for (const call of [() => cookies.set(name, '1'), () => cookies.set({ name, value: '1' })]) {
      expect(call).toThrow(expect.objectContaining({ code: 'INVALID_COOKIE', message: expect.stringMatching(/^name: /) }));
    }
    expect(headers.get('cookie')).toBe('a=1');
    expect(cookies.getAll()).toEqual([{ name: 'a', value: '1' }]);
  });

  test('CK-15 a value that is none is empty', () => {
    const headers = new Headers({ cookie: 'a=1' });
    expect(new RequestCookies(headers).set('a', undefined).set('b', null).get('a')).toEqual({ name: 'a', value: '' });
    expect(headers.get('cookie')).toBe('a=; b=');
  });

  test('T33 names of objects reach no prototype', () => {
    const cookies = new RequestCookies('__proto__=1; constructor=2');
    expect([cookies.get('__proto__')?.value, cookies.get('constructor')?.value, cookies.get('toString')]).toEqual(['1', '2', undefined]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect({}.value).toBe(undefined);
  });
});

describe('long headers', () => {
  test.each([LONG - 1, LONG, LONG + 1, 20_000, 3_000_000])('CK-14 of %d characters, plain or not', (length) => {
    for (const filler of ['x', '€']) {
      const [start, end] = ['first=1; same=1; fill=', '; same=2; last=%20'];
      const text = start + filler.repeat(length - start.length - end.length) + end;
      expect(text).toHaveLength(length);
      const read = (name) => new RequestCookies(text).get(name)?.value;
      expect([read('first'), read('same'), read('last'), read('x'), read('fill')?.length]).toEqual(['1', '2', ' ', undefined, length - start.length - end.length]);
      expect([...parseCookie(text).keys()]).toEqual(['first', 'same', 'fill', 'last']);
    }
  });

  test('CK-14 names longer than any', () => {
    for (const length of [255, 256, 257, 16_000, 20_000]) {
      const name = 'n'.repeat(length);
      expect(new RequestCookies(`${name}=1; ${name}n=2`).get(name)?.value).toBe('1');
      expect(new RequestCookies('n=1').get(name)).toBe(undefined);
    }
  });

  test('CK-14 memory that has grown in between is read again', () => {
    const small = () => [new RequestCookies('a=1; b=2').get('b')?.value, ...parseCookie('a=1; é=2').values()];
    expect(small()).toEqual(['2', '1', '2']);
    const before = memory.buffer.byteLength;
    expect(parseCookie(`a=${'x'.repeat(2 * before)}; b=2`).get('b')).toBe('2');
    expect(memory.buffer.byteLength).toBeGreaterThan(before);
    expect(small()).toEqual(['2', '1', '2']);
    const held = new RequestCookies('a=1; b=2');
    expect(held.get('a')?.value).toBe('1');
    parseCookie(`a=${'x'.repeat(2 * memory.buffer.byteLength)}`);
    expect(held.getAll()).toHaveLength(2);
  });

  test('T36 the first 512 pairs count', () => {
    const many = (from, to) => Array.from({ length: to - from }, (_, i) => `n${from + i}=${from + i}`);
    const at = (text, name) => [new RequestCookies(text).get(name)?.value, parseCookie(text).get(name)];
    for (const separator of ['; ', ';', ', ']) {
      const text = many(0, 600).join(separator);
      expect(parseCookie(text).size).toBe(512);
      expect([at(text, 'n0'), at(text, 'n511'), at(text, 'n512'), at(text, 'n599')]).toEqual([['0', '0'], ['511', '511'], [undefined, undefined], [undefined, undefined]]);
    }
    // Of two, the one that counts.
    expect(at([...many(0, 511), 'sid=in', 'sid=out'].join('; '), 'sid')).toEqual(['in', 'in']);
    // Pieces that are none do not count, repetitions and values that do not decode do.
    expect(at(`${'; '.repeat(600)}a=1`, 'a')).toEqual(['1', '1']);
    expect(at([...Array(511).fill('a=%zz'), 'b=1', 'c=2'].join(';'), 'b')).toEqual(['1', '1']);
    expect(at([...Array(511).fill('a=%zz'), 'b=1', 'c=2'].join(';'), 'c')).toEqual([undefined, undefined]);
  });

  const N = 100_000;
  /** @type {[name: string, make: (n: number) => string][]} */
  const shapes = [
    ['pairs', (n) => Array.from({ length: n }, (_, i) => `n${i}=${i}`).join('; ')],
    ['pairs of one name', (n) => 'a=1; '.repeat(n)],
    ['joined lines', (n) => 'a=1, '.repeat(n)],
    ['commas', (n) => `a=${', '.repeat(n)}`],
    ['commas and words', (n) => `a=1${', b'.repeat(n)}`],
    ['nothing between semicolons', (n) => ' ;'.repeat(n)],
    ['spaces', (n) => `a=1;${' '.repeat(n)}b=2`],
    ['equals signs', (n) => '='.repeat(n)],
    ['percent signs', (n) => `a=${'%'.repeat(n)}`],
    ['letters beyond ASCII', (n) => 'é=€; '.repeat(n)],
  ];
  test.each(shapes)('T36 time grows with the length: %s', (_name, make) => {
    const time = (text) => {
      const times = Array.from({ length: 5 }, () => {
        const start = performance.now();
        parseCookie(text);
        new RequestCookies(text).get('absent');
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    const [once, twice] = [make(N), make(2 * N)];
    const [one, two] = [time(once), time(twice)];
    expect(parseCookie(once).size).toBeLessThanOrEqual(512);
    expect(one).toBeLessThanOrEqual(50);
    // Of a few milliseconds the clock says little; the square of this length would be minutes.
    expect(two).toBeLessThanOrEqual(4 * Math.max(one, 5));
  });
});
