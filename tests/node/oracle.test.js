// Every function of freshtag/core beside the released `next`, on 100,000 made-up inputs each; `npm run oracle` tries more.
import { readFileSync } from 'node:fs';
import * as core from 'freshtag/core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { report, run } from '../oracle/compare.js';
import * as next from '../oracle/next.js';
import { seed } from '../oracle/random.js';
import { ORACLES } from '../oracle/table.js';

/** COUNT=1000000 tries more here, too. */
const COUNT = Number(process.env.COUNT ?? 100_000);
const lines = [];

vi.setConfig({ testTimeout: 60_000 + COUNT * 2 });
beforeEach(() => {
  for (const level of ['log', 'warn', 'error']) vi.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => console.info(`${lines.join('\n')}\nseed ${seed} (SEED=${seed} repeats this run)`));

test('the oracle is the release that the rules were read from', () => {
  expect(next.version).toBe('16.4.6');
});

test('no function is left out', () => {
  expect(ORACLES.map(({ name }) => name).sort()).toEqual(Object.keys(core).sort());
});

const rows = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('|'));

describe.each(ORACLES)('$name', (oracle) => {
  test('does as its peer does', async () => {
    const n = process.env.COUNT ? COUNT : Math.min(COUNT, oracle.most ?? COUNT);
    const start = process.cpuUsage();
    const { difference, met } = await run(oracle, { n, seed });
    const { user, system } = process.cpuUsage(start);
    lines.push(`${oracle.name.padEnd(20)} ${String(n).padStart(7)} inputs, ${((user + system) / 1e6).toFixed(1)} s of CPU time`);
    if (difference) expect.unreachable(report(oracle, difference, seed));
    // A difference that never shows is none.
    expect([...met].sort()).toEqual(Object.keys(oracle.meant ?? {}).sort());
  });

  test.runIf(oracle.meant)('every difference that is meant has a row in docs/differences.md', () => {
    for (const rule of Object.keys(oracle.meant)) {
      expect(rows.some((row) => rule.split(', ').every((id) => row.split('|')[1].includes(id))), rule).toBe(true);
    }
  });
});
