// The released `next` package as an oracle: what its own code answers where freshtag/core has a function.
import { createRequire } from 'node:module';

process.env.__NEXT_USE_CACHE = '1';
const require = createRequire(import.meta.url);
const { AsyncLocalStorage } = require('node:async_hooks');
globalThis.AsyncLocalStorage ??= AsyncLocalStorage;

const dist = (path) => require(`next/dist/${path}`);
const { workAsyncStorage } = dist('server/app-render/work-async-storage.external');
const { workUnitAsyncStorage } = dist('server/app-render/work-unit-async-storage.external');
const loadConfig = dist('server/config').default;
const { IncrementalCache } = dist('server/lib/incremental-cache');
const { unstable_cache } = dist('server/web/spec-extension/unstable-cache');
const { getRouteCacheKey } = dist('server/lib/route-cache-key');
const { cacheLife } = dist('server/use-cache/cache-life');

export const { version } = require('next/package.json');
export const getCacheControlHeader = dist('server/lib/cache-control').getCacheControlHeader;
export const validateTags = (list) => dist('server/lib/patch-fetch').validateTags(list, 'the oracle');
export const { revalidatePath, revalidateTag } = dist('server/web/spec-extension/revalidate');
export const routeCacheKey = (kind, sourceRoute, pathname) => getRouteCacheKey(pathname, { kind, sourceRoute });

export const implicitTags = async (page, pathname) =>
  (await dist('server/lib/implicit-tags').getImplicitTags(page, pathname, null)).tags;

/** What a call of the revalidation API records: tags and profiles. */
export function recorded(call) {
  const work = { incrementalCache: {}, route: '/do', page: '/do/route', cacheLifeProfiles: {} };
  workAsyncStorage.run(work, () => workUnitAsyncStorage.run({ type: 'request', phase: 'action' }, call));
  return (work.pendingRevalidatedTags ?? []).map(({ tag, profile }) => (profile ? [tag, profile] : tag));
}

let configs = 0;

/** The resolved profiles of a configuration. */
export async function profilesOf(cacheLife, { staleTimes, expireTime } = {}) {
  const customConfig = { cacheLife, expireTime, experimental: { staleTimes } };
  for (const key of ['cacheLife', 'expireTime']) if (customConfig[key] === undefined) delete customConfig[key];
  // Configurations are remembered by their folder.
  const config = await loadConfig('phase-production-server', `/nowhere/${++configs}`, { customConfig, silent: true });
  return config.cacheLife;
}

/** The three numbers that a `cacheLife(profile)` call leaves a cached function with. */
export function resolveCacheLife(profile, profiles) {
  const unit = { type: 'cache' };
  workAsyncStorage.run({ route: '/', cacheLifeProfiles: profiles }, () => workUnitAsyncStorage.run(unit, () => cacheLife(profile)));
  const { explicitStale, explicitRevalidate, explicitExpire } = unit;
  const implicit = profiles.default;
  return {
    stale: explicitStale ?? implicit.stale,
    revalidate: explicitRevalidate ?? implicit.revalidate,
    expire: explicitExpire ?? implicit.expire,
  };
}

/** The key under which a call of `unstable_cache` is read. */
export async function unstableCacheKey(source, keyParts, args, prefix) {
  const fn = Object.assign(async () => {}, { toString: () => source });
  const cache = { fetchCacheKeyPrefix: prefix };
  let key;
  const incrementalCache = {
    generateSimpleCacheKey: async (input) => {
      key = await IncrementalCache.prototype.generateSimpleCacheKey.call(cache, input);
      throw new Error('that is all');
    },
  };
  const work = { incrementalCache, route: '/', page: '/route' };
  await workAsyncStorage.run(work, () => unstable_cache(fn, keyParts)(...args)).catch(() => {});
  return key;
}

/** A cache as `next start` has one, in memory: calls of `unstable_cache` in a request of its own each, and revalidations. */
export function dataCache() {
  const nothing = { routes: {}, dynamicRoutes: {}, notFoundRoutes: [] };
  const incrementalCache = new IncrementalCache({ dev: false, fs: {}, serverDistDir: '/nowhere', requestHeaders: {}, maxMemoryCacheSize: 1 << 20, prerenderManifest: nothing, previewProps: { previewModeId: 'none' } });
  return {
    async call(fn, keyParts, options) {
      const work = { incrementalCache, route: '/', page: '/route', pendingRevalidates: undefined };
      const unit = { type: 'request', phase: 'action', url: { pathname: '/', search: '' }, implicitTags: { tags: [], expirationsByCacheKind: new Map() }, headers: new Headers() };
      const value = await workAsyncStorage.run(work, () => workUnitAsyncStorage.run(unit, unstable_cache(fn, keyParts, options)));
      await Promise.all(Object.values(work.pendingRevalidates ?? {}));
      return value;
    },
    revalidate: (tag, expire) => incrementalCache.revalidateTag([tag], expire === 0 ? undefined : { expire }),
  };
}
