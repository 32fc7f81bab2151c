// T37, T40: many visitors at once in workerd itself; `npm run test:load` does the same for longer.
import { expect, test } from 'vitest';

import { load } from '../load/run.js';

test('10,000 requests of 64 clients: no secret of one in the answer of another, and an answer to each', async () => {
  const { foreign, missing, hanging, failed, requests, byState, degraded, rss } = await load(10_000);
  expect({ foreign, missing, hanging, failed, requests }).toEqual({ foreign: [], missing: 0, hanging: 0, failed: 0, requests: 10_000 });
  // It was a test of something: pages came from the store, and the module trapped.
  expect(byState.HIT).toBeGreaterThan(1_000);
  expect(degraded).toBeGreaterThan(0);
  expect(degraded).toBeLessThan(1_000);
  expect(rss.at(-1)).toBeLessThan(rss[10] + 64);
}, 120_000);
