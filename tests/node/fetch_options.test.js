// The option table of fetch against Next's own patched fetch (FE-4 to FE-8, FE-11): every combination there is.
import { createRequire } from 'node:module';
import { resolveFetch } from 'freshtag/core';
import { expect, test } from 'vitest';
import '../oracle/next.js';

const require = createRequire(import.meta.url);
const { createPatchedFetcher } = require('next/dist/server/lib/patch-fetch');
const { workAsyncStorage } = require('next/dist/server/app-render/work-async-storage.external');
const { workUnitAsyncStorage } = require('next/dist/server/app-render/work-unit-async-storage.external');

const patched = createPatchedFetcher(async () => new Response('a'), { workAsyncStorage, workUnitAsyncStorage });
const INFINITE = 0xfffffffe;
const url = 'https://a.com/';

/** What Next does with a call: whether it looks for an entry and for how long, what it says, and what is left around it. */
async function nexts({ cache, revalidate, fetchCache, dynamic, noStore, personal, enclosing }) {
  let kept = 0;
  const work = {
    route: '/page',
    fetchCache,
    forceDynamic: dynamic === 'force-dynamic',
    forceStatic: dynamic === 'force-static',
    isUnstableNoStore: noStore,
    shouldTrackFetchMetrics: true,
    incrementalCache: {
      generateCacheKey: async () => 'key',
      lock: async () => () => {},
      get: async (_key, { revalidate }) => void (kept = revalidate),
      set: async () => {},
    },
  };
  const unit = enclosing === undefined ? { type: 'request', phase: 'action' } : { type: 'prerender-legacy', revalidate: enclosing === false ? INFINITE : enclosing, tags: [] };
  const init = { cache, ...(revalidate !== undefined && { next: { revalidate } }), ...(personal && { headers: { authorization: 'a' } }) };
  let dynamicUsage = false;
  try {
    await workAsyncStorage.run(work, () => workUnitAsyncStorage.run(unit, () => patched(url, init)));
  } catch (error) {
    if (error.digest !== 'DYNAMIC_SERVER_USAGE') return { error: error.message };
    dynamicUsage = true;
  }
  const [metric] = work.fetchMetrics ?? [];
  return { kept, around: unit.revalidate, dynamic: dynamicUsage, warning: metric?.cacheWarning, reason: metric?.cacheReason };
}

const CACHES = [undefined, '', 'default', 'force-cache', 'no-store', 'no-cache', 'reload', 'only-if-cached'];
const REVALIDATES = [undefined, 0, -0, 60, 0.5, -0.5, -1, false, Infinity, NaN, null, '60', true];
const MODES = [undefined, 'auto', 'default-cache', 'only-cache', 'force-cache', 'force-no-store', 'default-no-store', 'only-no-store'];

test('every combination', async () => {
  let rows = 0;
  for (const cache of CACHES)
    for (const revalidate of REVALIDATES)
      for (const fetchCache of MODES)
        for (const dynamic of ['auto', 'force-dynamic', 'force-static'])
          for (const noStore of [false, true])
            for (const personal of [false, true])
              for (const enclosing of [undefined, false, 3600, 30, 0]) {
                const options = { cache, revalidate, fetchCache, dynamic, noStore, personal, enclosing };
                // A text that looks like a number contradicts as one in Next; here it is an error wherever it is read.
                if (cache === 'no-store' && (revalidate === '60' || revalidate === true)) continue;
                // A NaN is nothing in Next where `force-dynamic` decides; so is null.
                if (dynamic === 'force-dynamic' && !fetchCache && !cache && (Number.isNaN(revalidate) || revalidate === null)) continue;
                compare(options, await nexts(options));
                rows++;
              }
  expect(rows).toBeGreaterThan(45_000);
}, 120_000);

function compare(options, next) {
  const { cache, revalidate, enclosing } = options;
  /** @type {any} */
  let ours;
  try {
    ours = resolveFetch(options, url, '/page');
  } catch ({ message }) {
    ours = { error: message };
  }
  if (ours.error || next.error) return equal(options, { error: ours.error }, { error: next.error });
  equal(options, { kept: ours.revalidate === false ? INFINITE : ours.revalidate }, { kept: next.kept });
  // Before it throws, Next has not noted why.
  if (next.reason) {
    const reason = next.reason.startsWith('cache-control') ? ours.reason : next.reason.replace('-0.5', '0');
    equal(options, { reason: ours.reason, warning: ours.warning }, { reason, warning: next.warning });
  }
  // At its end, Next's fetch looks once more at what was written, whatever came of it (FE-11 does without).
  if (ours.warning || cache === 'no-store' || (typeof revalidate === 'number' && revalidate !== ours.revalidate)) return;
  const around = ours.dynamic ? 0 : (ours.lowers ?? (enclosing === false ? INFINITE : enclosing));
  equal(options, { dynamic: ours.dynamic, around }, { dynamic: next.dynamic, around: next.around });
}

/** `expect` takes its time, a hundred thousand times. */
function equal(options, ours, next) {
  if (JSON.stringify(ours) !== JSON.stringify(next)) expect([options, ours]).toEqual([options, next]);
}
