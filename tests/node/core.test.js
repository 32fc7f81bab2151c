// freshtag/core against the released `next` 16.4.6: rows by rule id. node/oracle.test.js has random inputs.
import { cacheControlHeader, resolveCacheLife, revalidatePathTags, routeCacheKey, validateTags } from 'freshtag/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { difference, report } from '../oracle/compare.js';
import * as keys from '../oracle/keys.js';
import * as lives from '../oracle/lives.js';
import * as next from '../oracle/next.js';
import * as tags from '../oracle/tags.js';

/** Both say the same, or differ as is meant. */
async function same(oracle, ...input) {
  const found = await difference(oracle, input);
  if (found?.rules.length === 0) expect.unreachable(report(oracle, found, 0));
}
/** The two differ as a rule of docs/differences.md says. */
async function differs(rule, oracle, ...input) {
  expect((await difference(oracle, input))?.rules).toContain(rule);
}

beforeEach(() => {
  for (const level of ['log', 'warn']) vi.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe('resolveCacheLife', () => {
  test.each([
    ...['default', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'max'].map((name) => ['CL-1', name]),
    ['CL-2', { stale: Infinity, revalidate: Infinity, expire: Infinity }],
    ['CL-2', 'x', { x: { expire: Infinity } }, { expireTime: Infinity, staleTimes: { static: Infinity } }],
    ['CL-3', {}, { default: {} }],
    ['CL-3', {}, { default: {} }, { expireTime: 77 }],
    ['CL-3', {}, undefined, { expireTime: 77 }],
    ['CL-3', {}, { default: { stale: 1, revalidate: 2, expire: 3 } }],
    ['CL-4', 'hours', undefined, { staleTimes: { static: 30 } }],
    ['CL-4', 'default', undefined, { staleTimes: { static: 30 } }],
    ['CL-5', 'days', { days: { stale: 1 } }],
    ['CL-6', { stale: false }],
    ['CL-6', { revalidate: false }],
    ['CL-6', { expire: false }],
    ['CL-6', { stale: null }],
    ['CL-6', { stale: '5' }],
    ['CL-6', { stale: NaN }],
    ['CL-6', { stale: -Infinity }],
    ['CL-6', { stale: -1, revalidate: 0, expire: 0.5 }],
    ['CL-6', 'x', { x: { stale: false } }],
    ['CL-6', 'max', { x: { stale: NaN } }],
    ['CL-7', { revalidate: 10, expire: 9 }],
    ['CL-7', { revalidate: 10, expire: 10 }],
    ['CL-7', { revalidate: Infinity, expire: 10 }],
    ['CL-8', { expire: 500, extra: false }],
    ['CL-8', {}, { default: { expire: 0 } }],
    ['CL-9', ' hours'],
    ['CL-9', 'blog'],
    ['CL-9', 'blog', { blog: { revalidate: 60 } }],
    ...[null, undefined, [], 5, true, {}].map((profile) => ['CL-9', profile]),
  ])('%s %j %j %j', (_rule, profile, profiles, options) => same(lives.life, profile, profiles, options));

  test('CL-9 a name of Object.prototype is an unknown profile', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      await differs('CL-9', lives.life, name);
      expect(() => resolveCacheLife(name)).toThrow(/Unknown `cacheLife\(\)` profile/);
    }
  });

  test('CL-6 a profile that is no object is refused', () => {
    for (const profile of [5, 'hours', true, null, undefined, () => {}]) {
      
      expect(() => resolveCacheLife('max', { x: profile })).toThrow(/cacheLife\.x must be an object/);
    }
  });

});

describe('cacheControlHeader', () => {
  test.each([
    [{ revalidate: 60, expire: 31536000 }],
    [{ revalidate: 900, expire: 3600 }],
    [{ revalidate: 60, expire: 60 }],
    [{ revalidate: 60, expire: 30 }],
    [{ revalidate: 60 }],
    [{ revalidate: false, expire: 60 }],
    [{ revalidate: false }],
    [{ revalidate: 0 }],
    [{ revalidate: 0, expire: 60 }],
    [{ revalidate: -0 }],
    [{ revalidate: 1.5 }],
    [{ revalidate: -5, expire: 10 }],
    [{ revalidate: 0.1, expire: 0.3 }],
    [{ revalidate: 5, expire: 4294967294 }],
    [{ revalidate: '5' }],
    [{}],
  ])('CL-21 V-5 %j', (life) => same(lives.header, life));

  test('CL-22 stale has no say', () => same(lives.header, { stale: 5, revalidate: 60, expire: 300 }));

  test('CL-21 a revalidate that is no number of seconds counts as a year', async () => {
    for (const revalidate of [NaN, Infinity]) {
      await differs('CL-21', lives.header, { revalidate });
      expect(cacheControlHeader({ revalidate })).toBe('s-maxage=31536000');
    }
  });

});

describe('validateTags', () => {
  test.each([
    ['TG-1', ['a', '', 5, null, undefined, {}, ['b'], 'c']],
    ['TG-1', ['x'.repeat(256), 'x'.repeat(257), '😀'.repeat(128), '😀'.repeat(129)]],
    ['TG-2', Array.from({ length: 128 }, (_, i) => `t${i}`)],
    ['TG-2', Array.from({ length: 130 }, (_, i) => `t${i}`)],
    ['TG-3', ['a', 'a', 'b', 'a']],
    ['TG-4', ['é', '\n', '日本 😀', '50 %', '%C3%A9', 'a,b/c[d]', '\t ~!', '\u0000\u007f']],
    ['TG-5', ['é'.repeat(256)]],
    ['TG-6', ['Posts', 'posts', ' posts ']],
  ])('%s %j', (_rule, list) => same(tags.list, list));

  test('TG-1 what is rejected is named with the reason', () => {
    const list = [5, 'x'.repeat(257)];
    const lines = [];
    vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
    next.validateTags(list);
    expect(validateTags(list).rejected.map(({ tag, reason }) => `tag: "${tag}" ${reason}`)).toEqual(lines);
  });

  test('TG-2 128 tags are kept, Next keeps 129', () => {
    const list = Array.from({ length: 130 }, (_, i) => `t${i}`);
    expect(next.validateTags(list)).toHaveLength(129);
    expect(validateTags(list).valid).toHaveLength(128);
    expect(validateTags(list).rejected.map(({ tag }) => tag)).toEqual(['t128', 't129']);
  });

  test('TG-4 a lone surrogate is no error', async () => {
    await differs('TG-4', tags.list, ['\ud800']);
    expect(() => next.validateTags(['\ud800'])).toThrow(URIError);
    expect(validateTags(['\ud800']).valid).toEqual(['%EF%BF%BD']);
  });

});

describe('implicitTags', () => {
  test.each([
    ['TG-9', '/a/b/page', '/a/b/'],
    ['TG-9', '/index/page', '/index'],
    ['TG-9', '/page', '/index'],
    ['TG-9', '/a//b/page', '/a//b'],
    ['TG-9', 'a/page', '/a'],
    ['TG-9', '/a/page/', '/a'],
    ['TG-9', '', ''],
    ['TG-9', '/é/page', '/é'],
    ['TG-9', '/@slot/page', '/'],
    ['TG-10', '/page', '/'],
    ['TG-10', '/blog/[slug]/page', '/blog/hello'],
    ['TG-10', '/(grp)/blog/page', '/blog'],
    ['TG-10', '/api/x/route', '/api/x'],
    ['TG-11', '/blog/[slug]/page', '/blog/hello'],
  ])('%s %j %j', (_rule, page, pathname) => same(tags.implicit, page, pathname));

});

describe('revalidatePathTags', () => {
  test.each([
    ['RV-7', 'x'.repeat(1024)],
    ['RV-7', 'x'.repeat(1025)],
    ['RV-7', '/blog/[slug]'],
    ['RV-7', '/blog', ''],
    ['RV-7', '/blog', 'anything'],
    ['RV-7', ''],
    ['RV-7', '//'],
    ['RV-7', '/index'],
    ['RV-7', '/é/'],
    ['RV-8', '/'],
    ['RV-8', '/', 'layout'],
    ['RV-8', '/', 'page'],
    ['RV-8', '/blog/'],
    ['RV-8', '/blog/[slug]', 'page'],
    ['RV-8', '/(g)/blog', 'page'],
    ['RV-8', 'blog'],
    ['RV-8', '/blog?x=1'],
  ])('%s %j %j', (_rule, path, type) => same(tags.path, path, type));

  test('RV-7 a type is encoded like the path', async () => {
    await differs('RV-7', tags.path, '/a', 'é');
    expect(revalidatePathTags('/a', 'é')).toEqual(['_N_T_/a/%C3%A9']);
  });

});

describe('unstableCacheKey', () => {
  test.each([
    ['V-2', 'x', ['a', 'b'], [1], ''],
    ['UN-2', 'async () => 1', [], [], ''],
    ['UN-2', 'async () => 1', undefined, [], ''],
    ['UN-2', 'x', ['a,b'], [undefined, NaN, new Date(0)], 'prefix'],
    ['UN-2', 'x', [1, null, undefined, true, ['a', 'b'], { a: 1 }], [], ''],
    ['UN-2', 'x\n"é"\u2028😀', ['\u0007'], ['\ud800', { é: 1 }], 'é'],
  ])('%s %j %j %j %j', (_rule, ...call) => same(keys.data, ...call));

});

describe('routeCacheKey', () => {
  test.each([
    ['V-2', 'APP_PAGE', '/page', '/'],
    ['IC-6', 'APP_PAGE', '/blog/[slug]/page', '/blog/a'],
    ['IC-6', 'APP_ROUTE', '/index/route', '/index'],
    ['IC-6', 'PAGES', '/index/a', '/index/a'],
    ['IC-6', 'PAGES', '/indexes', '/indexes'],
    ['IC-6', 'APP_PAGE', '/é/page', '/%C3%A9'],
    ['IC-6', 'APP_PAGE', '/a/page', '/a/'],
    ['IC-6', 'APP_PAGE', '/a/page', 'a'],
    ['IC-6', 'APP_PAGE', '/page', ''],
  ])('%s %j %j %j', (_rule, ...call) => same(keys.route, ...call));

  test('IC-6 a path is kept as it came, also where Next throws', async () => {
    for (const pathname of ['/a//b', '/a/../b', '/a/.', '/index/[id]']) {
      await differs('IC-6', keys.route, 'APP_PAGE', '/x/page', pathname);
      expect(routeCacheKey('APP_PAGE', '/x/page', pathname)).toMatch(/\/\$\//);
    }
    expect(() => next.routeCacheKey('APP_PAGE', '/x/page', '/a//b')).toThrow(/page mismatch/);
  });

});

test('RV-2 RV-3 RV-7 what next records is what the tags are taken from', () => {
  expect(next.recorded(() => next.revalidateTag('é', 'max'))).toEqual([['%C3%A9', 'max']]);
  expect(next.recorded(() => next.revalidatePath('/'))).toEqual(['_N_T_/', '_N_T_/index']);
});

