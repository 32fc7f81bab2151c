// What the page and the command make of a listing: states, words, costs.
import { describe, expect, test } from 'vitest';

import { perMillion } from '../../js/inspector/prices.js';
import { isPathTag, lastOf, stateOf, tally, wordsOf } from '../../js/inspector/state.js';
import { counted, duration, size, until } from '../../js/inspector/words.js';

const ENDLESS = 4_294_967_294;
const entry = (more = {}) => ({ key: 'k', kind: 'route', path: '/a', tags: ['a', 'b'], created: 1_000, lifetime: { stale: 1, revalidate: 10, expire: 100 }, ...more });
const hard = (expired) => ({ expired, soft: [] });
const soft = (...marks) => ({ expired: null, soft: marks.map(([stale, expires]) => ({ stale, expires })) });

describe('stateOf', () => {
  // Rows: the entry, the marks of its tags, the moment, what it is, by which tag.
  test.each([
    ['IS-1: at its limit still fresh', entry(), {}, 11_000, 'fresh'],
    ['IS-1: behind it', entry(), {}, 11_001, 'stale'],
    ['expired by time', entry(), {}, 101_001, 'expired'],
    ['endless', entry({ lifetime: { stale: 0, revalidate: ENDLESS, expire: ENDLESS } }), {}, 1e15, 'fresh'],
    ['RV-2: a tag that expired', entry(), { a: hard(2_000) }, 3_000, 'expired', 'a'],
    ['made after it', entry(), { a: hard(999) }, 3_000, 'fresh'],
    ['another tag', entry(), { c: hard(2_000) }, 3_000, 'fresh'],
    ['RV-3: a tag that is stale', entry(), { b: soft([2_000, 50_000]) }, 3_000, 'stale', 'b'],
    ['RV-3: and then expires', entry(), { b: soft([2_000, 50_000]) }, 50_001, 'expired', 'b'],
    ['made after that', entry(), { b: soft([999, 1_500]) }, 3_000, 'fresh'],
    ['the earlier of two', entry(), { a: soft([3_000, 80_000]), b: soft([2_000, 90_000]) }, 80_001, 'expired', 'b'],
    ['unreadable', { key: 'k', kind: '', path: 'x' }, {}, 0, 'unreadable'],
    ['tags in front of the body', entry({ tags: undefined, tagCount: 3 }), { a: hard(2_000) }, 3_000, 'fresh'],
  ])('%s', (_name, given, marks, now, state, tag) => {
    expect(stateOf(given, new Map(Object.entries(marks)), now)).toMatchObject({ state, tag });
  });
});

test.each([
  [0, '0 s'], [59_999, '59 s'], [60_000, '1 m 00 s'], [3_599_999, '59 m 59 s'], [3_600_000, '1 h 00 m'], [86_399_999, '23 h 59 m'], [86_400_000, '1 d 00 h'],
  [31_536_000_000, '365 d 00 h'], [-5, '0 s'],
])('duration(%s) is %s', (ms, text) => expect(duration(ms).replaceAll('\u00a0', ' ')).toBe(text));

test.each([
  [Infinity, 'never'], [9.2e18, 'never'], [10_000, '10 s'], [1, '1 s'], [0, '0 s ago'], [-5_000, '5 s ago'],
])('until(%s) is %s', (at, text) => expect(until(at, 0).replaceAll('\u00a0', ' ')).toBe(text));

test.each([[0, '0 B'], [1023, '1023 B'], [1024, '1.0 KB'], [1536, '1.5 KB'], [25 * 1024 ** 2, '25.0 MB']])('size(%s) is %s', (bytes, text) =>
  expect(size(bytes).replaceAll('\u00a0', ' ')).toBe(text));

test('counts, words and tags', () => {
  expect([counted(1, 'entry', 'entries'), counted(1234, 'entry', 'entries'), counted(0, 'tag')]).toEqual(['1 entry', '1,234 entries', '0 tags']);
  expect(wordsOf(entry({ path: '/Über' }))).toBe('route /über k a b');
  expect([isPathTag('_N_T_/a'), isPathTag('posts')]).toEqual([true, false]);
  expect([...tally([entry(), entry({ tags: ['b'] }), { key: 'k', kind: '', path: '' }])]).toEqual([['a', 1], ['b', 2]]);
  expect([lastOf(hard(null)), lastOf(hard(5)), lastOf(soft([5, 9], [7, 8])), lastOf({ ...soft([5, 9]), expired: 6 })]).toEqual([
    undefined, { at: 5, how: 'expired' }, { at: 7, how: 'stale', expires: 8 }, { at: 6, how: 'expired' },
  ]);
});

test('a million requests at list prices', () => {
  expect(perMillion({ reads: 20, writes: 1, requests: 10 })).toEqual({ reads: 2, writes: 0.1, read: 1, write: 0.5, all: 1.5 });
  expect(perMillion({ reads: 0, writes: 0, requests: 0 }).all).toBe(0);
});
