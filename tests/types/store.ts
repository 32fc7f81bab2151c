// freshtag/store and freshtag/core. Compiled, never run.
import {
  cacheControlHeader,
  implicitTags,
  resolveCacheLife,
  revalidatePathTags,
  routeCacheKey,
  unstableCacheKey,
  validateTags,
} from 'freshtag/core';
import { createStore, type Ops } from 'freshtag/store';

export async function use(env: { CACHE: KVNamespace }, ctx: ExecutionContext) {
  const store = createStore({
    kv: env.CACHE,
    namespace: 'shop',
    leadMs: 1000,
    memory: 1 << 20,
    secret: 'secret',
    waitUntil: (task) => ctx.waitUntil(task),
  });

  const { stored, reason } = await store.set('page', {
    body: 'text',
    headers: [['content-type', 'text/html']],
    tags: ['posts', ['post-1', Date.now()]],
    lifetime: { revalidate: 60, expire: 3600 },
    created: Date.now(),
  });
  const { at, seen, ops } = await store.revalidate(['posts'], { expire: 60 });
  const found = await store.get('page', { softTags: implicitTags('/posts/page', '/posts'), seen });
  if (found.state === 'miss') {
    const nothing: null = found.entry;
    return nothing;
  }
  const count: Ops = ops;
  const tag: string = found.entry.tags[0];
  // @ts-expect-error: a store needs a KV
  createStore({});
  // @ts-expect-error: an entry needs a body
  store.set('page', { status: 200 });
  return new Response(found.entry.body as BodyInit, { headers: found.entry.headers, status: stored ? 200 : 500, statusText: `${reason} ${at} ${tag} ${count.puts}` });
}

/** It also runs over a fake. */
export const overFake = (entries: Map<string, string>) =>
  createStore({
    kv: {
      get: async (key: string) => entries.get(key) ?? null,
      getWithMetadata: async (key: string) => ({ value: entries.get(key) ?? null, metadata: null }),
      put: async (key: string, value: string) => void entries.set(key, value),
    },
  });

const life: { stale: number; revalidate: number; expire: number } = resolveCacheLife('blog', { blog: { stale: 1 } });
export const texts: string[] = [
  cacheControlHeader(life),
  cacheControlHeader({ revalidate: false }),
  ...validateTags(['a', 1]).valid,
  ...revalidatePathTags('/posts/[id]', 'page'),
  unstableCacheKey('() => 1', ['a'], [1], ''),
  routeCacheKey('route', '/posts/[id]', '/posts/1'),
];
