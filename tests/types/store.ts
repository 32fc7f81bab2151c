// freshtag/store and freshtag/core. Compiled, never run.
import {
  actionId,
  cacheControlHeader,
  checkActionOrigin,
  decryptBoundArgs,
  encryptBoundArgs,
  implicitTags,
  isCsrfOriginAllowed,
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

export async function act(request: Request, key: string) {
  const { headers } = request;
  const verdict = checkActionOrigin({
    origin: headers.get('origin'),
    host: headers.get('host'),
    forwardedHost: headers.get('x-forwarded-host'),
    secFetchSite: headers.get('sec-fetch-site'),
    allowedOrigins: ['*.example.com'] as const,
    trustForwardedHost: true,
  });
  if (!verdict.allowed) {
    const entry: string | undefined = verdict.allow;
    return `${verdict.reason satisfies 'cross-origin' | 'null-origin' | 'malformed-origin' | 'cross-site' | 'no-host'} ${entry}`;
  }
  // @ts-expect-error: there is nothing to add when it is allowed
  verdict.allow;
  const also: boolean = isCsrfOriginAllowed('a.example.com', ['*.example.com']);
  const id: string = actionId({ salt: key, file: 'app/actions.ts', exportName: 'save', params: 2 });
  const sealed: string = await encryptBoundArgs(id, 'text', [key, 'an older one']);
  // @ts-expect-error: a list of headers is none
  checkActionOrigin({ origin: ['https://a.test'] });
  return also && decryptBoundArgs(id, sealed, key);
}
