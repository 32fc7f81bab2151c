// IC-7: a result is judged by the tags of the call that reads it, whoever stored it, as Next's own code does.
import { createApp, revalidateTag, unstable_cache } from 'freshtag';
import { expect, test } from 'vitest';

import { FakeKv } from './kv.js';
import { dataCache } from '../oracle/next.js';
import { random } from '../oracle/random.js';

const SEED = Number(process.env.SEED ?? 7);
const SEQUENCES = 40;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The same calls here: each in a request of its own. */
function ours() {
  const env = { CACHE: new FakeKv() };
  let now;
  const app = createApp({ leadMs: 0, routes: { '/': { POST: async () => Response.json((await now()) ?? null) } } });
  const run = async (code) => {
    now = code;
    const tasks = [];
    const response = await app.fetch(new Request('http://localhost/', { method: 'POST' }), env, { waitUntil: (task) => tasks.push(task) });
    const value = await response.json();
    await Promise.all(tasks);
    return value;
  };
  return {
    call: (fn, keyParts, options) => run(() => unstable_cache(fn, keyParts, options)()),
    revalidate: (tag, expire) => run(() => void revalidateTag(tag, { expire })),
  };
}

const SETS = [undefined, [], ['a'], ['b'], ['a', 'b'], ['c']];

test(`IC-7 ${SEQUENCES} sequences of calls and revalidations: Next's own answers`, async () => {
  const { pick, below } = random(SEED);
  let crossed = 0;
  await Promise.all(
    Array.from({ length: SEQUENCES }, async (_, sequence) => {
      const steps = Array.from({ length: 14 }, () =>
        below(3) === 0 ? { tag: pick(['a', 'b', 'c']) } : { tags: pick(SETS) },
      );
      const sides = [dataCache(), ours()].map((side) => ({ ...side, runs: 0, told: [] }));
      for (const { tag, tags } of steps) {
        for (const side of sides) {
          // Of two profiles for one tag the later call alone counts there (TG-15).
          if (tag) await side.revalidate(`${tag}${sequence}`, tag === 'c' ? 3600 : 0);
          else side.told.push(await side.call(async () => ++side.runs, [`s${sequence}`], { tags: tags?.map((one) => `${one}${sequence}`) }));
        }
        await sleep(3);
      }
      expect({ steps, told: sides[1].told, runs: sides[1].runs }).toEqual({ steps, told: sides[0].told, runs: sides[0].runs });
      if (sides[0].runs > 1) crossed++;
    }),
  );
  expect(crossed).toBeGreaterThan(SEQUENCES / 2);
}, 60_000);
