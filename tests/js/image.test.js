// Image routes and what the head of a page says of them (NV-15 to NV-24).
import { cached, cookies, headers, imageMetadata, imageTags, notFound } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const NO_ID = 'id property is required for every item returned from generateImageMetadata';
/** Says what it was given. */
const draw = async ({ params, id, ...rest }) => Response.json({ params: await params, id: await id, rest });
const page = { GET: async () => Response.json(await imageMetadata()) };
const tags = { GET: async () => new Response(await imageTags()) };
const many = (list) => ({ default: draw, generateImageMetadata: () => list });

describe('NV-21 the path of an image', () => {
  const rows = [
    ['/icon', '/icon'],
    ['/icon0', '/icon0'],
    ['/icon9', '/icon9'],
    ['/a/apple-icon', '/a/apple-icon'],
    ['/a/twitter-image3', '/a/twitter-image3'],
    ['/(post)/opengraph-image', '/opengraph-image-12m0p1'],
    ['/@slot/icon', '/icon-xxgbpy'],
    ['/blog/(post)/apple-icon', '/blog/apple-icon-d2ndry'],
    ['/@children/icon', '/icon'],
  ];
  test.each(rows)('%s is at %s', async (pattern, path) => {
    const { ask } = site({ [pattern]: { default: draw } });
    expect(await ask(path)).toMatchObject({ status: 200, text: '{"params":{},"rest":{}}' });
    if (pattern !== path) expect((await ask(pattern)).status).toBe(404);
    // With several there is an id.
    const several = site({ [pattern]: many([{ id: 'a' }]) });
    expect(await several.ask(`${path}/a`)).toMatchObject({ status: 200 });
    expect((await several.ask(path)).status).toBe(404);
  });

  test.each([['/icon10'], ['/icons'], ['/icon/a'], ['/my-icon'], ['/favicon'], ['/sitemap']])('%s is none', (pattern) => {
    expect(() => site({ [pattern]: { default: draw } })).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  });

  test('NV-15 a module with GET is a route handler', async () => {
    const { ask } = site({ '/icon': { GET: () => new Response('own'), default: draw } });
    expect(await ask('/icon')).toMatchObject({ text: 'own' });
  });

  test('NV-15 generateImageMetadata is a function', () => {
    expect(() => site({ '/icon': { default: draw, generateImageMetadata: [] } })).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  });
});

describe('NV-16 which image', () => {
  const list = [{ id: 'small' }, { id: 1 }, { id: 0 }, { id: 'a b' }, { id: '' }, { id: 'twice', alt: 1 }, { id: 'twice', alt: 2 }, {}, { id: 'behind' }];
  const rows = [
    ['NV-16 a text', 'small', 200],
    ['NV-17 a number is a string', '1', 200],
    ['NV-17 zero', '0', 200],
    ['NV-17 decoded', 'a%20b', 200],
    ['NV-18 the first of two', 'twice', 200],
    ['NV-16 behind one without an id', 'behind', 500],
    ['NV-16 none, behind one without an id', 'none', 500],
  ];
  test.each(rows)('%s: %s is %i', async (_name, id, status) => {
    const lines = silence();
    const { ask } = site({ '/icon': many(list) });
    const answer = await ask(`/icon/${id}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(JSON.parse(answer.text)).toEqual({ params: {}, id: decodeURIComponent(id), rest: {} });
    else expect(lines).toContain(NO_ID);
    expect((await ask(`/icon/${id}`, { method: 'HEAD' })).status).toBe(status);
  });

  test.each([[undefined], [null]])('NV-16 an id of %s', async (id) => {
    const lines = silence();
    expect((await site({ '/icon': many([{ id }]) }).ask('/icon/undefined')).status).toBe(500);
    expect(lines).toContain(NO_ID);
  });

  test('NV-16 no match is 404, the page of the app not asked', async () => {
    const { ask } = site({ '/icon': many([{ id: 'a' }]) }, { notFound: () => new Response('page') });
    const answer = await ask('/icon/b');
    expect(answer).toMatchObject({ status: 404, text: 'Not Found' });
    expect((await ask('/icon/b')).cache).not.toBe('HIT'); // there is no end of ids that are none
  });

  test('NV-16 notFound() in the image is that of any route', async () => {
    const { ask } = site({ '/icon': { default: () => notFound() } }, { notFound: () => new Response('page') });
    expect(await ask('/icon')).toMatchObject({ status: 404, text: 'page' });
  });

  test('NV-15 NV-16 params are resolved for the list, promised to the image, without the id', async () => {
    let given;
    const module = {
      default: async (props) => Response.json([props.params instanceof Promise, props.id instanceof Promise, await props.params, await props.id]),
      generateImageMetadata: async (props) => ((given = { ...props, awaited: await props.params }), [{ id: 1 }]),
    };
    const { ask } = site({ '/shop/[tag]/[item]/icon': module });
    expect((await ask('/shop/a%20b/2/icon/1')).text).toBe('[true,true,{"tag":"a b","item":"2"},"1"]');
    expect(given).toEqual({ params: { tag: 'a b', item: '2' }, awaited: { tag: 'a b', item: '2' } });
  });

  test('NV-15 a list that is none', async () => {
    const lines = silence();
    expect((await site({ '/icon': { default: draw, generateImageMetadata: () => ({}) } }).ask('/icon/a')).status).toBe(500);
    expect(lines.join()).toContain('generateImageMetadata of /icon must return an array');
  });

  test('NV-23 one image has no id', async () => {
    const module = { default: async (props) => Response.json([Object.keys(props), await props.params]) };
    expect((await site({ '/shop/[slug]/icon': module }).ask('/shop/1/icon')).text).toBe('[["params"],{"slug":"1"}]');
  });
});

describe('NV-16 what an image is sent as', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const stream = () => new Blob(['text']).stream();
  const rows = [
    ['a Response with a type', () => new Response('x', { headers: { 'content-type': 'image/webp' } }), {}, 'image/webp', null],
    ['a Response with a type, of a typed module', () => new Response('x', { headers: { 'content-type': 'image/webp' } }), { contentType: 'image/gif' }, 'image/webp', null],
    ['a Response without one', () => new Response(bytes), {}, null, null],
    ['a Response without one, of a typed module', () => new Response(bytes), { contentType: 'image/gif' }, 'image/gif', null],
    ['a Response that keeps its status', () => new Response(bytes, { status: 203 }), { contentType: 'image/gif' }, 'image/gif', null, 203],
    ['bytes', () => bytes, {}, 'image/png', 'nosniff'],
    ['a buffer', () => bytes.buffer, {}, 'image/png', 'nosniff'],
    ['text', async () => '<svg/>', { contentType: 'image/svg+xml' }, 'image/svg+xml', 'nosniff'],
    ['a stream', stream, { contentType: 'image/jpeg' }, 'image/jpeg', 'nosniff'],
    ['a Blob', () => new Blob(['x'], { type: 'image/avif' }), {}, 'image/avif', 'nosniff'],
    ['a Blob of a typed module', () => new Blob(['x'], { type: 'image/avif' }), { contentType: 'image/gif' }, 'image/gif', 'nosniff'],
    ['nothing', () => undefined, {}, 'text/plain; charset=utf-8', null, 500],
  ];
  test.each(rows)('%s', async (_name, render, module, type, sniff, status = 200) => {
    const { app, env } = site({ '/icon': { default: render, ...module } });
    const answer = await app.fetch(new Request('http://localhost/icon'), env);
    const { headers } = answer;
    expect([answer.status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([status, type, sniff]);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  test('the type of an item comes first', async () => {
    const module = { default: () => bytes, contentType: 'image/gif', generateImageMetadata: () => [{ id: 'a', contentType: 'image/webp' }, { id: 'b' }] };
    const { ask } = site({ '/icon': module });
    expect((await ask('/icon/a', { method: 'HEAD' })).header('content-type')).toBe('image/webp');
    expect((await ask('/icon/b', { method: 'HEAD' })).header('content-type')).toBe('image/gif');
  });
});

describe('NV-25 how long an image lives', () => {
  const counted = (more) => {
    let runs = 0;
    return { default: () => new Response(`image ${++runs}`), ...more };
  };
  const rows = [
    ['it says nothing', {}, ['MISS', 'HIT'], 's-maxage=31536000'],
    ['revalidate', { revalidate: 60 }, ['MISS', 'HIT'], 's-maxage=60, stale-while-revalidate=31535940'],
    ['revalidate 0', { revalidate: 0 }, [null, null], 'private, no-cache, no-store, max-age=0, must-revalidate'],
    ['force-dynamic', { dynamic: 'force-dynamic' }, [null, null], 'private, no-cache, no-store, max-age=0, must-revalidate'],
    ['it reads cookies', { default: async () => new Response(String((await cookies()).size)) }, [null, null], 'private, no-cache, no-store, max-age=0, must-revalidate'],
  ];
  test.each(rows)('%s', async (_name, more, caches, control) => {
    const { ask } = site({ '/icon': counted(more) });
    const answers = [await ask('/icon'), await ask('/icon')];
    expect(answers.map(({ cache }) => cache)).toEqual(caches);
    expect(answers[0].header('cache-control')).toBe(control);
  });
});

describe('NV-19 the list for a prerender', () => {
  const rows = [
    ['every id, as a string', '/icon', many([{ id: 1 }, { id: 'a b' }, { id: 0 }]), ['/icon/1', '/icon/a%20b', '/icon/0']],
    ['no id that no URL has', '/icon', many([{ id: '' }, { id: 'a' }]), ['/icon/a']],
    [
      'for each of its params',
      '/p/[id]/icon',
      { default: draw, generateStaticParams: () => [{ id: '1' }, { id: '2' }], generateImageMetadata: ({ params }) => [{ id: `of-${params.id}` }] },
      ['/p/1/icon/of-1', '/p/2/icon/of-2'],
    ],
    ['params that nobody lists', '/p/[id]/icon', many([{ id: 1 }]), []],
    ['one image, its params', '/p/[id]/icon', { default: draw, generateStaticParams: () => [{ id: '1' }] }, ['/p/1/icon']],
  ];
  test.each(rows)('%s', async (_name, pattern, module, paths) => {
    const { admin, ask } = site({ [pattern]: module });
    expect(JSON.parse((await admin('prerender', {})).text)).toEqual({ done: paths.length, next: null, total: paths.length, failed: [] });
    for (const path of paths) expect((await ask(path)).cache).toBe('HIT');
  });

  test('throws for an item without an id', async () => {
    const answer = await site({ '/icon': many([{ id: 1 }, {}]) }).admin('prerender', {});
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text).message).toBe(NO_ID);
  });

  test('throws for params that are no list', async () => {
    const answer = await site({ '/p/[id]/icon': { ...many([{ id: 1 }]), generateStaticParams: () => ({ id: '1' }) } }).admin('prerender', {});
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'INVALID_PARAMS' });
  });

  test('dynamicParams: false takes what is listed', async () => {
    const { ask } = site({ '/icon': { ...many([{ id: 1 }]), dynamicParams: false } });
    expect((await ask('/icon/1')).status).toBe(200);
    expect(await ask('/icon/2')).toMatchObject({ status: 404, text: 'Not Found', cache: null });
  });
});

describe('the head of a page', () => {
  const size = { width: 32, height: 16 };
  const entry = (kind, url, more) => ({ kind, type: 'image/png', url, ...more });
  const image = { default: draw };
  const og = 'http://localhost/opengraph-image';
  const rows = [
    ['NV-20 an icon', { '/icon': { ...image, size, alt: 'A', contentType: 'image/gif' } }, '/', [entry('icon', '/icon', { type: 'image/gif', sizes: '32x16', alt: 'A' })]],
    ['NV-20 an empty type', { '/icon': { ...image, contentType: '' } }, '/', [entry('icon', '/icon')]],
    ['NV-20 without a size', { '/apple-icon': image }, '/', [entry('apple', '/apple-icon')]],
    ['NV-20 numbers, a whole URL', { '/opengraph-image': { ...image, size } }, '/', [entry('openGraph', og, size)]],
    [
      'NV-20 each item, the module has no say',
      { '/icon': { ...many([{ id: 1, size, alt: 'A' }, { id: 'b', contentType: 'image/gif' }]), alt: 'own', size, contentType: 'image/webp' } },
      '/',
      [entry('icon', '/icon/1', { sizes: '32x16', alt: 'A' }), entry('icon', '/icon/b', { type: 'image/gif' })],
    ],
    ['NV-20 an empty id adds nothing', { '/icon': many([{ id: '' }]) }, '/', [entry('icon', '/icon')]],
    ['NV-20 an id as it is', { '/icon': many([{ id: 'é&' }]) }, '/', [entry('icon', '/icon/é&')]],
    ['NV-20 an id that would end the path', { '/icon': many([{ id: 'a/b?c#d%e f' }]) }, '/', [entry('icon', '/icon/a%2Fb%3Fc%23d%25e%20f')]],
    ['NV-18 both of two', { '/icon': many([{ id: 1 }, { id: 1 }]) }, '/', [entry('icon', '/icon/1'), entry('icon', '/icon/1')]],
    ['NV-21 of a group', { '/(post)/opengraph-image': image }, '/(post)/about', [entry('openGraph', `${og}-12m0p1`)]],
    ['NV-21 of a slot', { '/@slot/icon': image }, '/', [entry('icon', '/icon-xxgbpy')]],
    ['NV-22 params, encoded', { '/shop/[slug]/opengraph-image': image }, '/shop/[slug]', [entry('openGraph', 'http://localhost/shop/a%20b/opengraph-image')], '/shop/a%20b'],
    ['NV-22 of a segment above', { '/shop/[slug]/icon': image }, '/shop/[slug]/[item]', [entry('icon', '/shop/a%20b/icon')], '/shop/a%20b/2'],
    [
      'NV-15 the params of its own segments',
      { '/shop/[slug]/icon': { default: draw, generateImageMetadata: ({ params }) => [{ id: Object.entries(params).join() }] } },
      '/shop/[slug]/[item]',
      [entry('icon', '/shop/1/icon/slug,1')],
      '/shop/1/2',
    ],
    ['NV-24 in the order of elements', { '/icon': image, '/apple-icon': image, '/twitter-image': image, '/opengraph-image': image }, '/', [
      entry('openGraph', og), entry('twitter', 'http://localhost/twitter-image'), entry('icon', '/icon'), entry('apple', '/apple-icon'),
    ]],
    ['NV-24 by name', { '/icon2': image, '/icon1': image, '/icon': image }, '/', [entry('icon', '/icon'), entry('icon', '/icon1'), entry('icon', '/icon2')]],
    ['NV-24 the deepest of each kind', { '/icon': image, '/a/icon': image, '/a/b/icon': image, '/opengraph-image': image, '/a/opengraph-image': image, '/apple-icon': image }, '/a/b', [
      entry('openGraph', 'http://localhost/a/opengraph-image'), entry('icon', '/a/b/icon'), entry('apple', '/apple-icon'),
    ]],
    ['NV-24 not of a segment beside or below', { '/a/icon': image, '/b/icon': image, '/b/c/icon': image, '/(g)/icon': image, '/[x]/icon': image }, '/b', [entry('icon', '/b/icon')]],
    ['NV-24 none', {}, '/', []],
  ];
  test.each(rows)('%s', async (_name, routes, pattern, entries, path = pattern.replace('/(post)', '')) => {
    const { ask } = site({ [pattern]: { ...page, revalidate: 60 }, ...routes });
    const answer = await ask(path);
    expect(JSON.parse(answer.text)).toEqual(entries);
    // Saying its own address makes no page dynamic.
    expect(answer.cache).toBe('MISS');
    // And each of them is there.
    for (const { url } of entries) if (!/\/icon$|é/.test(url)) expect((await ask(new URL(url, 'http://localhost').pathname)).status).toBe(200);
  });

  test('NV-19 an item without an id throws', async () => {
    const lines = silence();
    expect((await site({ '/': page, '/icon': many([{ id: 1 }, {}]) }).ask('/')).status).toBe(500);
    expect(lines).toContain(NO_ID);
  });

  test.each([
    ['the option', { buildId: 'b1' }, {}, '?00597718'],
    ["the Worker's version", {}, { CF_VERSION_METADATA: { id: 'b1' } }, '?00597718'],
    ['the option before it', { buildId: 'b1' }, { CF_VERSION_METADATA: { id: 'other' } }, '?00597718'],
    ['nothing', {}, {}, ''],
  ])('NV-20 a build told by %s', async (_name, options, bindings, query) => {
    const { json } = site({ '/': page, '/icon': many([{ id: 1 }]), '/apple-icon': { default: draw } }, options, bindings);
    expect((await json('/')).map(({ url }) => url)).toEqual([`/icon/1${query}`, `/apple-icon${query}`]);
  });

  test('NV-24 elements', async () => {
    const social = { default: draw, alt: '"Tom" & <Jerry\'s>', size: { width: 1200, height: 630 }, contentType: 'image/jpeg' };
    const { ask } = site({
      '/': tags,
      '/opengraph-image': social,
      '/twitter-image': social,
      '/icon': { default: draw, size, alt: '<' },
      '/apple-icon': many([{ id: '"><script>' }]),
    });
    expect((await ask('/')).text).toBe(
      [
        '<meta property="og:image" content="http://localhost/opengraph-image"/>',
        '<meta property="og:image:type" content="image/jpeg"/>',
        '<meta property="og:image:width" content="1200"/>',
        '<meta property="og:image:height" content="630"/>',
        '<meta property="og:image:alt" content="&quot;Tom&quot; &amp; &lt;Jerry&#x27;s&gt;"/>',
        '<meta name="twitter:image" content="http://localhost/twitter-image"/>',
        '<meta name="twitter:image:alt" content="&quot;Tom&quot; &amp; &lt;Jerry&#x27;s&gt;"/>',
        '<meta name="twitter:image:type" content="image/jpeg"/>',
        '<meta name="twitter:image:width" content="1200"/>',
        '<meta name="twitter:image:height" content="630"/>',
        '<link rel="icon" href="/icon" alt="&lt;" type="image/png" sizes="32x16"/>',
        '<link rel="apple-touch-icon" href="/apple-icon/&quot;&gt;&lt;script&gt;" type="image/png"/>',
      ].join(''),
    );
  });

  test('NV-15 what the list reads of the visitor is read by the page', async () => {
    const icon = { default: draw, generateImageMetadata: async () => [{ id: (await headers()).get('x-own') }] };
    const { ask } = site({ '/': { ...page, revalidate: 60 }, '/icon': icon });
    expect(await ask('/', { headers: { 'x-own': 'a' } })).toMatchObject({ status: 200, cache: null });
  });

  test.each([['imageMetadata', imageMetadata], ['imageTags', imageTags]])('UC-35 %s() is not for a cached function, nor outside', async (name, call) => {
    const lines = silence();
    const read = cached(async () => call(), { id: 'head' });
    expect((await site({ '/': { GET: async () => Response.json(await read()) } }).ask('/')).status).toBe(500);
    expect(lines.join()).toContain(`\`${name}()\` can't be read inside \`"use cache"\``);
    await expect(call()).rejects.toThrow(`\`${name}\` was called outside a request scope`);
  });

  test('NV-15 nor for generateStaticParams', async () => {
    const { admin } = site({ '/[id]': { ...page, revalidate: 60, generateStaticParams: imageMetadata } });
    expect((await admin('prerender', {})).text).toContain('used `imageMetadata()` inside `generateStaticParams`');
  });
});
