// Cookies beside @edge-runtime/cookies, which Next uses: random inputs. What differs on purpose stands in cookie_rules.js.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as theirs from '@edge-runtime/cookies';
import * as jshttp from 'cookie';
import { parseCookie, parseSetCookie, RequestCookies, ResponseCookies, splitCookiesString, stringifyCookie } from 'freshtag';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { anyHeader, anyLine, anyName, anyOptions, anyText, anyToken, Headerlike } from './cookie_inputs.js';
import { faults, FOLDED, HEADER, LINE, tidyCookie, tidyHeader, tidyLine, WRITTEN } from './cookie_rules.js';
import { forAWhile, seconds, seed } from '../oracle/random.js';

const reference = createRequire(import.meta.url)('next/dist/server/web/utils');
const next = { compat: 'next' };
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const inspect = Symbol.for('edge-runtime.inspect.custom');

vi.setConfig({ testTimeout: 10_000 + seconds * 2_000 });

/** Rules that have made a difference so far. */
const differs = new Set();
let inputs = 0;
const { now } = Date;
beforeAll(() => {
  Date.now = () => NOW;
});
afterAll(() => {
  Date.now = now;
  console.info(`seed ${seed}, ${inputs} cookies compared (SEED=${seed} repeats this run)`);
});

const run = async (once) => {
  const count = await forAWhile(once);
  inputs += count;
  expect(count).toBeGreaterThan(200);
};

/** What a call comes to: its value, or that it throws. */
const outcome = (call) => {
  try {
    return call();
  } catch {
    return 'throws';
  }
};

const same = (ours, wanted, input) => {
  if (!isDeepStrictEqual(ours, wanted)) expect(ours, `${show(input)}, seed ${seed}`).toEqual(wanted);
};

/** The same, or one of these rules says why not. */
const sameBut = (rules, ours, wanted, input) => {
  if (isDeepStrictEqual(ours, wanted)) return;
  const reasons = Object.keys(rules).filter((rule) => rules[rule](input));
  for (const rule of reasons) differs.add(rule);
  if (reasons.length === 0) expect(ours, `${show(input)}, seed ${seed}`).toEqual(wanted);
};

const holds = (rules, input) => Object.values(rules).some((rule) => rule(input));
const show = (value) => JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part));

const headersOf = (any, name, lines) => {
  const real = any.chance(0.5) && lines.every((line) => /^[\t -~\x80-\xff]*$/.test(line));
  return () => (real ? new Headers(lines.map((line) => [name, line])) : new Headerlike(lines.slice()));
};

describe('Cookie', () => {
  test('CK-1 CK-2 CK-3 CK-4 parseCookie', () =>
    run((any) => {
      const text = anyHeader(any);
      const ours = [...parseCookie(text)];
      sameBut(HEADER, ours, [...theirs.parseCookie(text)], text);
      same(ours, [...theirs.parseCookie(tidyHeader(text))], text);
      if (HEADER['CK-3'](text) || HEADER.T36(text) || text.length < 2) return;
      // Where a name counts once and every value decodes, `cookie` reads the same.
      const pairs = text.split(';').filter((piece) => piece.includes('='));
      const plain = text.split(';').every((piece) => piece.includes('=') || /^[ \t]*$/.test(piece));
      if (plain && pairs.length === ours.length) same(new Map(ours), new Map(Object.entries(jshttp.parseCookie(text))), text);
    }));

  test('CK-4 T33 get(name), which searches from the end, says what all of them say', () =>
    run((any) => {
      const text = anyHeader(any);
      const all = parseCookie(text);
      const some = [...all.keys()].filter((_, i, { length }) => length < 6 || i === 0 || i === length - 1 || any.chance(5 / length));
      for (const name of [...some, anyName(any), anyName(any, 1), any.pick(some)?.slice(1), `${any.pick(some)}=`, `${any.pick(some)} `]) {
        if (name === undefined) continue;
        const cookie = all.has(name) ? { name, value: all.get(name) } : undefined;
        same(new RequestCookies(text).get(name), cookie, { text, name });
        if (any.chance(0.2)) {
          same(new RequestCookies(text).has(name), all.has(name), { text, name });
          same(new RequestCookies(new Headerlike([text])).getAll({ name }), cookie ? [cookie] : [], { text, name });
        }
      }
    }));

  test('CK-14 CK-15 RequestCookies', () =>
    run((any) => {
      const text = anyHeader(any);
      const headers = headersOf(any, 'cookie', [text]);
      const [mine, others] = [headers(), headers()];
      others.set('cookie', tidyHeader(others.get('cookie')));
      if (any.chance(0.05)) for (const each of [mine, others]) each.delete('cookie');
      const [ours, wanted] = [new RequestCookies(mine), new theirs.RequestCookies(others)];
      const [log, came] = [[text], mine.get('cookie')];
      let rewritten = false;
      for (const step of any.many(4, () => anyStep(any))) {
        log.push(step);
        const [name] = step.name === 'set' ? [step.args[0]?.name ?? step.args[0]] : [];
        if (name !== undefined && faults({ name, secure: true, path: '/' }).length > 0) {
          differs.add('T30');
          const before = mine.get('cookie');
          expect(() => ours.set(...step.args), show(log)).toThrow(expect.objectContaining({ code: 'INVALID_COOKIE', message: expect.stringMatching(/^name: /) }));
          same(mine.get('cookie'), before, log);
          continue;
        }
        const [a, b] = [ours, wanted].map((cookies) => outcome(() => cookies[step.name](...step.args)));
        rewritten ||= ['set', 'delete', 'clear'].includes(step.name);
        sameBut(lone, a === ours || a, b === wanted || b, log);
      }
      const state = (cookies, { size } = cookies) => [size, [...cookies], cookies.getAll(), cookies[inspect]()];
      same(state(ours), state(wanted), log);
      sameBut(lone, ours.toString(), outcome(() => wanted.toString()), log);
      if (rewritten) sameBut(lone, mine.get('cookie'), others.get('cookie'), log);
      else same(mine.get('cookie'), came, log);
    }));

  /** A half of a character, escaped by JSON. */
  const lone = { T34: (log) => /\\ud[89a-f]/.test(show(log)) };

  function anyStep(any) {
    const name = anyName(any);
    const form = () => (any.chance(0.5) ? name : { name });
    return any.pick([
      () => ({ name: 'get', args: [form()] }),
      () => ({ name: 'getAll', args: any.pick([[], [undefined], [form()]]) }),
      () => ({ name: 'has', args: [name] }),
      () => ({ name: 'set', args: any.chance(0.5) ? [name, anyText(any).toWellFormed()] : [{ name, value: anyText(any).toWellFormed() }] }),
      () => ({ name: 'delete', args: [any.chance(0.5) ? name : [name, ...any.many(2, () => anyName(any))]] }),
      () => (any.chance(0.2) ? { name: 'clear', args: [] } : { name: 'get', args: [form()] }),
    ])();
  }
});

describe('Set-Cookie as text', () => {
  test('CK-8 to CK-12 parseSetCookie', () =>
    run((any) => {
      const line = anyLine(any);
      const [ours, tight] = [parseSetCookie(line, next), tidyLine(line)];
      const wanted = outcome(() => theirs.parseSetCookie(tight));
      sameBut(LINE, ours, wanted, tight);
      if (!isDeepStrictEqual(outcome(() => theirs.parseSetCookie(line)), wanted)) differs.add('CK-1');
      // CK-11: nothing is lost.
      const whole = parseSetCookie(line);
      same(whole && Object.fromEntries(Object.entries(whole).filter(([, value]) => value)), ours, line);
      if (!whole) return;
      same(typeof whole.value, 'string', line);
      if (!isDeepStrictEqual(whole, ours)) differs.add('CK-11');
    }));

  test('CK-13 splitCookiesString', () =>
    run((any) => {
      const text = any.chance(0.8)
        ? any.many(4, () => anyLine(any)).join(any.pick([',', ', ', ',\t ', ' , ', ',,', ',\u00a0', ',\n', ', ;']))
        : any.many(12, () => any.pick([',', '=', ';', ' ', 'a', '\t', '\u2003'])).join('');
      sameBut(FOLDED, splitCookiesString(text), reference.splitCookiesString(text), text);
    }));

  test('CK-5 CK-6 CK-7 T30 T34 T35 stringifyCookie', () =>
    run((any) => {
      const value = any.chance(0.9) ? anyText(any) : any.pick([undefined, null, 0, 1.5, true, 2n, {}, [], Symbol('s'), () => 1]);
      const cookie = { name: anyName(any), value, ...anyOptions(any) };
      const wrong = faults(cookie);
      if (wrong.length > 0) {
        for (const { rule } of wrong) differs.add(rule);
        const fields = wrong.map(({ field }) => field).join('|');
        expect(() => stringifyCookie(cookie), `${show(cookie)}, seed ${seed}`).toThrow(
          expect.objectContaining({ code: 'INVALID_COOKIE', message: expect.stringMatching(new RegExp(`^(${fields}): \\S`)) }),
        );
        return;
      }
      const ours = stringifyCookie(cookie);
      same(ours, theirs.stringifyCookie(tidyCookie(cookie)), cookie);
      sameBut(WRITTEN, ours, outcome(() => theirs.stringifyCookie(cookie)), cookie);
    }));

  test('what is printed is read back', () =>
    run((any) => {
      const cookie = { name: anyToken(any), value: anyText(any).toWellFormed(), ...anyOptions(any, true) };
      if (faults(cookie).length > 0) return;
      const wanted = Object.fromEntries(Object.entries(tidyCookie(cookie)).filter(([key, value]) => key === 'value' || value || value === 0));
      if (wanted.expires !== undefined) wanted.expires = new Date(Math.floor(Number(wanted.expires) / 1000) * 1000);
      same(parseSetCookie(stringifyCookie(cookie)), wanted, cookie);
    }));
});

describe('ResponseCookies', () => {
  /** What the methods say, and what the headers hold. */
  const state = (cookies, headers) => [headers.getSetCookie(), cookies.getAll(), cookies.toString(), JSON.parse(cookies[inspect]().slice('ResponseCookies '.length))];

  const anyStep = (any) => {
    const [name, value, options] = [anyToken(any), anyText(any).toWellFormed(), anyOptions(any, true)];
    return any.pick([
      () => ({ name: 'set', args: [name, value, options] }),
      () => ({ name: 'set', args: any.chance(0.5) ? [name, value] : [{ name, value, ...options }] }),
      () => ({ name: 'delete', args: [any.chance(0.5) ? name : { name, ...options }] }),
      () => ({ name: 'get', args: [any.chance(0.5) ? name : { name }] }),
      () => ({ name: 'getAll', args: [any.pick([undefined, name, { name }])] }),
      () => ({ name: 'has', args: [name] }),
    ])();
  };

  /** The step with which Next does what we do with this one; `undefined` where we refuse. */
  function wantedStep({ name, args }, compat) {
    const [first] = args;
    if (name === 'set') {
      const options = args.length === 1 ? first : { name: first, ...args[2] };
      return faults({ ...options, value: '', path: options.path ?? '/' }).length > 0 ? undefined : { name, args };
    }
    if (name !== 'delete') return { name, args };
    const { maxAge, ...rest } = typeof first === 'string' ? { name: first } : first;
    if (maxAge !== undefined && compat) rest.maxAge = maxAge;
    if (maxAge !== undefined && !compat) differs.add('CK-20');
    if (/^__/.test(rest.name) && rest.name !== '__proto__') {
      rest.secure = true;
      differs.add('CK-19');
    }
    return faults({ ...rest, value: '', path: rest.path ?? '/' }).length > 0 ? undefined : { name, args: [rest] };
  }

  test.each([
    ["CK-16 to CK-20 compat: 'next' is as Next is", next],
    ['CK-16 to CK-20 so it is without, where the lines before are as Next writes them', undefined],
  ])('%s', (_name, options) =>
    run((any) => {
      const read = any.many(3, () => anyLine(any, false)).filter((line) => line === tidyLine(line) && !holds(LINE, line) && parseSetCookie(line));
      const writable = read.filter((line) => faults(parseSetCookie(line, next)).length === 0);
      const written = new Map(writable.map((line) => [parseSetCookie(line).name, theirs.stringifyCookie(theirs.parseSetCookie(line))]));
      const lines = options ? writable : [...written.values()].filter((line) => !holds(LINE, line) && isDeepStrictEqual(parseSetCookie(line), parseSetCookie(line, next)));
      const headers = headersOf(any, 'set-cookie', lines);
      const [mine, others] = [headers(), headers()];
      const [ours, wanted] = [new ResponseCookies(mine, options), new theirs.ResponseCookies(others)];
      const log = [lines, options];
      for (const step of any.many(5, () => anyStep(any))) {
        log.push(step);
        const counterpart = wantedStep(step, options);
        if (!counterpart) {
          expect(() => ours[step.name](...step.args), show(log)).toThrow(expect.objectContaining({ code: 'INVALID_COOKIE' }));
          continue;
        }
        const [a, b] = [ours[step.name](...step.args), wanted[counterpart.name](...counterpart.args)];
        same(a === ours || a, b === wanted || b, log);
      }
      same(state(ours, mine), state(wanted, others), log);
    }),
  );

  test('CK-18 T32 without, lines whose name is not set keep their bytes and their place', () =>
    run((any) => {
      const lines = any.many(4, () => anyLine(any));
      const headers = new Headerlike(lines.slice());
      const ours = new ResponseCookies(headers);
      let wanted = lines.map((text) => ({ name: parseSetCookie(text)?.name, text }));
      const other = new theirs.ResponseCookies(new Headerlike(lines.filter((line) => !holds(LINE, tidyLine(line)))));
      for (const { name, args } of any.many(3, () => anyStep(any))) {
        if (name !== 'set' && name !== 'delete') continue;
        if (outcome(() => ours[name](...args)) === 'throws') continue;
        outcome(() => other[name](...args));
        const key = args[0].name ?? args[0];
        const text = stringifyCookie(ours.get(key));
        const at = wanted.findIndex((line) => line.name === key);
        wanted = wanted.filter((line, i) => i === at || line.name !== key);
        if (at === -1) wanted.push({ name: key, text });
        else wanted[at] = { name: key, text };
      }
      same(headers.getSetCookie(), wanted.map(({ text }) => text), lines);
      same(ours.toString(), headers.getSetCookie().join('; '), lines);
      same([...ours].map(([name]) => name), [...new Set(wanted.flatMap(({ name }) => name ?? []))], lines);
      if (lines.some((line) => !other.toString().includes(line))) differs.add('CK-18');
    }));
});

/** One input for each rule, so that also the rare ones happen. @type {[rules: Record<string, any>, ours: any, theirs: any, inputs: [rule: string, input: any][]][]} */
const examples = [
  [HEADER, (text) => [...parseCookie(text)], (text) => [...theirs.parseCookie(text)], [['CK-1', 'a=1 ; b=2'], ['CK-3', 'a=1, b=2'], ['T36', 'a=1;'.repeat(512) + 'b=2']]],
  [LINE, (line) => parseSetCookie(line, next), theirs.parseSetCookie, [['CK-8', 'a=1; maxage=5'], ['CK-9', 'a=%2525'], ['CK-10', 'a=%zz; Path=/x'], ['CK-12', 'a=1; a=2'], ['T34', 'a=\ud800']]],
  [FOLDED, splitCookiesString, reference.splitCookiesString, [['CK-13', 'a=1,\u00a0b=2'], ['T34', 'a=\ud800']]],
  [WRITTEN, stringifyCookie, theirs.stringifyCookie, [['CK-7', { name: 'a', value: '1', sameSite: true }], ['T34', { name: 'a', value: '\ud800' }]]],
];
test.each(examples.flatMap(([rules, ours, wanted, rows]) => rows.map(([rule, input]) => [rule, show(input).slice(0, 40), rules, ours, wanted, input])))('%s %s is otherwise', (rule, _text, rules, ours, wanted, input) => {
  expect(rules[rule](input)).toBe(true);
  expect(outcome(() => ours(input))).not.toEqual(outcome(() => wanted(input)));
  differs.add(rule);
});

test('every accepted difference happens and has a row in docs/differences.md', () => {
  const rows = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('|'));
  const accepted = [HEADER, LINE, FOLDED, WRITTEN].flatMap(Object.keys);
  for (const rule of new Set([...accepted, 'CK-6', 'CK-11', 'CK-18', 'CK-19', 'CK-20', 'T30', 'T35'])) {
    expect(rows.some((row) => row.split('|')[1].includes(rule)), rule).toBe(true);
    expect(differs, rule).toContain(rule);
  }
});
