// What an isolate counts: a ring of sixty minutes.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Traffic } from '../../js/traffic.js';

const MINUTE = 60_000;
const block = (state) => `content-type: text/html\nx-nextjs-cache: ${state}\n`;

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 * MINUTE }));
afterEach(() => vi.useRealTimers());

describe('what a reply counts as', () => {
  test.each([
    ['HIT', block('HIT'), 'hit'],
    ['STALE', block('STALE'), 'stale'],
    ['MISS', block('MISS'), 'miss'],
    ['REVALIDATED', block('REVALIDATED'), 'revalidated'],
    ['debug lines behind it', `${block('HIT')}cache-status: freshtag; hit\nserver-timing: kv\n`, 'hit'],
    ['a header of the handler before ours', `x-nextjs-cache: HIT\n${block('MISS')}`, 'miss'],
    ['a word of nobody', block('WHAT'), 'bypass'],
    ['never to be stored', 'content-type: text/html\n', 'bypass'],
    ['nothing', undefined, 'bypass'],
  ])('%s', (_name, lines, state) => {
    const traffic = new Traffic();
    traffic.count(lines);
    const { states, minutes, total } = traffic.report();
    expect([total, Object.fromEntries(states.map((name, at) => [name, minutes.at(-1)[at]]))]).toEqual([
      1,
      { hit: 0, stale: 0, miss: 0, revalidated: 0, bypass: 0, [state]: 1 },
    ]);
  });
});

test('an hour, oldest minute first; what is older is forgotten, and stays in the total', () => {
  const traffic = new Traffic();
  const hits = () => traffic.report().minutes.map(([hit]) => hit);
  traffic.count(block('HIT'));
  vi.advanceTimersByTime(59 * MINUTE);
  traffic.count(block('HIT'));
  traffic.count(block('HIT'));
  expect([hits().length, hits()[0], hits()[59]]).toEqual([60, 1, 2]);
  vi.advanceTimersByTime(MINUTE);
  expect([hits()[58], hits()[59]]).toEqual([2, 0]);
  // The same place of the ring, a round later.
  traffic.count(block('HIT'));
  expect(hits().reduce((sum, hit) => sum + hit)).toBe(3);
  vi.advanceTimersByTime(100_000 * MINUTE);
  expect(hits()).toEqual(Array(60).fill(0));
  expect(traffic.report()).toMatchObject({ total: 4, until: Date.now() + MINUTE });
});
