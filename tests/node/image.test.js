// Paths and elements of images, against Next's own functions (NV-16, NV-20 to NV-24).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createApp, imageMetadata, imageTags } from 'freshtag';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { djb2, imageRoute } from '../../js/image.js';

const require = createRequire(import.meta.url);
const dist = (path) => require(`next/dist/${path}`);
const { AsyncLocalStorage } = require('node:async_hooks');
globalThis.AsyncLocalStorage ??= AsyncLocalStorage;
const { fillMetadataSegment, normalizeMetadataRoute } = dist('lib/metadata/get-metadata-route');
const { createMetadataElements } = dist('lib/metadata/metadata-elements');
const { createDefaultMetadata } = dist('lib/metadata/default-metadata');
const { renderToStaticMarkup } = require('react-dom/server');

beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => {}));

const image = { default: () => new Response() };
const get = async (app, path) => (await app.fetch(new Request(`https://example.com${path}`))).text();

describe('NV-21 paths', () => {
  const rows = ['/icon', '/(post)/opengraph-image', '/@slot/icon', '/blog/(post)/apple-icon', '/(a)/(b)/icon1', '/a/@b/(c)/twitter-image9', '/()/icon', '/(a)b/icon', '/@children/icon', '/@childrens/icon'];
  test.each(rows)('%s', (pattern) => {
    const expected = normalizeMetadataRoute(pattern)
      .replace(/\/route$/, '')
      .replace(/\/@[^/]+/g, '');
    expect(imageRoute(pattern, image).pattern).toBe(expected);
  });

  test.each([['a'], ['/(post)'], ['é日本'], ['x'.repeat(1000)], ['']])('djb2 of %j', (text) => {
    expect(djb2(text)).toBe(dist('shared/lib/hash').djb2Hash(text));
  });
});

describe('NV-20 NV-22 addresses in a head', () => {
  const rows = [
    ['', 'icon', '/', '/'],
    ['/shop/[slug]', 'icon', '/shop/[slug]', '/shop/a%20b'],
    ['/shop/[slug]', 'icon2', '/shop/[slug]', "/shop/%C3%A9!'()*"],
    ['/shop/(g)/[slug]', 'apple-icon', '/shop/(g)/[slug]', '/shop/1'],
    ['/()/(é)', 'icon', '/()/(é)/b', '/b'],
    ['/@children', 'icon', '/', '/'],
    ['/[a]/x', 'icon', '/[a]/x/[b]', '/a%2Fb/x/2'],
    ['/[a]/x', 'icon', '/[a]/x/[...rest]', '/$&/x/2/3'],
  ];
  test.each(rows)('%s/%s on %s', async (segment, name, pattern, path) => {
    let params;
    const GET = async (_request, context) => ((params = await context.params), Response.json(await imageMetadata()));
    const app = createApp({ routes: { [pattern]: { GET }, [`${segment}/${name}`]: image } });
    const [{ url }] = JSON.parse(await get(app, path));
    expect(url).toBe(fillMetadataSegment(segment || '/', params, name, false));
  });
});

test('NV-16 the error is that of Next', () => {
  const loader = readFileSync(require.resolve('next/dist/build/webpack/loaders/next-metadata-route-loader'), 'utf8');
  const ours = readFileSync(new URL('../../js/image.js', import.meta.url), 'utf8');
  const [, message] = /throw new Error\('(id property [^']+)'\)/.exec(ours);
  expect(loader).toContain(`throw new Error('${message.replace('every item returned from generateImageMetadata', '')}`);
  expect(loader).toContain(message);
});

describe('NV-24 elements', () => {
  const size = { width: 1200, height: 630 };
  const full = { ...image, size, alt: '<"A" & \'b\'>', contentType: 'image/jpeg' };
  const rows = [
    ['one of each', { '/icon': full, '/apple-icon': full, '/opengraph-image': full, '/twitter-image': full }],
    ['nothing said', { '/icon': image, '/apple-icon': image, '/opengraph-image': image, '/twitter-image': image }],
    ['an empty alt', { '/icon': { ...image, alt: '' }, '/opengraph-image': { ...image, alt: '' }, '/twitter-image': image }],
    ['a size of nothing', { '/icon': { ...image, size: { width: 0, height: 0 } }, '/opengraph-image': { ...image, size: { width: 0, height: 0 } }, '/twitter-image': image }],
    ['several', {
      '/icon': { ...image, generateImageMetadata: () => [{ id: 1, size }, { id: 'b&', alt: 'b' }] },
      '/icon1': image,
      '/opengraph-image': { ...image, generateImageMetadata: () => [{ id: 1, size }, { id: 2, alt: 'b' }] },
      '/twitter-image': image,
    }],
  ];
  test.each(rows)('%s', async (_name, routes) => {
    let entries;
    const GET = async () => ((entries = await imageMetadata()), new Response(await imageTags()));
    const tags = await get(createApp({ routes: { '/': { GET }, ...routes } }), '/');

    const of = (wanted) => entries.filter(({ kind }) => kind === wanted).map(({ kind, ...entry }) => entry);
    const metadata = {
      ...createDefaultMetadata(),
      openGraph: { images: of('openGraph') },
      twitter: { card: 'summary', images: of('twitter') },
      icons: { icon: of('icon'), apple: of('apple') },
    };
    const elements = createMetadataElements(metadata).flat().map((element) => renderToStaticMarkup(element));
    const expected = elements.filter((text) => /^<link|^<meta (?:property="og:image|name="twitter:image)/.test(text));
    expect(tags).toBe(expected.join(''));
  });
});
