// cached(), unstable_cache() and cache() (UC-*, UN-*).
import { cache, cached, cacheLife, cacheTag, headers, revalidateTag, unstable_cache } from 'freshtag';
import { unstableCacheKey } from 'freshtag/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { inHandler, silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

/** An app with one POST page that runs `code`, so that only the data cache is in play. */
function data(code) {
  const { ask, ...rest } = site({ '/': { POST: async () => Response.json((await code()) ?? null) } });
  return { ...rest, run: async () => JSON.parse((await ask('/', { method: 'POST' })).text || 'null') };
}

describe('cached', () => {
  test('UC-16 runs once per arguments', async () => {
    let runs = 0;
    const read = cached(async (a, b) => ({ a, b, run: ++runs }), { id: 'once' });
    const { run } = data(async () => [await read(1, { x: [2] }), await read(1, { x: [2] }), await read(2)]);
    expect(await run()).toEqual([{ a: 1, b: { x: [2] }, run: 1 }, { a: 1, b: { x: [2] }, run: 1 }, { a: 2, run: 2 }]);
    expect((await run())[0].run).toBe(1);
  });

  test('UC-32 opaque values pass through by position and are no part of the key', async () => {
    let runs = 0;
    const read = cached(async (n, onEnd, db) => ({ n, runs: ++runs, onEnd, db }), { id: 'opaque' });
    class Db {
      #secret = 1;
    }
    const { run } = data(async () => {
      const [one, two, db] = [() => 1, () => 2, new Db()];
      const first = await read(1, one, db);
      const second = await read(1, two, db);
      return [first.onEnd === one, second.onEnd === two, second.runs, second.db === db];
    });
    expect(await run()).toEqual([true, true, 1, true]);
  });

  test.each(['', '<p title="a">\\</p>', '\u2028\0\ud800', '{"a":[1]}', '-1', 'x', null, [], ['x'], [[]], -1, new Date(0)])('UC-27 %j is the same when it is read again', async (value) => {
    let runs = 0;
    const read = cached(async () => (runs++, value), { id: 'alone' });
    const { run } = data(async () => [await read(), await read()]);
    expect([...(await run()), runs]).toEqual([...JSON.parse(JSON.stringify([value, value])), 1]);
  });

  test('UC-27 values keep their types', async () => {
    const bytes = new Uint8Array([0, 1, 2, 3]);
    const values = {
      date: new Date(5),
      map: new Map([[1, new Set(['a'])]]),
      big: 2n ** 70n,
      url: new URL('https://example.com/a'),
      bytes: bytes.subarray(1, 3),
      buffer: bytes.buffer,
      undefined,
      nan: NaN,
      re: /a/g,
      later: Promise.resolve('later'),
    };
    const read = cached(async () => values, { id: 'types' });
    const { run } = data(async () => {
      await read();
      const back = await read();
      return [
        back.date.getTime(),
        [...back.map.get(1)],
        String(back.big),
        back.url.href,
        [...back.bytes],
        back.bytes.buffer.byteLength,
        back.buffer.byteLength,
        'undefined' in back,
        Number.isNaN(back.nan),
        back.re.flags,
        await back.later,
      ];
    });
    expect(await run()).toEqual([5, ['a'], String(2n ** 70n), 'https://example.com/a', [1, 2], 2, 4, true, true, 'g', 'later']);
  });

  test.each([
    ['a function', () => () => {}],
    ['an instance', () => new (class Post { id = 1; })()],
    ['a Response', () => new Response()],
    ['an Error', () => new Error('x')],
  ])('a result with %s is an error that says so', async (_name, make) => {
    const read = cached(async () => ({ value: make() }), { id: `result ${_name}` });
    expect((await inHandler(() => read())).code).toBe('NOT_SERIALIZABLE');
  });

  test('an argument whose fields would not be in the key is refused', async () => {
    const read = cached(async (user) => user.id, { id: 'user' });
    class User {
      constructor(id) {
        this.id = id;
      }
    }
    expect(await inHandler(() => read(new User(1)))).toMatchObject({ code: 'NOT_SERIALIZABLE', error: expect.stringMatching(/"user".*\(User\)/) });
  });

  test('UC-25 errors are not cached', async () => {
    let runs = 0;
    const read = cached(async () => {
      if (++runs === 1) throw new Error('boom');
      return runs;
    }, { id: 'errors' });
    const { run } = data(async () => [await read().catch((error) => error.message), await read(), await read()]);
    expect(await run()).toEqual(['boom', 2, 2]);
  });

  test('two functions with one key tell their ids apart', async () => {
    const a = cached(async () => 'a', { id: 'a' });
    const b = cached(async () => 'b', { id: 'b' });
    const { run } = data(async () => [await a(), await b(), await a()]);
    expect(await run()).toEqual(['a', 'b', 'a']);
  });

  test('CL-14 tags of nested calls reach the outer entry', async () => {
    let runs = 0;
    const inner = cached(async () => (cacheTag('inner'), 'value'), { id: 'inner' });
    const outer = cached(async () => (cacheLife('max'), `${await inner()} ${++runs}`), { id: 'outer' });
    let revalidate = false;
    const { run } = data(async () => {
      if (revalidate) await revalidateTag('inner', { expire: 0 });
      return outer();
    });
    expect([await run(), await run()]).toEqual(['value 1', 'value 1']);
    revalidate = true;
    expect(await run()).toBe('value 2');
  });

  test('TG-1 bad tags are dropped with a warning', async () => {
    const lines = silence();
    const read = cached(async () => (cacheTag('good', 5, 'x'.repeat(257)), 1), { id: 'bad tags' });
    await data(() => read()).run();
    expect(lines).toEqual(
      expect.arrayContaining([
        'Warning: invalid tags passed to `cacheTag()`: ',
        'tag: "5" invalid type, must be a string',
        `tag: "${'x'.repeat(257)}" exceeded max length of 256`,
      ]),
    );
  });

  test.each([['an unknown name', 'blogg', /Unknown `cacheLife\(\)` profile "blogg"/], ['null', null, /Invalid `cacheLife\(\)` option/], ['false', { revalidate: false }, /Infinity/]])(
    'CL-9 cacheLife(%s) throws',
    async (_name, profile, message) => {
      const read = cached(async () => cacheLife(profile), { id: `life ${_name}` });
      expect((await inHandler(() => read())).error).toMatch(message);
    },
  );

  test.each([[undefined], [{}], [{ id: '' }], [{ id: 1 }]])('options %j are refused when it is made', (options) => {
    expect(() => cached(async () => 1, options)).toThrow(/id must be a non-empty string/);
  });
});

describe('unstable_cache', () => {
  test.each([
    ['UN-1', 0, /Invariant revalidate: 0 can not be passed to unstable_cache\(\)/],
    ['UN-1', -1, /Invalid revalidate value "-1"/],
    ['UN-1', NaN, /Invalid revalidate value "NaN"/],
    ['UN-1', '5', /Invalid revalidate value "5"/],
    ['UN-1', null, /Invalid revalidate value "null"/],
    ['UN-1', -0.5, null],
    ['UN-1', false, null],
    ['UN-1', Infinity, null],
    ['UN-1', undefined, null],
  ])('%s revalidate %s', (_rule, revalidate, error) => {
    const make = () => unstable_cache(async () => 1, [], { revalidate });
    if (error) expect(make).toThrow(error);
    else make();
  });

  test('UN-2 the key is source, key parts and JSON of the arguments', async () => {
    expect(unstableCacheKey('x', ['a', 'b'], [1], '')).toBe('a8073fd92f5dfc2f84d9381aee196b1f321d6e543b6d3a7ab1cbdb8c2098a025');
    let runs = 0;
    const make = (parts) => unstable_cache(async (n) => `${n} ${++runs}`, parts, { tags: ['t'] });
    const { run } = data(async () => [await make(['a'])(1), await make(['a'])(1), await make(['b'])(1), await make(['a'])(2)]);
    expect(await run()).toEqual(['1 1', '1 1', '1 2', '2 3']);
  });

  test('UN-3 what is read back is JSON, and undefined is undefined', async () => {
    const date = unstable_cache(async () => new Date(0), ['date']);
    const nothing = unstable_cache(async () => {}, ['nothing']);
    const { run } = data(async () => {
      await Promise.all([date(), nothing()]);
      return [typeof (await date()), (await nothing()) === undefined];
    });
    expect(await run()).toEqual(['string', true]);
  });

  test('UC-25 an error on a miss propagates and is not stored', async () => {
    let runs = 0;
    const read = unstable_cache(async () => {
      if (++runs === 1) throw new Error('boom');
      return runs;
    }, ['error']);
    const { run } = data(async () => [await read().catch((error) => error.message), await read()]);
    expect(await run()).toEqual(['boom', 2]);
  });

  test('UN-8 its tags and life reach the route', async () => {
    let runs = 0;
    const read = unstable_cache(async () => ++runs, ['life'], { revalidate: 60, tags: ['quote'] });
    const { ask, admin } = site({ '/': { GET: async () => new Response(String(await read())) } });
    const first = await ask('/');
    expect(first).toMatchObject({ cache: 'MISS', text: '1' });
    expect(first.header('cache-control')).toMatch(/^s-maxage=60,/);
    expect(await ask('/')).toMatchObject({ cache: 'HIT', text: '1' });
    await admin('revalidate', { tag: 'quote', profile: { expire: 0 } });
    expect(await ask('/')).toMatchObject({ cache: 'MISS', text: '2' });
  });
});

describe('cache', () => {
  test('remembers by identity for one request, errors too', async () => {
    let runs = 0;
    const read = cache((key) => {
      runs++;
      if (key === 'bad') throw new Error('bad');
      return { key };
    });
    const object = {};
    const { run } = data(async () => {
      runs = 0;
      const same = read(object) === read(object) && read('a') === read('a') && read(NaN) === read(NaN);
      const errors = [1, 2].map(() => {
        try {
          read('bad');
        } catch (error) {
          return error;
        }
      });
      return [same, read({}) === read({}), errors[0] === errors[1], runs];
    });
    expect(await run()).toEqual([true, false, true, 6]);
    expect(await run()).toEqual([true, false, true, 6]);
  });

  test('outside a request it just calls', () => {
    const read = cache(() => ({}));
    expect(read()).not.toBe(read());
  });

  test('what a request remembered does not reach a cached function', async () => {
    const visitor = cache(async () => (await headers()).get('x-visitor'));
    const stored = cached(async () => visitor(), { id: 'memo leak' });
    const { error } = await inHandler(async () => (await visitor(), stored()), { init: { headers: { 'x-visitor': 'ada' } } });
    expect(error).toMatch(/`headers\(\)` can't be read inside/);
  });
});

test('UN-4 an unstable_cache directly inside another reads nothing that is stored', async () => {
  let runs = 0;
  const inner = unstable_cache(async () => ++runs, ['un-4-inner']);
  const outer = unstable_cache(async () => [await inner()], ['un-4-outer'], { tags: ['un-4'] });
  const { run } = data(async () => [await inner(), await outer(), await inner()]);
  expect(await run()).toEqual([1, [2], 2]);
});
