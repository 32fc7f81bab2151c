// fetchCacheKey gives Next's keys (FE-13, V-1); node/oracle.test.js has random requests.
import { fetchCacheKey } from 'freshtag/core';
import { describe, expect, test } from 'vitest';

import { nextKey } from '../oracle/fetches.js';

const url = 'https://a.com/';

describe('V-1', () => {
  const post = (body) => ({ method: 'POST', body });
  test.each([
    ['nothing', undefined, '820db13f66946080329b755d56a7bb9a1aafc93a664c18a0f97b2320477e4b25'],
    ['next alone', { next: { tags: ['a'], revalidate: 1 } }, '820db13f66946080329b755d56a7bb9a1aafc93a664c18a0f97b2320477e4b25'],
    ['traceparent', { headers: { traceparent: '1' } }, '820db13f66946080329b755d56a7bb9a1aafc93a664c18a0f97b2320477e4b25'],
    ['force-cache', { cache: 'force-cache' }, 'd665b940860e2e4ff6cc31a4741ea2065f985ad04e2ceabd83c8c7fbf8d5c5e7'],
    ['a header', { headers: { 'X-A': '1' } }, '32430cd34376bd06405438f8daa26410d758b302ac1a186483eaf22b6e79aef1'],
    ['one in lower case', { headers: { 'x-a': '1' } }, 'a191592d58685e3ccd690097aa79d2ed3ca15557c6ead1e725da59982c7f147d'],
    ['Headers', { headers: new Headers({ 'X-A': '1' }) }, 'a191592d58685e3ccd690097aa79d2ed3ca15557c6ead1e725da59982c7f147d'],
    ['pairs', { headers: [['x-a', '1']] }, 'a191592d58685e3ccd690097aa79d2ed3ca15557c6ead1e725da59982c7f147d'],
    ['Traceparent', { headers: { Traceparent: '1' } }, 'b3b9a93ee1dace7d72730ad5a7cd11248640f81bc4f8db7c7f603658a3f32927'],
    ['a text', post('abc'), '3d97cf21a1ce0769131618c772e5e6e9b97792c5ec25d7cc61f2fb2f03f36b6f'],
    ['bytes', post(new TextEncoder().encode('abc')), '7d03de6692f0b92eaec3cf0060e8d2475303d2bad3950061c7914c3cac0d4f49'],
    ['parameters', post(new URLSearchParams('a=1&b=2')), '979d474a9d5a4c7ae38b1a0fe858db80e8926351aa4d5f5c11aeb11f214184c6'],
    ['a Blob', post(new Blob(['abc'], { type: 'text/x' })), 'affe88e63c310e1713716bfd7b44e3dfd3e02e65eb445bb82ef8b0eaaa2e77ec'],
  ])('%s', async (_what, init, key) => {
    expect(await fetchCacheKey(url, init)).toBe(key);
    expect(await nextKey(url, init)).toBe(key);
  });

  test('a Request', async () => {
    const [major] = process.versions.node.split('.').map(Number);
    const key = await fetchCacheKey(new Request(url));
    if (major === 20) expect(key).toBe('da619ae4618ab4c75e9aeaac3ff6c062e1a37c6d50fcc08d13e92042e91ff255');
    expect(key).toBe(await nextKey(new Request(url)));
  });
});

test('T7 what is said beside a Request counts', async () => {
  const request = () => new Request(url, { method: 'POST', body: 'a', headers: { a: '1' } });
  const inits = [undefined, { body: 'b' }, { headers: { a: '2' } }, { method: 'PUT' }, { cache: 'no-store' }, { redirect: 'manual' }];
  const keys = await Promise.all(inits.map((init) => fetchCacheKey(request(), init)));
  expect(new Set(keys).size).toBe(inits.length);
  expect(keys).toEqual(await Promise.all(inits.map((init) => nextKey(request(), init))));
  const kept = request();
  await fetchCacheKey(kept);
  expect(await kept.text()).toBe('a');
});

test.each([[5], [true], [{}], [{ then() {} }]])('a body that is none: %j', async (body) => {
  await expect(fetchCacheKey(url, { body })).rejects.toThrow(/^Unsupported body type: /);
  await expect(nextKey(url, { body })).rejects.toThrow(/^Unsupported body type: /);
});
