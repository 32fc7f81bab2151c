// Where each function may be called, and what it says elsewhere.
import {
  after,
  cached,
  cacheLife,
  cacheTag,
  connection,
  cookies,
  draftMode,
  headers,
  refresh,
  revalidatePath,
  revalidateTag,
  unstable_cache,
  unstable_noStore,
  updateTag,
} from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { inHandler, silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const calls = {
  'cacheLife()': () => cacheLife('max'),
  'cacheTag()': () => cacheTag('tag'),
  'revalidateTag("t")': () => revalidateTag('t', 'max'),
  'revalidatePath("/p")': () => revalidatePath('/p'),
  'updateTag("t")': () => updateTag('t'),
  'refresh()': () => refresh(),
  'headers()': () => headers().then(() => 'ok'),
  'cookies()': () => cookies().then(() => 'ok'),
  'connection()': () => connection().then(() => 'ok'),
  'draftMode()': async () => (await draftMode()).isEnabled,
  'draftMode().enable()': async () => (await draftMode()).enable(),
  'unstable_noStore()': () => unstable_noStore(),
  'after()': () => after(() => {}),
};

let id = 0;
const contexts = {
  'outside any request': (call) => call(),
  cached: (call) => cached(async () => (await call()) ?? 'ok', { id: `scope-${++id}` })(),
  unstable_cache: (call) => unstable_cache(async () => (await call()) ?? 'ok', [`scope-${++id}`])(),
  'a route handler': (call) => call(),
};

/** Text of the error, or null where the call is allowed. @type {[rule: string, call: string, context: string, error: RegExp | null][]} */
const rows = [
  ['CL-10', 'cacheLife()', 'outside any request', /^Error: `cacheLife\(\)` can only be called inside a `"use cache"`/],
  ['CL-10', 'cacheLife()', 'a route handler', /Route "\/page\/\[id\]": `cacheLife\(\)` can only be called inside/],
  ['CL-10', 'cacheLife()', 'unstable_cache', /Route "\/page\/\[id\]": `cacheLife\(\)` can only be called inside/],
  ['CL-10', 'cacheLife()', 'cached', null],
  ['TG-7', 'cacheTag()', 'outside any request', /^Error: `cacheTag\(\)` can only be called inside/],
  ['TG-7', 'cacheTag()', 'a route handler', /Route "\/page\/\[id\]": `cacheTag\(\)` can only be called inside/],
  ['TG-7', 'cacheTag()', 'unstable_cache', /`cacheTag\(\)` can only be called inside/],
  ['TG-7', 'cacheTag()', 'cached', null],
  ['RV-9', 'revalidateTag("t")', 'outside any request', /Invariant: static generation store missing in revalidateTag\("t"\)/],
  ['RV-9', 'revalidateTag("t")', 'cached', /Route "\/page\/\[id\]": `revalidateTag\("t"\)` can't be called inside a cached function/],
  ['RV-9', 'revalidateTag("t")', 'unstable_cache', /`revalidateTag\("t"\)` can't be called inside a cached function/],
  ['RV-9', 'revalidateTag("t")', 'a route handler', null],
  ['RV-9', 'revalidatePath("/p")', 'outside any request', /store missing in revalidatePath\("\/p"\)/],
  ['RV-9', 'revalidatePath("/p")', 'cached', /`revalidatePath\("\/p"\)` can't be called inside a cached function/],
  ['RV-9', 'revalidatePath("/p")', 'a route handler', null],
  ['RV-5', 'updateTag("t")', 'outside any request', /updateTag can only be called from within a Server Action/],
  ['RV-5', 'updateTag("t")', 'a route handler', /updateTag can only be called from within a Server Action/],
  ['RV-6', 'refresh()', 'outside any request', /refresh can only be called from within a Server Action/],
  ['RV-6', 'refresh()', 'a route handler', /refresh can only be called from within a Server Action/],
  ['UC-35', 'headers()', 'cached', /Route "\/page\/\[id\]": `headers\(\)` can't be read inside `"use cache"`/],
  ['UC-35', 'headers()', 'unstable_cache', /`headers\(\)` can't be read inside `unstable_cache\(\)`/],
  ['UC-35', 'cookies()', 'cached', /`cookies\(\)` can't be read inside `"use cache"`/],
  ['UC-35', 'cookies()', 'unstable_cache', /`cookies\(\)` can't be read inside `unstable_cache\(\)`/],
  ['UC-35', 'connection()', 'cached', /`connection\(\)` can't be called inside `"use cache"` because cached functions may run during prerendering/],
  ['UC-35', 'connection()', 'unstable_cache', /`connection\(\)` can't be called inside `unstable_cache\(\)`/],
  ['UC-35', 'draftMode()', 'cached', null],
  ['UC-35', 'draftMode()', 'unstable_cache', null],
  ['UC-35', 'draftMode().enable()', 'cached', /`draftMode\(\).enable\(\)` can't be called inside `"use cache"`/],
  ['UC-35', 'draftMode().enable()', 'unstable_cache', /`draftMode\(\).enable\(\)` can't be called inside `unstable_cache\(\)`/],
  ['NV-1', 'connection()', 'a route handler', null],
  ['NV-1', 'connection()', 'outside any request', /`connection` was called outside a request scope/],
  ['NV-2', 'headers()', 'outside any request', /`headers` was called outside a request scope/],
  ['NV-2', 'headers()', 'a route handler', null],
  ['NV-2', 'cookies()', 'outside any request', /`cookies` was called outside a request scope/],
  ['NV-2', 'cookies()', 'a route handler', null],
  ['NV-4', 'unstable_noStore()', 'outside any request', null],
  ['NV-4', 'unstable_noStore()', 'a route handler', null],
  ['NV-4', 'unstable_noStore()', 'cached', null],
  ['WK-12', 'after()', 'outside any request', /`after` was called outside a request scope/],
  ['WK-12', 'after()', 'a route handler', null],
  ['DM-10', 'draftMode()', 'outside any request', /`draftMode` was called outside a request scope/],
  ['DM-10', 'draftMode()', 'a route handler', null],
];

test.each(rows)('%s %s in %s', async (_rule, name, context, error) => {
  const run = async () => contexts[context](calls[name]);
  if (context === 'outside any request') {
    if (error) await expect(run().catch((thrown) => Promise.reject(new Error(String(thrown))))).rejects.toThrow(error);
    else await run();
    return;
  }
  const answer = await inHandler(async () => void (await run()), { method: 'POST' });
  if (error) expect(answer.error).toMatch(error);
  else expect(answer).toMatchObject({ status: 200, value: null });
});

describe('generateStaticParams', () => {
  const rows = [
    ['RV-9', 'revalidateTag("t")', /Route "\/p\/\[id\]": `revalidateTag\("t"\)` can't be called inside `generateStaticParams`/],
    ['NV-1', 'connection()', /Route \/p\/\[id\] used `connection\(\)` inside `generateStaticParams`/],
    ['NV-2', 'headers()', /used `headers\(\)` inside `generateStaticParams`/],
    ['NV-2', 'cookies()', /used `cookies\(\)` inside `generateStaticParams`/],
    ['DM-10', 'draftMode()', /used `draftMode\(\)` inside `generateStaticParams`/],
    ['CL-10', 'cacheLife()', /`cacheLife\(\)` can only be called inside/],
  ];
  test.each(rows)('%s %s', async (_rule, name, error) => {
    const lines = silence();
    const { ask } = site({
      '/p/[id]': { dynamicParams: false, GET: () => new Response(), generateStaticParams: async () => (await calls[name](), [{ id: '1' }]) },
    });
    expect((await ask('/p/1')).status).toBe(500);
    expect(lines.join('\n')).toMatch(error);
  });
});

test('UC-35 a caught misuse is not hidden', async () => {
  const sly = cached(async () => (await headers().catch(() => 'caught'), 'value'), { id: 'sly' });
  const { error } = await inHandler(() => sly());
  expect(error).toMatch(/`headers\(\)` can't be read inside `"use cache"`/);
});

test('UC-37 a cached function needs a request', async () => {
  await expect(cached(async () => 1, { id: 'outside' })()).rejects.toThrow(/"use cache" cannot be used outside of a request/);
});

test('UN-9 unstable_cache needs a request', async () => {
  await expect(unstable_cache(async () => 1)()).rejects.toThrow(/Invariant: incrementalCache missing in unstable_cache/);
});

test('a call after the end of the request says so', async () => {
  let late;
  const { ask } = site({ '/': { async GET() {
    late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => revalidateTag('t', 'max'));
    late.catch(() => {});
    return new Response('done');
  } } });
  await ask('/');
  await expect(late).rejects.toMatchObject({ code: 'REQUEST_OVER' });
});
