// Random cookies, odd ones too: headers, Set-Cookie lines, options.

const NAMES = ['a', 'b', 'ab', 'abc', 'sid', 'sid2', 'A', 'toString', 'constructor', '__proto__', '$v', '__Host-a', '__Secure-b', 'path', 'Expires', 'k'.repeat(20)];
const ODD_NAMES = ['', 'foo[bar]', 'a b', 'a,b', '"q"', 'é', '日本', '\u00a0a', 'a\ufeff', '\u2003', 'a/b', '%61', '😀', '\ud800', 'a\u0000', 'n'.repeat(300)];
const VALUES = ['', '1', 'two', 'x y', 'a=b', '=', 'true', '%20', '%C3%A9', 'a%2Cb', '"1"', 'a,b', '~!*()', 'v'.repeat(40), '+', 'x%3By'];
const ODD_VALUES = ['%', '%zz', '%C3', '%2525', '%25', 'é', '日', '😀', '\ud800', '\u00a0', 'a, b=c', 'a,b=c', ', =', '%F0%9F%8D%AA', '%ED%A0%80', 'a\u0000b', '\u007f', '%00'];
const SPACES = [' ', '  ', '\t', ' \t', '\u00a0', '\u3000', '\n', '\u000b'];

/** Some name, now and then none that may be written. */
export const anyName = (any, odd = 0.15) => any.pick(any.chance(odd) ? ODD_NAMES : NAMES);
const anyValue = (any, odd = 0.15) => any.pick(any.chance(odd) ? ODD_VALUES : VALUES);
const anySpace = (any, often) => (any.chance(often) ? any.pick(any.chance(0.8) ? SPACES.slice(0, 4) : SPACES) : '');

/** A Cookie header: tidy, or not, and now and then longer than any. */
export function anyHeader(any) {
  if (any.chance(0.001)) return Array.from({ length: 500 + any.below(40) }, (_, i) => `${any.chance(0.9) ? `n${i}` : anyName(any)}=${anyValue(any)}`).join(any.pick([';', '; ', ', ']));
  if (any.chance(0.001)) return `${anyName(any)}=${'x'.repeat(16_370 + any.below(30))}; ${anyName(any)}=1`;
  const [spaces, odd] = any.pick([[0, 0], [0, 0.1], [0.02, 0.1], [0.15, 0.3]]);
  const pieces = any.many(any.chance(0.1) ? 40 : 7, () => {
    if (any.chance(odd / 3)) return anySpace(any, 0.5);
    const equals = any.chance(0.08) ? '' : '=';
    return `${anySpace(any, spaces)}${anyName(any, odd)}${anySpace(any, spaces)}${equals}${anySpace(any, spaces)}${equals && anyValue(any, odd)}${anySpace(any, spaces)}`;
  });
  const separator = () => (any.chance(odd) ? any.pick([';', ';;', '; ;', ' ; ', ';\t', ', ', ',', ',  ']) : '; ');
  return pieces.map((piece) => piece + separator()).join('').slice(0, any.chance(0.9) ? -2 : undefined);
}

const ATTRIBUTES = ['Path', 'Domain', 'Expires', 'Max-Age', 'Secure', 'HttpOnly', 'SameSite', 'Priority', 'Partitioned'];
const TIDY = {
  Path: ['/', '/docs', '/a b', '/a,c=d'],
  Domain: ['example.com', '.example.com'],
  Expires: ['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', 'Wed, 09 Jun 2021 10:18:14 GMT', 'Thu, 29 Feb 2024 00:00:00 GMT'],
  'Max-Age': ['60', '-1', '31536000', '9007199254740991', '0', '007'],
  SameSite: ['Lax', 'strict', 'NONE', 'Default', 'true'],
  Priority: ['High', 'low', 'MEDIUM', 'urgent'],
};
const ODD_ATTRIBUTES = ['maxage', 'Http-Only', 'same-site', 'path-', 'Unknown', '__proto__', 'constructor', 'ſecure', 'a', 'sid'];
const ODD = ['', 'true', '%2F', '%zz', '/é', '\ud800', '1.5', '1e3', '0x10', '+5', 'NaN', '99999999999999999999', 'tomorrow', 'Wed, 09-Jun-21 10:18:14 GMT', 'Sat, 31 Feb 2030 00:00:00 GMT', '2021-06-09', 'Jun 9 2021 10:18:14', 'Mon, 01 Jan 1500 00:00:00 GMT', '0', 'x'.repeat(1025), 'é'.repeat(513)];

const inAnyCase = (any, text) => any.pick([text, text, text, text.toLowerCase(), text.toUpperCase(), [...text].map((letter) => (any.chance(0.5) ? letter.toLowerCase() : letter.toUpperCase())).join('')]);

/** A Set-Cookie line: tidy, or not. */
export function anyLine(any, wild = any.chance(0.6)) {
  const odd = wild ? 0.12 : 0;
  const space = () => anySpace(any, wild ? 0.04 : 0);
  const attribute = () => {
    const name = any.chance(odd) ? any.pick(ODD_ATTRIBUTES) : any.pick(ATTRIBUTES);
    const value = any.chance(odd) ? any.pick(ODD) : any.pick(TIDY[name] ?? [undefined]);
    const equals = value === undefined && !any.chance(odd) ? '' : '=';
    return `${space()}${inAnyCase(any, name)}${space()}${any.chance(odd / 2) ? '' : `${equals}${space()}${equals && (value ?? any.pick(['', '1', 'false']))}`}${space()}`;
  };
  const pair = any.chance(odd / 3) ? any.pick(['', ' ', 'flag', '=']) : `${space()}${anyName(any, odd)}${space()}=${space()}${anyValue(any, odd)}${space()}`;
  return [pair, ...any.many(5, attribute)].join(any.chance(0.9) ? '; ' : ';') + (any.chance(0.1) ? ';' : '');
}

const OPTIONS = {
  path: ['/', '/docs', '/a b', '/ä', '', null, '/x; Secure', '/\r\n', ' /', 'x', 5, 'p'.repeat(1025), '/~', '/\u007f'],
  domain: ['example.com', '.example.com', '', null, 'a b', 'a,b', 'exämple.com', 'x;y', ['example.com'], 'localhost'],
  expires: [0, 1, -1, 1_623_233_894_999, new Date(0), new Date(1_800_000_000_999), new Date(NaN), NaN, Infinity, 'tomorrow', -1e15, 1e15, 253_402_300_799_999, 253_402_300_800_000, -11_644_473_600_000, -11_644_473_600_001, null, 1.5],
  maxAge: [0, 1, 60, -5, -0, 1.5, NaN, Infinity, '60', null, 2 ** 53 - 1, 2 ** 53, 1e21],
  sameSite: ['lax', 'strict', 'none', 'Lax', true, false, '', null, 'maybe', 'lax; Secure', 1],
  priority: ['low', 'medium', 'high', 'HIGH', '', null, 'urgent', true],
  secure: [true, false, 0, 1, '', 'yes'],
  httpOnly: [true, false],
  partitioned: [true, false],
};
const TIDY_OPTIONS = {
  path: ['/', '/docs', '', null, '/~'],
  domain: ['example.com', '.example.com', '', null],
  expires: [0, 1, 1_623_233_894_999, new Date(0), new Date(1_800_000_000_999)],
  maxAge: [0, 1, 60, -5, 31_536_000],
  sameSite: ['lax', 'strict', 'none', false],
  priority: ['low', 'medium', 'high'],
  secure: [true, false],
  httpOnly: [true, false],
  partitioned: [true, false],
};

/** Options of a cookie: some of the fields, `tidy` ones every header can carry. */
export function anyOptions(any, tidy = false) {
  const made = {};
  for (const [field, values] of Object.entries(tidy ? TIDY_OPTIONS : OPTIONS)) {
    if (!any.chance(0.3)) continue;
    made[field] = any.pick(tidy || any.chance(0.3) ? values : (TIDY_OPTIONS[field] ?? values));
  }
  return made;
}

/** A plain value, as a program has it. */
export const anyText = (any) => any.pick([() => anyValue(any, 0.3), () => any.many(6, () => String.fromCodePoint(any.pick([any.below(128), any.below(0xd7ff), 0x1f600 + any.below(50)]))).join('')])();
/** A name that may be written. */
export const anyToken = (any) => any.pick(NAMES);

/** Headers that take any text. */
export class Headerlike {
  #lines;
  constructor(lines) {
    this.#lines = lines;
  }
  get() {
    return this.#lines.length > 0 ? this.#lines.join(', ') : null;
  }
  set(_name, line) {
    this.#lines = [line];
  }
  getSetCookie() {
    return [...this.#lines];
  }
  delete() {
    this.#lines = [];
  }
  append(_name, line) {
    this.#lines.push(line);
  }
}
