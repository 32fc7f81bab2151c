// The demo over HTTP: what a person with curl sees. The tests build on each other and run in this order.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ask, startSite, storeFolder } from './site.js';

const PRIVATE = 'private, no-cache, no-store, max-age=0, must-revalidate';

let folder;
let site;

beforeAll(async () => {
  folder = await storeFolder();
  site = await startSite(folder);
}, 120_000);

afterAll(async () => {
  await site?.stop();
  await folder?.remove();
}, 60_000);

const get = (path, headers) => ask(site, path, { headers });

function revalidate(order) {
  const body = typeof order === 'string' ? order : JSON.stringify(order);
  return ask(site, '/_freshtag/revalidate', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function revalidated(order) {
  const answer = await revalidate(order);
  expect(answer.status, answer.text).toBe(200);
  const result = JSON.parse(answer.text);
  expect(result.tags).toEqual(expect.any(Array));
  expect(Math.abs(result.at - Date.now())).toBeLessThan(10_000);
  return result;
}

/** Asks twice, with the pause that a refresh in the background needs at most. */
async function twice(path) {
  const first = await get(path);
  await sleep(300);
  return [first, await get(path)];
}

const send = (form, headers) =>
  ask(site, '/settings', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: form });

const renderOf = (answer) => /Render <code>([0-9a-f]+)</.exec(answer.text)?.[1];

describe('the demo', { timeout: 120_000 }, () => {
  it('GET /posts/1 twice: MISS, then HIT, same body; the HIT has an ETag that gives 304', async () => {
    const [first, second] = await twice('/posts/1');
    expect([first.status, first.state]).toEqual([200, 'MISS']);
    expect([second.status, second.state]).toEqual([200, 'HIT']);
    expect(renderOf(first)).toMatch(/^[0-9a-f]{8}$/);
    expect(second.text).toBe(first.text);
    expect(second.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(second.headers['cache-control']).toContain('s-maxage=900');

    const { etag } = second.headers;
    expect(etag).toMatch(/^(W\/)?"[^"]+"$/);
    const third = await get('/posts/1', { 'if-none-match': etag });
    expect([third.status, third.text]).toEqual([304, '']);
    expect(third.headers.etag).toBe(etag);
  });

  let other;
  it('GET /posts/2 is kept beside it', async () => {
    const [first, second] = await twice('/posts/2');
    expect([first.state, second.state]).toEqual(['MISS', 'HIT']);
    other = second.text;
  });

  async function expectOtherUntouched() {
    const answer = await get('/posts/2');
    expect(answer.state).toBe('HIT');
    expect(answer.text).toBe(other);
  }

  it('revalidate tag post-1 with profile max, then GET /posts/1 twice: STALE with the old body, then HIT with a new one', async () => {
    const old = await get('/posts/1');
    expect((await revalidated({ tag: 'post-1', profile: 'max' })).tags).toEqual(['post-1']);
    const [first, second] = await twice('/posts/1');
    expect([first.state, second.state]).toEqual(['STALE', 'HIT']);
    expect(first.text).toBe(old.text);
    expect(renderOf(second)).not.toBe(renderOf(old));
    expect(second.headers.etag).not.toBe(first.headers.etag);
  });

  it('GET /posts/2 all the while: HIT, unchanged', expectOtherUntouched);

  it('revalidate path /posts/1, then GET twice: MISS with a new body, then HIT', async () => {
    const old = await get('/posts/1');
    await revalidated({ path: '/posts/1' });
    const [first, second] = await twice('/posts/1');
    expect([first.state, second.state]).toEqual(['MISS', 'HIT']);
    expect(renderOf(first)).not.toBe(renderOf(old));
    expect(second.text).toBe(first.text);
    await expectOtherUntouched();
  });

  it('revalidate tag posts with max: /posts/1 and /posts/2 and / are STALE once', async () => {
    const pages = ['/posts/1', '/posts/2', '/'];
    for (const path of pages) {
      const [, kept] = await twice(path);
      expect([path, kept.state]).toEqual([path, 'HIT']);
    }
    await revalidated({ tag: 'posts', profile: 'max' });
    for (const path of pages) {
      const [first, second] = await twice(path);
      expect([path, first.state, second.state]).toEqual([path, 'STALE', 'HIT']);
      expect(renderOf(second)).not.toBe(renderOf(first));
    }
    other = (await get('/posts/2')).text;
  });

  it('stop, start again, GET /posts/2: HIT', async () => {
    await site.stop();
    site = await startSite(folder, { port: site.port });
    await expectOtherUntouched();
  });

  it(`GET /now twice: different bodies, ${PRIVATE}`, async () => {
    const [first, second] = await twice('/now');
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.headers['cache-control']).toBe(PRIVATE);
    expect(second.headers['cache-control']).toBe(PRIVATE);
    expect(renderOf(first)).toMatch(/^[0-9a-f]{8}$/);
    expect(renderOf(second)).not.toBe(renderOf(first));
  });

  it('GET /api/quote keeps a quote for five seconds', async () => {
    const [first, second] = await twice('/api/quote');
    expect(JSON.parse(first.text)).toEqual({ text: expect.any(String), by: expect.any(String), pickedAt: expect.any(String) });
    expect(second.text).toBe(first.text);
    await sleep(5_500);
    const [stale, fresh] = await twice('/api/quote');
    expect(stale.text).toBe(first.text);
    expect(JSON.parse(fresh.text).pickedAt).not.toBe(JSON.parse(first.text).pickedAt);
  });
});

describe('/settings keeps a theme and a count of visits in cookies', { timeout: 60_000 }, () => {
  const EXPIRED = 'Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
  const cookiesOf = ({ headers }) => headers['set-cookie'] ?? [];
  const shown = ({ text }) => ({ theme: /data-theme="(\w+)"/.exec(text)?.[1], visits: Number(/counted <strong>(\d+)</.exec(text)?.[1]) });

  it('GET: nothing chosen, nothing set, never stored', async () => {
    const [first, second] = await twice('/settings');
    for (const answer of [first, second]) {
      expect([answer.status, answer.state, answer.headers['cache-control']]).toEqual([200, undefined, PRIVATE]);
      expect(cookiesOf(answer)).toEqual([]);
      expect(shown(answer)).toEqual({ theme: 'system', visits: 0 });
    }
    expect(renderOf(second)).not.toBe(renderOf(first));
  });

  it('POST sets a cookie and leads back to the page, which shows it to this visitor alone', async () => {
    const answer = await send('theme=dark');
    expect([answer.status, answer.headers.location, answer.headers['cache-control']]).toEqual([303, '/settings', PRIVATE]);
    expect(cookiesOf(answer)).toEqual([
      expect.stringMatching(/^theme=dark; Path=\/; Expires=[^;]+ GMT; Max-Age=31536000; HttpOnly; SameSite=lax$/),
    ]);
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookiesOf(answer)[0])[1]);
    expect(Math.abs(expires - Date.now() - 31_536_000_000)).toBeLessThan(10_000);

    expect(shown(await get('/settings', { cookie: 'theme=dark' }))).toEqual({ theme: 'dark', visits: 0 });
    expect(shown(await get('/settings'))).toEqual({ theme: 'system', visits: 0 });
  });

  it('visits are counted, each from the cookie that came', async () => {
    const first = await send('visit=');
    expect(cookiesOf(first)).toEqual([expect.stringMatching(/^visits=1; Path=\/; Expires=[^;]+; Max-Age=2592000; HttpOnly; SameSite=lax$/)]);
    const second = await send('visit=', { cookie: 'theme=dark; visits=1' });
    expect(cookiesOf(second)).toEqual([expect.stringMatching(/^visits=2; /)]);
    expect(shown(await get('/settings', { cookie: 'theme=dark; visits=2' }))).toEqual({ theme: 'dark', visits: 2 });
  });

  it('forget deletes both, and the theme of the system is no cookie', async () => {
    const cookie = 'theme=dark; visits=2';
    expect(cookiesOf(await send('forget=', { cookie }))).toEqual([`theme=; ${EXPIRED}`, `visits=; ${EXPIRED}`]);
    expect(cookiesOf(await send('theme=system', { cookie }))).toEqual([`theme=; ${EXPIRED}`]);
  });

  it.each(['/', '/posts/1'])('%s is a HIT for a visitor with these cookies too, and the same', async (path) => {
    const [, kept] = await twice(path);
    const answer = await get(path, { cookie: 'theme=dark; visits=2' });
    expect([answer.state, answer.text]).toEqual(['HIT', kept.text]);
    expect(shown(answer).theme).toBe('system');
  });

  it.each(['theme=pink', 'theme=', 'theme=%', 'colour=dark', ''])('POST "%s": 400 and no cookie', async (form) => {
    const answer = await send(form);
    expect([answer.status, cookiesOf(answer)]).toEqual([400, []]);
  });

  it('a form of another site: 403 and no cookie; one of this site works', async () => {
    const answer = await send('visit=', { origin: 'https://evil.example' });
    expect([answer.status, cookiesOf(answer)]).toEqual([403, []]);
    expect((await send('visit=', { origin: site.url })).status).toBe(303);
  });

  it.each(['theme="><script>; visits=-1', 'theme=__proto__; visits=1e9', 'theme=%; visits=99999999', '=; ;;'])(
    'cookies that this site never set count for nothing: %s',
    async (cookie) => {
      const answer = await get('/settings', { cookie });
      expect([answer.status, shown(answer)]).toEqual([200, { theme: 'system', visits: 0 }]);
      expect(answer.text).not.toContain('<script>');
    },
  );
});

describe('the icon, in two sizes', { timeout: 60_000 }, () => {
  it.each([['small', 32], ['large', 180]])('NV-16: /icon/%s is drawn once, %d pixels wide', async (id, size) => {
    const [first, second] = await twice(`/icon/${id}`);
    expect([first.status, first.state, second.status, second.state]).toEqual([200, 'MISS', 200, 'HIT']);
    for (const { headers, text } of [first, second]) {
      expect(headers['content-type']).toBe('image/svg+xml');
      expect(text).toMatch(new RegExp(`^<svg xmlns="http://www\\.w3\\.org/2000/svg" width="${size}" height="${size}" [^]*</svg>$`));
    }
    expect(second.text).toBe(first.text);
    expect((await get(`/icon/${id}`, { 'if-none-match': second.headers.etag })).status).toBe(304);
  });

  it.each(['/icon/huge', '/icon/', '/icon', '/icon/small/x', '/icon/Small'])('%s: 404, and nothing is kept', async (path) => {
    for (const answer of await twice(path)) {
      expect([answer.status, answer.headers['cache-control']]).toEqual([404, expect.stringContaining('no-store')]);
      expect(answer.text).not.toContain('<svg');
    }
  });

  it.each(['/', '/posts/1', '/now', '/settings', '/posts/99', '/nothing'])('NV-20: the head of %s links both', async (path) => {
    const { text } = await get(path);
    const head = text.slice(0, text.indexOf('</head>'));
    const links = [...head.matchAll(/<link rel="icon"[^>]*>/g)].map(([tag]) => Object.fromEntries([...tag.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value])));
    expect(links).toEqual([
      { rel: 'icon', href: expect.stringMatching(/^\/icon\/small\b/), sizes: '32x32', type: 'image/svg+xml' },
      { rel: 'icon', href: expect.stringMatching(/^\/icon\/large\b/), sizes: '180x180', type: 'image/svg+xml' },
    ]);
    for (const { href, type } of links) {
      const image = await get(href);
      expect([image.status, image.headers['content-type']]).toEqual([200, type]);
    }
  });
});

describe('the 404 page', { timeout: 60_000 }, () => {
  const missing = (answer) => {
    expect([answer.status, answer.headers['x-robots-tag'], answer.headers['content-type']]).toEqual([404, 'noindex', 'text/html; charset=utf-8']);
    expect(answer.text).toMatch(/<title>Nothing here · Notes from the edge<\/title>[^]*<h1>Nothing here<\/h1>/);
  };

  it.each(['/posts/99', '/posts/7'])('NV-8: a post that is not there has it: %s, and it is kept', async (path) => {
    const [first, second] = await twice(path);
    for (const answer of [first, second]) missing(answer);
    expect([second.state, second.text]).toEqual(['HIT', first.text]);
  });

  it.each(['/nothing', '/posts', '/posts/1/2', '/api', '/robots.txt'])('NV-8: a path that nobody has, too: %s, and it is not kept', async (path) => {
    const [first, second] = await twice(path);
    for (const answer of [first, second]) {
      missing(answer);
      expect([answer.state, answer.headers['cache-control']]).toEqual([undefined, PRIVATE]);
    }
    expect(renderOf(second)).not.toBe(renderOf(first));
  });

  it('is for readers: a POST gets a word', async () => {
    const answer = await ask(site, '/nothing', { method: 'POST' });
    expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([404, 'text/plain; charset=utf-8', expect.stringMatching(/^Not Found/)]);
    const head = await ask(site, '/nothing', { method: 'HEAD' });
    expect([head.status, head.text, head.headers['x-robots-tag']]).toEqual([404, '', 'noindex']);
  });
});

describe('a bad revalidate request: 400 with a code and a message that names the field; nothing changed', { timeout: 60_000 }, () => {
  const rows = [
    ['an unknown profile', { tag: 'posts', profile: 'weekly-ish' }, /profile/],
    ['a profile that is no name and no object', { tag: 'posts', profile: 7 }, /profile/],
    ['an expire that is no number', { tag: 'posts', profile: { expire: '60' } }, /expire|profile/],
    ['an expire before revalidate', { tag: 'posts', profile: { expire: 5, revalidate: 10 } }, /expire/],
    ['an empty tag', { tag: '', profile: 'max' }, /tag/],
    ['a tag that is no string', { tag: 42, profile: 'max' }, /tag/],
    ['a tag that is null', { tag: null, profile: 'max' }, /tag/],
    ['a tag in a list', { tag: ['posts'], profile: 'max' }, /tag/],
    ['a 300-character tag', { tag: 't'.repeat(300), profile: 'max' }, /tag/],
    ['broken JSON', '{"tag":"posts"', /JSON|body/],
    ['no JSON at all', '', /JSON|body/],
    ['JSON that is no object', '["posts"]', /JSON|body|tag/],
    ['neither tag nor path', { profile: 'max' }, /tag.*path|path.*tag/],
    ['both tag and path', { tag: 'posts', path: '/', profile: 'max' }, /tag.*path|path.*tag/],
    ['a path without a leading slash', { path: 'posts/1' }, /path/],
    ['a path that is no string', { path: 1 }, /path/],
    ['an unknown type', { path: '/posts/[id]', type: 'rooute' }, /type/],
  ];

  const pages = ['/', '/posts/1', '/posts/2'];
  const kept = {};
  beforeEach(async () => {
    for (const path of pages) {
      await get(path);
      kept[path] = (await get(path)).text;
    }
  });

  it.each(rows)('%s', async (_name, order, field) => {
    const answer = await revalidate(order);
    expect([answer.status, answer.text]).toEqual([400, expect.any(String)]);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const { code, message } = JSON.parse(answer.text);
    expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect(message).toMatch(field);
    for (const path of pages) {
      const { state, text } = await get(path);
      expect([path, state]).toEqual([path, 'HIT']);
      expect(text).toBe(kept[path]);
    }
  });
});

describe('odd paths: never a 5xx', { timeout: 60_000 }, () => {
  const long = 'x'.repeat(3_000);
  const rows = [
    ['/posts/%', 'a lone percent sign'],
    ['/posts/%zz', 'an escape that is no hex'],
    ['/posts/%e0%a4', 'half a character'],
    ['/posts/%ff%fe', 'bytes that are no UTF-8'],
    ['/posts/%00', 'NUL'],
    ['/%00', 'NUL at the root'],
    [`/posts/${long}`, '3,000 characters'],
    [`/${long}`, '3,000 characters, no route'],
    [`/posts/${'%F0%9F%8D%8B'.repeat(250)}`, '3,000 characters of escapes'],
    ['/posts/..%2f', 'a folder up, escaped'],
    ['/posts/..%2f..%2f_freshtag%2fstats', 'two folders up, escaped'],
    ['/posts/../../etc/passwd', 'folders up'],
    ['/posts/1%2f2', 'an escaped slash'],
    ['/posts/%5c..%5c', 'backslashes, escaped'],
    ['/posts/\\..\\', 'backslashes'],
    ['//posts/1', 'two slashes'],
    ['//', 'only slashes'],
    ['/posts//1', 'an empty segment'],
    ['/posts/', 'a slash at the end'],
    ['/posts/1/', 'a slash after a post'],
    ['/posts/%20', 'a space'],
    ['/posts/a,b', 'a comma'],
    ['/posts/__proto__', 'a name that objects have'],
    ['/posts/constructor', 'another'],
    ['/posts/[id]', 'the pattern itself'],
    ['/posts/%5Bid%5D', 'the pattern, escaped'],
    ['/posts/%3Cscript%3E', 'markup'],
    ['/posts/1?%', 'a broken query'],
    [`/posts/1?q=${long}`, 'a long query'],
    ['/_N_T_/posts/1', 'the name of an implicit tag'],
    ['/_freshtag', 'the admin root'],
    ['/_freshtag/%', 'admin with a broken escape'],
    ['/_freshtag/tags/%zz', 'a tag with a broken escape'],
    [`/_freshtag/tags/${long}`, 'a tag of 3,000 characters'],
    ['/_freshtag/entries/%00', 'an entry named NUL'],
    ['/_freshtag/nothing', 'no such admin page'],
  ];

  it.each(rows)('%s', async (path) => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      for (let time = 0; time < 2; time++) {
        const answer = await ask(site, path, { method });
        expect([method, time, answer.status < 500, answer.status]).toEqual([method, time, true, answer.status]);
        expect(answer.headers['x-freshtag-error']).toBeUndefined();
        expect(answer.text).not.toContain('<script>');
      }
    }
  });

  it('GET /posts/99: 404', async () => {
    expect((await get('/posts/99')).status).toBe(404);
  });

  it('the site is still well', async () => {
    expect((await get('/posts/1')).status).toBe(200);
    expect(site.log()).not.toMatch(/unreachable|panicked|RuntimeError|Uncaught/);
  });
});

it('an admin request from another site or host is refused, and nothing changed', async () => {
  const [, kept] = await twice('/posts/1');
  const order = { method: 'POST', body: JSON.stringify({ path: '/posts/1' }) };
  const refused = [
    { 'content-type': 'application/json', origin: 'https://evil.example' },
    { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
    { 'content-type': 'application/json', host: 'evil.example' },
    { 'content-type': 'text/plain' },
  ];
  for (const headers of refused) {
    const answer = await ask(site, '/_freshtag/revalidate', { ...order, headers });
    expect([headers, answer.status >= 400 && answer.status < 500]).toEqual([headers, true]);
  }
  const after = await get('/posts/1');
  expect([after.state, after.text]).toEqual(['HIT', kept.text]);
}, 30_000);
