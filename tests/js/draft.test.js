// Draft mode and on-demand revalidation: tokens, cookies, links, and that nothing of a draft reaches anybody else.
import { after, cached, cookies, draftMode, headers, unstable_cache } from 'freshtag';
import { createBypassToken, verifyBypassToken } from 'freshtag/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { silence, site } from './support.js';

let logged;
beforeEach(() => {
  logged = silence();
});
afterEach(() => vi.restoreAllMocks());

const secret = 'the secret of the application';
const draftSecret = 'the secret of the links';
const NO_CACHE = 'private, no-cache, no-store, max-age=0, must-revalidate';
const cookie = (value) => ({ headers: { cookie: `__prerender_bypass=${value}` } });
const token = (more) => createBypassToken({ secret, ...more });
const draft = cookie(token());
const demand = (value, more) => ({ headers: { 'x-prerender-revalidate': value, ...more } });

/** A page that says whether it is a draft, and how often it was rendered. */
function page(more = {}) {
  let renders = 0;
  const GET = async () => new Response(`${(await draftMode()).isEnabled ? 'draft' : 'public'} ${++renders}`);
  return { GET, revalidate: 60, ...more };
}

const on = { GET: async () => ((await draftMode()).enable(), new Response('on')) };
const off = { GET: async () => ((await draftMode()).disable(), new Response('off')) };

let ids = 0;
const own = (routes, options, bindings) => site(routes, { secret, draftSecret, ...options }, bindings);
const dump = async ({ env }) => {
  const { keys } = await env.CACHE.list();
  return JSON.stringify(await Promise.all(keys.map(async ({ name, metadata }) => [name, metadata, await env.CACHE.get(name)])));
};

/** Asks under another address than `site` does. */
async function visit({ app, env }, url, init) {
  const tasks = [];
  const response = await app.fetch(new Request(url, { redirect: 'manual', ...init }), env, { waitUntil: (task) => tasks.push(task) });
  const text = await response.text();
  await Promise.all(tasks);
  return { status: response.status, text, headers: response.headers, cookies: response.headers.getSetCookie() };
}

describe('the cookie', () => {
  const TOKEN = '1\\.[0-9a-f]{32}\\.\\d+\\.\\d+\\.\\.[0-9a-f]{64}';
  test.each([
    ['DM-2', 'https://example.com', `__prerender_bypass=${TOKEN}; Path=/; Secure; HttpOnly; SameSite=none`],
    ['DM-2', 'http://example.com', `__prerender_bypass=${TOKEN}; Path=/; Secure; HttpOnly; SameSite=none`],
    ['DM-2', 'http://localhost:8787', `__prerender_bypass=${TOKEN}; Path=/; HttpOnly; SameSite=lax`],
    ['DM-2', 'http://127.0.0.1', `__prerender_bypass=${TOKEN}; Path=/; HttpOnly; SameSite=lax`],
    ['DM-2', 'http://a.localhost', `__prerender_bypass=${TOKEN}; Path=/; HttpOnly; SameSite=lax`],
    ['DM-2', 'https://localhost', `__prerender_bypass=${TOKEN}; Path=/; Secure; HttpOnly; SameSite=none`],
    ['DM-2', 'http://localhost.example.com', `__prerender_bypass=${TOKEN}; Path=/; Secure; HttpOnly; SameSite=none`],
  ])('%s enable() at %s', async (_rule, base, line) => {
    const app = own({ '/on': on, '/': page() });
    const answer = await visit(app, `${base}/on`);
    expect(answer.cookies).toEqual([expect.stringMatching(new RegExp(`^${line}$`))]);
    const value = answer.cookies[0].slice(0, answer.cookies[0].indexOf(';'));
    expect((await visit(app, `${base}/`, { headers: { cookie: value } })).text).toBe('draft 1');
  });

  test.each([
    ['https://example.com', '__prerender_bypass=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; SameSite=none'],
    ['http://localhost', '__prerender_bypass=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=lax'],
  ])('DM-3 disable() at %s', async (base, line) => {
    expect((await visit(own({ '/off': off }), `${base}/off`, draft)).cookies).toEqual([line]);
  });

  test('DM-4 CK-24 CK-28 it goes with the cookies that a handler sets', async () => {
    const GET = async () => {
      const jar = await cookies();
      jar.set('a', '1');
      (await draftMode()).enable();
      const shown = jar.get('__prerender_bypass');
      return Response.json(shown, { headers: { 'set-cookie': 'b=2' } });
    };
    const answer = await own({ '/': { GET } }).ask('/');
    expect(answer.headers.getSetCookie()).toEqual(['b=2; Path=/', 'a=1; Path=/', expect.stringMatching(/^__prerender_bypass=1\./)]);
    expect(JSON.parse(answer.text)).toMatchObject({ name: '__prerender_bypass', httpOnly: true });
  });

  test('DM-2 compat next: the id of the app, and no other', async () => {
    const previewModeId = 'f00d'.repeat(8);
    const app = site({ '/on': on, '/': page() }, { compat: 'next', previewModeId });
    expect((await app.ask('/on')).header('set-cookie')).toMatch(new RegExp(`^__prerender_bypass=${previewModeId};`));
    expect((await app.ask('/', cookie(previewModeId))).text).toMatch(/^draft/);
    expect((await app.ask('/', draft)).text).toMatch(/^public/);
    expect((await app.ask('/', cookie(`${previewModeId}0`))).text).toMatch(/^public/);
    const fromEnv = site({ '/': page() }, { compat: 'next' }, { __NEXT_PREVIEW_MODE_ID: previewModeId });
    expect((await fromEnv.ask('/', cookie(previewModeId))).text).toBe('draft 1');
  });

  test('DM-1 an id without compat is a mistake that names the fix', async () => {
    const say = { code: 'CONFIG', message: expect.stringMatching(/previewModeId.*compat: 'next'/) };
    expect(() => site({}, { previewModeId: 'a' })).toThrow(expect.objectContaining(say));
    const answer = await site({ '/': page() }, {}, { __NEXT_PREVIEW_MODE_ID: 'a' }).ask('/');
    expect(answer).toMatchObject({ status: 500, text: expect.stringMatching(/previewModeId.*compat: 'next'/) });
    expect((await site({ '/': page() }, { previewModeId: '' }).ask('/')).status).toBe(200);
  });

  test('T28 without a secret enable() says what is missing', async () => {
    const GET = async () => Response.json(await draftMode().then((mode) => mode.enable()).catch(({ code, message }) => ({ code, message })));
    expect(await site({ '/': { GET } }).json('/')).toEqual({ code: 'CONFIG', message: expect.stringMatching(/FRESHTAG_SECRET/) });
  });

  test('T28 a token under the previous secret counts, and so does a seen cookie; no new one is made with it', async () => {
    const app = own({ '/': page(), '/on': on }, { secret: 'new', previousSecret: secret });
    expect((await app.ask('/', draft)).text).toBe('draft 1');
    const made = (await app.ask('/on')).header('set-cookie').match(/bypass=([^;]+)/)[1];
    expect(verifyBypassToken(made, { secret })).toBe(undefined);
    expect(verifyBypassToken(made, { secret: 'new' })).toMatchObject({ id: expect.any(String) });
    const stranger = site({ '/': page() }, { previousSecret: secret });
    expect((await stranger.ask('/', draft)).text).toBe('public 1');
    const bindings = site({ '/': page() }, {}, { FRESHTAG_SECRET: 'new', FRESHTAG_SECRET_PREVIOUS: secret });
    expect((await bindings.ask('/', draft)).text).toBe('draft 1');
    const bearer = { headers: { authorization: `Bearer ${secret}` } };
    expect((await visit(app, 'https://example.com/_freshtag/stats', bearer)).status).toBe(401);
  });
});

describe('who is in draft mode', () => {
  const good = token();
  const rows = [
    ['DM-5', 'a good cookie', `__prerender_bypass=${good}`, true],
    ['DM-5', 'among others', `a=b; __prerender_bypass=${good}; c=d`, true],
    ['DM-6', 'none', undefined, false],
    ['DM-6', 'a wrong one', '__prerender_bypass=wrong', false],
    ['DM-6', 'an empty one', '__prerender_bypass=', false],
    ['DM-6', 'a changed one', `__prerender_bypass=${good.slice(0, -1)}${good.endsWith('0') ? 1 : 0}`, false],
    ['DM-6', 'one that has expired', `__prerender_bypass=${token({ expiresIn: 0.001 })}`, false],
    ['T28', 'one for another purpose', `__prerender_bypass=${token({ purpose: 'revalidate' })}`, false],
    ['T28', 'one under another secret', `__prerender_bypass=${createBypassToken({ secret: draftSecret })}`, false],
    ['T32', 'two', `__prerender_bypass=${good}; __prerender_bypass=${good}`, false],
    ['T32', 'a wrong and a good one', `__prerender_bypass=x; __prerender_bypass=${good}`, false],
    ['T32', 'a good and a wrong one', `__prerender_bypass=${good}; __prerender_bypass=x`, false],
    ['DM-5', 'one for this path', `__prerender_bypass=${token({ path: '/blog/' })}`, true],
    ['DM-5', 'one for a path above', `__prerender_bypass=${token({ path: '/' })}`, true],
    ['DM-5', 'one for another path', `__prerender_bypass=${token({ path: '/blo' })}`, false],
    ['DM-5', 'one for a path below', `__prerender_bypass=${token({ path: '/blog/x' })}`, false],
  ];
  test.each(rows)('%s %s', async (_rule, _name, value, isDraft) => {
    await scheduler.wait(2);
    const app = own({ '/blog': page() });
    expect(await app.ask('/blog')).toMatchObject({ text: 'public 1', cache: 'MISS' });
    const answer = await app.ask('/blog', { headers: value === undefined ? {} : { cookie: value } });
    // DM-6, DM-7: a wrong cookie is not cleared; a page for everybody sets none.
    expect(answer.header('set-cookie')).toBe(null);
    if (isDraft) expect(answer).toMatchObject({ text: 'draft 2', cache: null });
    else expect(answer).toMatchObject({ text: 'public 1', cache: 'HIT' });
    expect(answer.header('cache-control')).toBe(isDraft ? NO_CACHE : 's-maxage=60, stale-while-revalidate=31535940');
    expect(await app.ask('/blog')).toMatchObject({ text: 'public 1', cache: 'HIT' });
  });

  test('DM-10 reading it makes nothing dynamic, and refreshes and prerenders are never drafts', async () => {
    const app = own({ '/': page(), '/[id]': page({ generateStaticParams: () => [{ id: 'a' }] }) });
    await app.ask('/', draft);
    expect(await app.ask('/')).toMatchObject({ text: 'public 2', cache: 'MISS' });
    expect((await app.ask('/')).cache).toBe('HIT');
    expect((await app.admin('prerender')).text).toMatch(/"done":1/);
    expect(await app.ask('/a')).toMatchObject({ text: 'public 1', cache: 'HIT' });
  });

  test('DM-10 a refresh behind a public answer is not a draft, even if its visitor enables draft mode', async () => {
    const seen = [];
    const read = unstable_cache(
      async () => {
        await scheduler.wait(30);
        seen.push((await draftMode()).isEnabled);
        return seen.length;
      },
      [`refreshed-${++ids}`],
      { revalidate: 1 },
    );
    const GET = async () => {
      await cookies();
      const value = await read();
      (await draftMode()).enable();
      await scheduler.wait(100);
      return Response.json(value);
    };
    const app = own({ '/': { GET } });
    expect(await app.json('/')).toBe(1);
    await scheduler.wait(1_500);
    expect(await app.json('/')).toBe(1);
    expect(seen).toEqual([false, false]);
  });

  test.each([
    ['force-static', page({ dynamic: 'force-static' })],
    ['force-dynamic', page({ dynamic: 'force-dynamic' })],
    ['error', page({ dynamic: 'error' })],
    ['without a store', page(), { CACHE: undefined }],
  ])('DM-10 it can be read: %s', async (_name, module, bindings) => {
    const app = own({ '/': module }, {}, bindings);
    expect((await app.ask('/', draft)).text).toBe('draft 1');
    expect((await app.ask('/')).text).toBe('public 2');
  });

  test('DM-10 it can be read in cached functions and in after()', async () => {
    const seen = {};
    const read = async () => (await draftMode()).isEnabled;
    const inner = cached(read, { id: `reads-${++ids}` });
    const old = unstable_cache(read, [`reads-${ids}`]);
    const GET = async () => {
      const mode = await draftMode();
      after(async () => Object.assign(seen, { after: mode.isEnabled, fresh: await read() }));
      return Response.json({ cached: await inner(), unstable: await old() });
    };
    const app = own({ '/': { GET, dynamic: 'force-dynamic' } });
    for (const expected of [false, true, false]) {
      expect(await app.json('/', expected ? draft : {})).toEqual({ cached: expected, unstable: expected });
      expect(seen).toEqual({ after: expected, fresh: expected });
    }
  });
});

describe('DM-11 where it cannot be switched', () => {
  const calls = { 'enable()': (mode) => mode.enable(), 'disable()': (mode) => mode.disable() };
  const say = async (run) => Promise.resolve().then(run).then(() => 'ok', (error) => String(error));
  for (const [name, call] of Object.entries(calls)) {
    const direct = async () => call(await draftMode());
    test.each([
      ['cached', () => cached(direct, { id: `switch-${++ids}` })(), /can't be called inside `"use cache"`/],
      ['unstable_cache', () => unstable_cache(direct, [`switch-${++ids}`])(), /can't be called inside `unstable_cache\(\)`/],
      ['cached, kept from outside', async () => { const mode = await draftMode(); return cached(async () => call(mode), { id: `switch-${++ids}` })(); }, /can't be called inside/],
      ['cached, and caught', () => cached(async () => void (await direct().catch(() => {})), { id: `switch-${++ids}` })(), /can't be called inside/],
    ])(`${name} in %s`, async (_where, run, error) => {
      const app = own({ '/': { GET: async () => new Response(await say(run)) } });
      const answer = await app.ask('/');
      expect(answer.text).toMatch(error);
      expect(answer.header('set-cookie')).toBe(null);
    });

    test(`${name} under dynamic = 'error', in after(), and when the response is there`, async () => {
      const said = {};
      const GET = async () => {
        const mode = await draftMode();
        after(async () => (said.after = await say(() => call(mode))));
        const stream = new ReadableStream({
          async pull(controller) {
            said.body = await say(() => call(mode));
            controller.close();
          },
        }, { highWaterMark: 0 });
        return new Response(stream);
      };
      const app = own({ '/': { GET }, '/error': { GET: async () => new Response(await say(direct)), dynamic: 'error' } });
      await app.ask('/');
      expect(said.after).toMatch(/inside `after\(\)`\. The enabled status of `draftMode\(\)` can be read/);
      expect(said.body).toMatch(/Cookies can only be modified in a Server Action or Route Handler/);
      expect((await app.ask('/error')).text).toMatch(/with `dynamic = "error"` couldn't be rendered statically because it used `draftMode\(\)/);
    });

    test(`${name} makes a page dynamic, and ends a prerender`, async () => {
      const module = { revalidate: 60, GET: async () => (await direct(), new Response('ok')), generateStaticParams: () => [{ id: 'a' }] };
      const app = own({ '/[id]': module });
      expect(await app.ask('/a')).toMatchObject({ text: 'ok', cache: null });
      expect(await app.ask('/a')).toMatchObject({ text: 'ok', cache: null });
      const { failed } = JSON.parse((await app.admin('prerender')).text);
      expect(failed).toEqual([{ path: '/a', message: expect.stringMatching(/couldn't be rendered statically because it used `draftMode\(\)/) }]);
    });
  }
});

describe('DM-4 it counts at once', () => {
  test('isEnabled, reads and writes follow', async () => {
    let calls = 0;
    const inner = cached(async () => ++calls, { id: `at-once-${++ids}` });
    const GET = async () => {
      const mode = await draftMode();
      const seen = [mode.isEnabled, await inner()];
      mode.enable();
      seen.push(mode.isEnabled, (await draftMode()).isEnabled, await inner());
      mode.disable();
      seen.push(mode.isEnabled, await inner());
      return Response.json(seen);
    };
    const app = own({ '/': { GET, revalidate: 60 } });
    expect(await app.json('/')).toEqual([false, 1, true, true, 2, false, 1]);
    expect(await app.json('/')).toEqual([false, 1, true, true, 3, false, 1]);
  });

  test('T29 a cached function that runs while it is switched is not kept', async () => {
    let calls = 0;
    let go;
    const inner = cached(async () => {
      await new Promise((resolve) => (go = resolve));
      return `${(await draftMode()).isEnabled} ${++calls}`;
    }, { id: `meanwhile-${++ids}` });
    const run = (switches) => async () => {
      const mode = await draftMode();
      const value = inner();
      while (!go) await scheduler.wait(1);
      switches(mode);
      go();
      go = undefined;
      return new Response(await value);
    };
    const app = own({
      '/on': { GET: run((mode) => mode.enable()) },
      '/both': { GET: run((mode) => (mode.enable(), mode.disable())) },
      '/off': { GET: run((mode) => mode.disable()) },
      '/': { GET: run(() => {}) },
    });
    expect((await app.ask('/on')).text).toBe('true 1');
    expect((await app.ask('/both')).text).toBe('false 2');
    expect((await app.ask('/off', draft)).text).toBe('false 3');
    expect((await app.ask('/')).text).toBe('false 4');
  });

  test.each([['enable()', on], ['disable()', off]])('T29 an answer with %s is for nobody else, whatever it says', async (_name, { GET }) => {
    const loud = async () => {
      const response = await GET();
      for (const name of ['cache-control', 'cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control']) response.headers.set(name, 's-maxage=600, public');
      response.headers.set('expires', 'Fri, 31 Dec 2099 00:00:00 GMT');
      return response;
    };
    for (const [module, bindings] of [[{ GET: loud, revalidate: 60 }], [{ GET: loud, dynamic: 'force-dynamic' }], [{ POST: loud }], [{ GET: loud }, { CACHE: undefined }]]) {
      const app = own({ '/': module }, {}, bindings);
      const answer = await app.ask('/', { method: module.POST ? 'POST' : 'GET' });
      expect([...answer.headers].filter(([name]) => /cache-control|expires|surrogate/.test(name))).toEqual([['cache-control', NO_CACHE]]);
    }
  });
});

describe('T29 nothing of a draft reaches anybody else', () => {
  test('whatever the handler says', async () => {
    const GET = async () => new Response('x', { headers: { 'cache-control': 'public, s-maxage=600', 'cdn-cache-control': 'max-age=600', expires: 'Fri, 31 Dec 2099 00:00:00 GMT' } });
    const app = own({ '/a': { GET, revalidate: 60 }, '/b': { GET, dynamic: 'force-dynamic' }, '/c': { POST: GET } });
    for (const [path, method] of [['/a', 'GET'], ['/a', 'HEAD'], ['/b', 'GET'], ['/c', 'POST']]) {
      const answer = await app.ask(path, { method, ...draft });
      expect([...answer.headers].filter(([name]) => /cache|expires/.test(name))).toEqual([['cache-control', NO_CACHE]]);
    }
    expect((await app.ask('/a')).header('cache-control')).toBe('public, s-maxage=600');
  });

  test('drafts and public requests of one key, in turn and at once', async () => {
    const inner = cached(async () => ((await draftMode()).isEnabled ? 'inner draft' : 'inner public'), { id: `mixed-${++ids}` });
    const old = unstable_cache(async () => ((await draftMode()).isEnabled ? 'old draft' : 'old public'), [`mixed-${ids}`]);
    const GET = async () => {
      const kind = (await draftMode()).isEnabled ? 'page draft' : 'page public';
      await scheduler.wait(2);
      return new Response([kind, await inner(), await old()].join());
    };
    const app = own({ '/[id]': { GET, revalidate: 60 } });
    const check = (isDraft, { text, cache }) => {
      const kind = isDraft ? 'draft' : 'public';
      expect(text).toBe(`page ${kind},inner ${kind},old ${kind}`);
      if (isDraft) expect(cache).toBe(null);
    };
    for (let round = 0; round < 10; round++) {
      for (const isDraft of [true, false, true, false]) check(isDraft, await app.ask(`/turn-${round % 3}`, isDraft ? draft : {}));
    }
    for (let round = 0; round < 10; round++) {
      const kinds = [true, false, false, true, true, false];
      const answers = await Promise.all(kinds.map((isDraft) => app.ask(`/once-${round}`, isDraft ? draft : {})));
      answers.forEach((answer, index) => check(kinds[index], answer));
    }
    const stored = await dump(app);
    expect(stored).toMatch(/page public/);
    expect(stored).not.toMatch(/(page|inner|old) draft/);
  });

  test('UC-22 UC-23 UN-4 cached functions neither read nor write', async () => {
    let calls = 0;
    const inner = cached(async () => ++calls, { id: `passed-${++ids}` });
    const old = unstable_cache(async () => ++calls, [`passed-${ids}`]);
    const app = own({ '/': { GET: async () => Response.json([await inner(), await old()]) } });
    expect(await app.json('/', draft)).toEqual([1, 2]);
    expect(await app.json('/')).toEqual([3, 4]);
    expect(await app.json('/', draft)).toEqual([5, 6]);
    expect(await app.json('/')).toEqual([3, 4]);
  });
});

describe('pages of an origin', () => {
  function behind(options, headers = {}) {
    const asked = [];
    const ORIGIN = {
      async fetch(input, init) {
        const request = new Request(input, init);
        asked.push(request);
        return new Response(`page ${asked.length}`, { headers: { 'cache-control': 's-maxage=60', ...headers } });
      },
    };
    return { ...own({}, options, { ORIGIN }), asked };
  }
  const theirs = { compat: 'next', previewModeId: 'beef'.repeat(8) };

  test.each([
    ['ours', {}, draft, true],
    ['any, as it may be the draft of the origin', {}, cookie('theirs'), true],
    ['the id that is known', theirs, cookie(theirs.previewModeId), true],
    ['another one, where the id is known', theirs, cookie('theirs'), false],
    ['two, where the id is known', theirs, { headers: { cookie: `__prerender_bypass=x; __prerender_bypass=${theirs.previewModeId}` } }, false],
    ['none', theirs, {}, false],
  ])('DM-9 T29 a cookie that is %s', async (_name, options, init, isDraft) => {
    const app = behind(options, { 'cdn-cache-control': 'max-age=600' });
    await app.ask('/');
    const answer = await app.ask('/', init);
    expect(answer).toMatchObject(isDraft ? { text: 'page 2', cache: null } : { text: 'page 1', cache: 'HIT' });
    if (isDraft) {
      expect(answer.header('cache-control')).toBe(NO_CACHE);
      expect(answer.header('cdn-cache-control')).toBe(null);
    }
    expect(await app.ask('/')).toMatchObject({ text: 'page 1', cache: 'HIT' });
  });

  test('IS-10 DM-13 on demand a page is fetched anew, with nothing of who asked', async () => {
    const app = behind({});
    await app.ask('/a?b');
    const value = token({ purpose: 'revalidate' });
    const answer = await app.ask('/a?b', demand(value, { cookie: '__prerender_bypass=x; a=b', authorization: 'Basic YQ==', range: 'bytes=0-1', 'if-none-match': '*' }));
    expect(answer).toMatchObject({ status: 200, text: 'page 2', cache: 'REVALIDATED' });
    expect([...app.asked[1].headers.keys()]).toEqual(['accept-encoding']);
    expect(await app.ask('/a?b')).toMatchObject({ text: 'page 2', cache: 'HIT' });
    expect(await app.ask('/a?b', { method: 'HEAD', ...demand(value) })).toMatchObject({ status: 200, cache: 'REVALIDATED' });
    expect(app.asked[2].method).toBe('GET');
    expect(await app.ask('/a?b')).toMatchObject({ text: 'page 3', cache: 'HIT' });
    await app.ask('/a?b', { method: 'POST', body: 'x', ...demand(value) });
    expect(app.asked[3].method).toBe('POST');
    expect(app.asked[3].headers.get('x-prerender-revalidate')).toBe(null);
  });

  test('IS-11 on demand, if there is one', async () => {
    const app = behind({});
    const init = demand(token({ purpose: 'revalidate' }), { 'x-prerender-revalidate-if-generated': '1' });
    expect(await app.ask('/', init)).toMatchObject({ status: 404, cache: 'REVALIDATED' });
    expect(app.asked).toEqual([]);
    await app.ask('/');
    expect(await app.ask('/', init)).toMatchObject({ status: 200, text: 'page 2', cache: 'REVALIDATED' });
  });

  test('IS-10 an origin that does not answer is a 500, and the page stays', async () => {
    let dead = false;
    const ORIGIN = { fetch: async () => (dead ? Promise.reject(new Error('dead')) : new Response('good', { headers: { 'cache-control': 's-maxage=60, stale-if-error=600' } })) };
    const app = own({}, {}, { ORIGIN });
    await app.ask('/');
    dead = true;
    expect(await app.ask('/', demand(token({ purpose: 'revalidate' })))).toMatchObject({ status: 500, cache: null });
    expect(await app.ask('/')).toMatchObject({ text: 'good', cache: 'HIT' });
  });
});

describe('on demand', () => {
  const good = token({ purpose: 'revalidate' });

  test('IS-10 a page is made anew at once, with what is in it, and kept', async () => {
    let calls = 0;
    const inner = cached(async () => ++calls, { id: `demanded-${++ids}` });
    const old = unstable_cache(async () => ++calls, [`demanded-${ids}`]);
    const app = own({ '/': { GET: async () => Response.json([await inner(), await old()], { headers: { etag: '"a"' } }), revalidate: 60 } });
    expect(await app.json('/')).toEqual([1, 2]);
    expect(await app.json('/')).toEqual([1, 2]);
    const answer = await app.ask('/', demand(good, { 'if-none-match': '"a"' }));
    expect(answer).toMatchObject({ status: 200, text: '[3,4]', cache: 'REVALIDATED' });
    expect(answer.header('cache-control')).toMatch(/^s-maxage=60/);
    expect(await app.ask('/')).toMatchObject({ text: '[3,4]', cache: 'HIT' });
  });

  test('IS-10 HEAD does it too', async () => {
    const app = own({ '/': page() });
    await app.ask('/');
    expect(await app.ask('/', { method: 'HEAD', ...demand(good) })).toMatchObject({ status: 200, text: '', cache: 'REVALIDATED' });
    expect(await app.ask('/')).toMatchObject({ text: 'public 2', cache: 'HIT' });
  });

  test('DM-13 draft mode is off, and nothing of who asks is seen', async () => {
    const app = own({ '/': page(), '/visitor': { revalidate: 60, GET: async () => new Response((await headers()).get('cookie')) } });
    const init = demand(good, { cookie: `__prerender_bypass=${token()}` });
    expect(await app.ask('/', init)).toMatchObject({ text: 'public 1', cache: 'REVALIDATED' });
    expect(await app.ask('/')).toMatchObject({ text: 'public 1', cache: 'HIT' });
    expect(await app.ask('/visitor', init)).toMatchObject({ status: 500, cache: null });
    const direct = own({ '/': page({ dynamic: 'force-dynamic' }) });
    expect((await direct.ask('/', init)).text).toBe('public 1');
  });

  test.each([
    ['wrong', 'wrong', {}],
    ['empty', '', {}],
    ['of draft mode', token(), {}],
    ['that has expired', token({ purpose: 'revalidate', expiresIn: 0.001 }), {}],
    ['for another path', token({ purpose: 'revalidate', path: '/b' }), {}],
    ['under another secret', createBypassToken({ secret: draftSecret, purpose: 'revalidate' }), {}],
    ['where the app has an id', good, { compat: 'next', previewModeId: 'an id' }],
    ['where there is no secret', good, { secret: undefined }],
  ])('IS-10 a token %s is ignored', async (_name, value, options) => {
    await scheduler.wait(2);
    const app = own({ '/a': page() }, options);
    await app.ask('/a');
    expect(await app.ask('/a', demand(value))).toMatchObject({ status: 200, text: 'public 1', cache: 'HIT' });
    expect(await app.ask('/a', demand(value, { 'x-prerender-revalidate-if-generated': '1' }))).toMatchObject({ text: 'public 1', cache: 'HIT' });
  });

  test.each([
    ['for this path', token({ purpose: 'revalidate', path: '/a' }), {}],
    ['under the previous secret', good, { secret: 'new', previousSecret: secret }],
    ['that is the id of the app', 'an id', { compat: 'next', previewModeId: 'an id' }],
  ])('IS-10 a token %s counts', async (_name, value, options) => {
    const app = own({ '/a': page() }, options);
    await app.ask('/a');
    expect(await app.ask('/a', demand(value))).toMatchObject({ text: 'public 2', cache: 'REVALIDATED' });
  });

  test('IS-10 a render that fails is a 500, and the page stays', async () => {
    let fails;
    const GET = () => (fails === 'throws' ? Promise.reject(new Error('no')) : new Response('good', { status: fails ?? 200 }));
    const app = own({ '/': { GET, revalidate: 60 } });
    await app.ask('/');
    for (fails of ['throws', 500]) {
      expect(await app.ask('/', demand(good))).toMatchObject({ status: 500, cache: null });
      expect(await app.ask('/')).toMatchObject({ text: 'good', cache: 'HIT' });
    }
  });

  test('IS-11 if there is one', async () => {
    const app = own({ '/': page() });
    const init = demand(good, { 'x-prerender-revalidate-if-generated': '1' });
    expect(await app.ask('/', init)).toMatchObject({ status: 404, text: '', cache: 'REVALIDATED' });
    expect(await app.ask('/')).toMatchObject({ text: 'public 1', cache: 'MISS' });
    expect(await app.ask('/', init)).toMatchObject({ status: 200, text: 'public 2', cache: 'REVALIDATED' });
  });

  test('IS-4 it joins nobody', async () => {
    let renders = 0;
    const GET = async () => {
      await scheduler.wait(20);
      return new Response(`render ${++renders}`);
    };
    const app = own({ '/': { GET, revalidate: 60 } });
    const answers = await Promise.all([app.ask('/'), app.ask('/'), app.ask('/', demand(good))]);
    expect(answers.map(({ cache }) => cache)).toEqual(['MISS', 'MISS', 'REVALIDATED']);
    expect(renders).toBe(2);
  });
});

describe('links', () => {
  const enable = `/_freshtag/draft/enable?secret=${encodeURIComponent(draftSecret)}`;
  const at = (app, path, init) => visit(app, `https://example.com${path}`, init);

  test('T28 enable leads to a page in draft mode, and disable out of it', async () => {
    const app = own({ '/posts/[id]': page() });
    const went = await at(app, `${enable}&path=${encodeURIComponent('/posts/1?a=b')}`);
    expect(went.status).toBe(307);
    expect(Object.fromEntries(went.headers)).toMatchObject({ location: '/posts/1?a=b', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(went.cookies).toEqual([expect.stringMatching(/^__prerender_bypass=1\.[^;]+; Path=\/; Secure; HttpOnly; SameSite=none$/)]);
    const value = went.cookies[0].slice(0, went.cookies[0].indexOf(';'));
    expect((await at(app, '/posts/1', { headers: { cookie: value } })).text).toBe('draft 1');
    const back = await at(app, '/_freshtag/draft/disable?path=/posts/1');
    expect([back.status, back.headers.get('location')]).toEqual([307, '/posts/1']);
    expect(back.cookies).toEqual(['__prerender_bypass=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; SameSite=none']);
    expect((await at(app, enable)).headers.get('location')).toBe('/');
  });

  const rows = [
    ['T28', 'no secret', '/_freshtag/draft/enable', {}, {}, 401, /secret/],
    ['T28', 'a wrong secret', '/_freshtag/draft/enable?secret=wrong', {}, {}, 401, /secret/],
    ['T28', 'the master secret', `/_freshtag/draft/enable?secret=${encodeURIComponent(secret)}`, {}, {}, 401, /secret/],
    ['T28', 'no draft secret in the app', enable, {}, { draftSecret: undefined }, 404, /nothing/],
    ['T28', 'an empty draft secret', '/_freshtag/draft/enable?secret=', {}, { draftSecret: '' }, 404, /nothing/],
    ['T28', 'no secret to sign with', enable, {}, { secret: undefined }, 500, /FRESHTAG_SECRET/],
    ['T16', 'another host', `${enable}&path=//evil.test`, {}, {}, 400, /^path /],
    ['T16', 'another host, hidden', `${enable}&path=%2F%255Cevil.test`, {}, {}, 400, /^path /],
    ['T16', 'disable to another host', '/_freshtag/draft/disable?path=https://evil.test', {}, {}, 400, /^path /],
    ['DM-12', 'a prefetch', enable, { headers: { 'sec-purpose': 'prefetch;prerender' } }, {}, 503, /prefetch/],
    ['DM-12', 'an older prefetch', enable, { headers: { purpose: 'prefetch' } }, {}, 503, /prefetch/],
    ['DM-12', 'a prefetch of disable', '/_freshtag/draft/disable', { headers: { 'next-router-prefetch': '1' } }, {}, 503, /prefetch/],
    ['DM-12', 'a POST', enable, { method: 'POST' }, {}, 405, /GET/],
    ['T28', 'another link', '/_freshtag/draft/other', {}, {}, 404, /nothing/],
  ];
  test.each(rows)('%s %s', async (_rule, _name, path, init, options, status, message) => {
    const answer = await at(own({}, options), path, init);
    expect(answer.status).toBe(status);
    expect(answer.cookies).toEqual([]);
    expect(answer.headers.get('location')).toBe(null);
    expect(JSON.parse(answer.text)).toEqual({ code: expect.any(String), message: expect.stringMatching(message) });
    for (const word of [secret, draftSecret, 'wrong', 'evil']) expect(answer.text).not.toContain(word);
  });

  test('DM-12 HEAD does nothing', async () => {
    for (const path of [enable, '/_freshtag/draft/disable']) {
      const answer = await at(own({}), path, { method: 'HEAD' });
      expect([answer.status, answer.cookies]).toEqual([405, []]);
    }
  });

  test.each([['secret', { secret: draftSecret }], ['previousSecret', { previousSecret: draftSecret }]])('T28 a draft secret that is %s too is a mistake', async (_name, options) => {
    const answer = await own({ '/': page() }, options).ask('/');
    expect(answer).toMatchObject({ status: 500, text: expect.stringMatching(/FRESHTAG_DRAFT_SECRET must not be FRESHTAG_SECRET/) });
  });

  test('compat next: the link sets the id', async () => {
    const answer = await at(site({}, { draftSecret, compat: 'next', previewModeId: 'an-id' }), enable);
    expect(answer.cookies).toEqual([expect.stringMatching(/^__prerender_bypass=an-id; /)]);
  });

  test('T28 no secret is in an answer, a log, an entry or a key', async () => {
    const app = own({ '/': page(), '/on': on, '/off': off }, {}, { FRESHTAG_DEBUG: '1' });
    const said = [];
    for (const [path, init] of [
      [enable], [`${enable}&path=//x`], ['/_freshtag/draft/enable?secret=x'], ['/_freshtag/draft/disable'],
      ['/', draft], ['/'], ['/'], ['/on'], ['/off', draft], ['/', demand(token({ purpose: 'revalidate' }))], ['/missing'],
    ]) {
      const answer = await at(app, path, init);
      said.push(answer.text, ...[...answer.headers].flat());
    }
    said.push(...logged, await dump(app));
    const everything = said.join('\n');
    for (const word of [secret, draftSecret]) {
      const hex = Array.from(new TextEncoder().encode(word), (byte) => byte.toString(16).padStart(2, '0')).join('');
      for (const form of [word, encodeURIComponent(word), word.replaceAll(' ', '+'), btoa(word).replaceAll('=', ''), hex]) expect(everything).not.toContain(form);
    }
  });
});
