// revalidateTag and revalidatePath from handlers: when they are written, and what they do (RV-*).
import { env } from 'cloudflare:test';
import { after, cached, cacheLife, cacheTag, revalidatePath, revalidateTag } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, inHandler, silence, site, wrapKv } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

/** A tagged page, another one, and `POST /do` that runs `code`. */
function blog(code, bindings) {
  let renders = 0;
  const read = cached(async (id) => (cacheTag('posts', `post-${id}`), `post ${id} ${++renders}`), { id: 'post' });
  return site(
    {
      '/posts/[id]': { revalidate: 60, GET: async (_request, { params }) => new Response(await read((await params).id)) },
      '/do': { POST: async () => new Response(String((await code(read)) ?? 'done')) },
    },
    {},
    bindings,
  );
}

const post = (app) => app.ask('/do', { method: 'POST' });

test.each([
  ['awaited', async () => void (await revalidateTag('post-1', 'max'))],
  ['not awaited', () => void revalidateTag('post-1', 'max')],
  ['chained', () => void revalidateTag('post-1', 'max').then(() => {})],
  ['in after()', () => after(() => void revalidateTag('post-1', 'max'))],
])('RV-17 a soft revalidation, %s: STALE with the old body, then HIT with a new one', async (_name, code) => {
  const app = blog(code);
  await app.ask('/posts/1');
  await app.ask('/posts/2');
  const other = (await app.ask('/posts/2')).text;
  const old = (await app.ask('/posts/1')).text;
  expect((await post(app)).status).toBe(200);
  expect(await app.ask('/posts/1')).toMatchObject({ cache: 'STALE', text: old });
  const renewed = await app.ask('/posts/1');
  expect(renewed.cache).toBe('HIT');
  expect(renewed.text).not.toBe(old);
  expect(await app.ask('/posts/2')).toMatchObject({ cache: 'HIT', text: other });
});

test.each([
  ['revalidateTag without a profile', () => revalidateTag('post-1')],
  ['revalidateTag with expire 0', () => revalidateTag('post-1', { expire: 0 })],
  ['revalidatePath', () => revalidatePath('/posts/1')],
  ['revalidatePath of the pattern', () => revalidatePath('/posts/[id]', 'page')],
  ['revalidatePath of everything', () => revalidatePath('/', 'layout')],
])('RV-17 %s: MISS with a new body, then HIT', async (name, code) => {
  const app = blog(code);
  const old = (await app.ask('/posts/1')).text;
  await post(app);
  const renewed = await app.ask('/posts/1');
  expect(renewed.cache).toBe('MISS');
  expect(renewed.text).not.toBe(old);
  expect(await app.ask('/posts/1')).toMatchObject({ cache: 'HIT', text: renewed.text });
});

test('RV-14 the same request reads what it has invalidated anew', async () => {
  const app = blog(async (read) => {
    const before = await read('9');
    await revalidateTag('post-9', 'max');
    return JSON.stringify([before, await read('9')]);
  });
  const [before, renewed] = JSON.parse((await post(app)).text);
  expect(renewed).not.toBe(before);
});

test('RV-2 a call without a profile warns once', async () => {
  vi.resetModules();
  const fresh = await import('freshtag');
  const lines = silence();
  let errors = 0;
  const app = fresh.createApp({ namespace: crypto.randomUUID(), routes: { '/': { POST: async () => {
    await fresh.revalidateTag('a').catch(() => errors++);
    await fresh.revalidateTag('b').catch(() => errors++);
    return new Response();
  } } } });
  await app.fetch(new Request('http://localhost/', { method: 'POST' }), env, { waitUntil() {} });
  expect(errors).toBe(0);
  expect(lines.filter((line) => line.includes('"revalidateTag" without the second argument'))).toHaveLength(1);
});

describe('what cannot be is an error at the call', () => {
  test.each([
    ['RV-4', 'an unknown profile', () => revalidateTag('t', 'blogg'), 'UNKNOWN_PROFILE'],
    ['TG-1', 'a tag that is no text', () => revalidateTag(5, 'max'), 'INVALID_TAG'],
    ['CL-6', 'a profile with a text', () => revalidateTag('t', { expire: '5' }), 'INVALID_CACHE_LIFE'],
  ])('%s %s', async (_rule, _name, call, code) => {
    const answer = await inHandler(async () => void call(), { method: 'POST' });
    expect(answer.code).toBe(code);
  });

  test('RV-7 a path that is too long is warned about and does nothing', async () => {
    const lines = silence();
    const answer = await inHandler(async () => void (await revalidatePath(`/${'x'.repeat(1024)}`)), { method: 'POST' });
    expect(answer).toMatchObject({ status: 200, value: null });
    expect(lines.join('\n')).toMatch(/exceeded max length of 1024/);
  });

  test('RV-7 a pattern without a type is warned about', async () => {
    const lines = silence();
    await inHandler(async () => void (await revalidatePath('/posts/[id]')), { method: 'POST' });
    expect(lines.join('\n')).toMatch(/the "type" parameter is missing/);
  });
});

test('RV-9 a GET that revalidates is dynamic', async () => {
  let renders = 0;
  const { ask } = site({ '/': { revalidate: 60, GET: () => (void revalidateTag('t', 'max'), new Response(String(++renders))) } });
  expect(await ask('/')).toMatchObject({ text: '1', cache: null });
  expect(await ask('/')).toMatchObject({ text: '2', cache: null });
});

describe('REVALIDATE_FAILED', () => {
  const broken = () => ({ CACHE: wrapKv(env.CACHE, { put: () => Promise.reject(new Error('KV PUT failed: 500 Internal Server Error')) }) });

  test('not awaited: the response is a 500', async () => {
    const lines = silence();
    const app = blog(() => void revalidateTag('post-1', 'max'), broken());
    const answer = await post(app);
    expect(answer).toMatchObject({ status: 500, text: 'Internal Server Error' });
    expect(answer.header('x-freshtag-error')).toBe('REVALIDATE_FAILED');
    expect(lines.join('\n')).toMatch(/REVALIDATE_FAILED/);
  }, 20_000);

  test('awaited: the handler may catch it', async () => {
    const app = blog(() => revalidateTag('post-1', 'max').catch((error) => error.code), broken());
    expect(await post(app)).toMatchObject({ status: 200, text: 'REVALIDATE_FAILED' });
  }, 20_000);

  test('awaited and not caught: a 500 with the code', async () => {
    const app = blog(() => revalidateTag('post-1', 'max'), broken());
    const answer = await post(app);
    expect(answer.status).toBe(500);
    expect(answer.header('x-freshtag-error')).toBe('REVALIDATE_FAILED');
  }, 20_000);
});

describe('read your own writes', () => {
  test('with a secret the response sets a cookie, without one it does not', async () => {
    for (const secret of [undefined, 'a secret of some length']) {
      const { ask } = site({ '/': { POST: async () => (await revalidateTag('t', { expire: 0 }), new Response()) } }, { secret });
      const cookies = (await ask('/', { method: 'POST' })).headers.getSetCookie();
      if (secret) expect(cookies).toEqual([expect.stringMatching(/^__freshtag_seen=[^;]+;.*HttpOnly/)]);
      else expect(cookies).toEqual([]);
    }
  });
});

describe('after()', () => {
  test('WK-12 a function starts when the body has ended', async () => {
    const order = [];
    const body = () =>
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          order.push('body');
          controller.enqueue(new TextEncoder().encode('x'));
          controller.close();
        },
      });
    const { ask } = site({ '/': { POST() {
      after(() => (order.push('first'), after(() => order.push('nested'))));
      after(Promise.resolve().then(() => order.push('promise')));
      after(async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push('second');
      });
      return new Response(body());
    } } });
    expect((await ask('/', { method: 'POST' })).text).toBe('x');
    expect(order).toEqual(['promise', 'body', 'first', 'nested', 'second']);
  });

  test('WK-12 errors are reported, not thrown', async () => {
    const lines = silence();
    const { ask } = site({ '/': { POST() {
      after(() => Promise.reject(new Error('in a function')));
      after(Promise.reject(new Error('in a promise')));
      return new Response('ok');
    } } });
    expect(await ask('/', { method: 'POST' })).toMatchObject({ status: 200, text: 'ok' });
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/function passed to `after\(\)`: in a function/), expect.stringMatching(/promise passed to `after\(\)` rejected: in a promise/)]));
  });

  test('WK-12 it runs after a stored GET and in a refresh, too', async () => {
    let runs = 0;
    const { ask } = site({ '/': { revalidate: 0.001, GET: () => (after(() => void runs++), new Response('ok')) } });
    await ask('/');
    await new Promise((resolve) => setTimeout(resolve, 10));
    await ask('/');
    expect(runs).toBe(2);
  });

  test.each([['stored', { revalidate: 60 }], ['not stored', {}]])('WK-12 it runs after a HEAD of a page that is %s', async (_name, module) => {
    let runs = 0;
    const { ask } = site({ '/': { ...module, GET: () => (after(() => void runs++), new Response('ok')) } });
    await ask('/', { method: 'HEAD' });
    expect(runs).toBe(1);
  });

  test('WK-12 it takes a promise or a function', async () => {
    expect((await inHandler(() => after('text'), { method: 'POST' })).error).toMatch(/Argument must be a promise or a function/);
  });
});

test('RV-17 the pages of other apps in the same KV stay', async () => {
  const one = site({ '/': counter({ revalidate: 60 }) });
  const two = site({ '/': counter({ revalidate: 60 }) });
  await Promise.all([one.ask('/'), two.ask('/')]);
  await one.admin('revalidate', { path: '/' });
  expect((await one.ask('/')).cache).toBe('MISS');
  expect((await two.ask('/')).cache).toBe('HIT');
});

test('T42 a page made soon after a revalidation, of an input made at once after it, does not render for ever', async () => {
  let reads = 0;
  let renders = 0;
  const read = cached(async () => {
    cacheLife('hours');
    cacheTag('soon');
    return ++reads;
  }, { id: 'soon' });
  const app = site({ '/page': { GET: async () => new Response(`${await read()} ${++renders}`), revalidate: 2 } });
  const pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (const profile of [{ expire: 0 }, 'max']) {
    await app.ask('/page');
    await app.admin('revalidate', { tag: 'soon', profile });
    await app.ask('/page');
    await pass(2300);
    await app.ask('/page');
    await app.ask('/page');
    const settled = (await app.ask('/page')).text;
    expect(await app.ask('/page')).toMatchObject({ cache: 'HIT', text: settled });
  }
}, 15_000);
