// freshtag/core against the released `next` 16.4.6: rows by rule id, then random inputs.
import { readFileSync } from 'node:fs';
import {
  cacheControlHeader,
  implicitTags,
  resolveCacheLife,
  revalidatePathTags,
  routeCacheKey,
  unstableCacheKey,
  validateTags,
} from 'freshtag/core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import * as next from '../oracle/next.js';
import { forAWhile, seconds, seed } from '../oracle/random.js';

/**
 * Every difference that is meant. The key is a rule that docs/differences.md has a row for; `when` says for which
 * inputs; what we do there is in the rows below.
 */
const ACCEPTED = {
  'CL-9': (name) => typeof name === 'string' && name in Object.prototype,
  'CL-6': (profiles) => Object.values(profiles ?? {}).some((profile) => typeof profile !== 'object' || profile === null),
  'CL-21': ({ revalidate, expire }) => [revalidate, expire].some((n) => typeof n === 'number' && (!Number.isFinite(n) || (n !== 0 && Math.abs(n) < 1e-5))),
  'TG-2': (list) => list.filter((tag) => typeof tag === 'string' && tag.length <= 256).length > 128,
  'TG-4': (...texts) => texts.some((text) => typeof text === 'string' && !text.isWellFormed()),
  'RV-7': (path, type) => /[^\t -~]/.test(type ?? ''),
  'IC-6': (pathname) => /\/\/|(^|\/)\.\.?(\/|$)/.test(pathname) || (/^\/index\//.test(pathname) && /\/\[[^/]+\](\/|$)/.test(pathname)),
};
const differs = new Set();
const accepted = (rule, ...input) => {
  const yes = ACCEPTED[rule](...input);
  if (yes) differs.add(rule);
  return yes;
};

/** What a call comes to: its value, or that it throws. */
const outcome = (call) => {
  try {
    return { value: call() };
  } catch {
    return 'throws';
  }
};

vi.setConfig({ testTimeout: 10_000 + seconds * 2_000 });

beforeEach(() => {
  for (const level of ['log', 'warn']) vi.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => console.info(`seed ${seed} (SEED=${seed} repeats this run)`));

test('the oracle is the release that the rules were read from', () => {
  expect(next.version).toBe('16.4.6');
});

describe('resolveCacheLife', () => {
  const same = async (profile, profiles, options) => {
    const theirs = await next.profilesOf(profiles, options).then(
      (resolved) => outcome(() => next.resolveCacheLife(profile, resolved)),
      () => 'throws',
    );
    const ours = outcome(() => resolveCacheLife(profile, profiles, options));
    expect(ours, `resolveCacheLife(${show(profile)}, ${show(profiles)}, ${show(options)}), seed ${seed}`).toEqual(theirs);
  };

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
  ])('%s %j %j %j', (_rule, profile, profiles, options) => same(profile, profiles, options));

  test('CL-9 a name of Object.prototype is an unknown profile', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(accepted('CL-9', name)).toBe(true);
      expect(() => resolveCacheLife(name)).toThrow(/Unknown `cacheLife\(\)` profile/);
    }
  });

  test('CL-6 a profile that is no object is refused', () => {
    for (const profile of [5, 'hours', true, null, undefined, () => {}]) {
      expect(accepted('CL-6', { x: profile })).toBe(true);
      expect(() => resolveCacheLife('max', { x: profile })).toThrow(/cacheLife\.x must be an object/);
    }
  });

  test('CL-5 to CL-9 random profiles', async () => {
    const numbers = [undefined, undefined, 0, 1, 30, 300, 900, 3600, 1.5, -1, 4294967294, Infinity, 31536000];
    const odd = [false, null, '5', NaN, -Infinity, true, {}, -0];
    const names = ['default', 'seconds', 'hours', 'max', 'blog', ' blog', 'blog ', '', 'Hours', 'ä', 'default '];
    const count = await forAWhile(async (any) => {
      const life = () => {
        const made = {};
        for (const field of ['stale', 'revalidate', 'expire', 'extra']) {
          const value = any.chance(0.03) ? any.pick(odd) : any.pick(numbers);
          if (value !== undefined || any.chance(0.2)) made[field] = value;
        }
        return made;
      };
      const profiles = any.chance(0.3) ? undefined : Object.fromEntries(any.many(3, () => [any.pick(names), life()]));
      const options = any.chance(0.5) ? undefined : { expireTime: any.pick(numbers), staleTimes: { static: any.pick(numbers) } };
      await same(any.chance(0.6) ? any.pick(names) : life(), profiles, options);
    });
    expect(count).toBeGreaterThan(50);
  });
});

describe('cacheControlHeader', () => {
  const same = (life) => expect(cacheControlHeader(life), `${show(life)}, seed ${seed}`).toBe(next.getCacheControlHeader(life));

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
  ])('CL-21 V-5 %j', same);

  test('CL-22 stale has no say', () => same({ stale: 5, revalidate: 60, expire: 300 }));

  test('CL-21 a revalidate that is no number of seconds counts as a year', () => {
    for (const revalidate of [NaN, Infinity]) {
      expect(accepted('CL-21', { revalidate })).toBe(true);
      expect(cacheControlHeader({ revalidate })).toBe('s-maxage=31536000');
    }
  });

  test('CL-21 random lifetimes', async () => {
    const count = await forAWhile((any) => {
      const seconds = () =>
        any.pick([any.below(2 ** 32), any.below(100), any.below(1e6) / 1000, -any.below(100), any.next() * 1e6, any.next(), any.below(2 ** 53)]);
      const life = { revalidate: any.chance(0.1) ? false : seconds() };
      if (any.chance(0.8)) life.expire = seconds();
      if (!accepted('CL-21', life)) same(life);
    });
    expect(count).toBeGreaterThan(1000);
  });
});

describe('validateTags', () => {
  const same = (list) => {
    const theirs = outcome(() => next.validateTags(list));
    const ours = outcome(() => validateTags(list).valid);
    if (accepted('TG-2', list)) {
      expect(ours.value.length, 'TG-2').toBe(128);
      theirs.value.length = Math.min(theirs.value.length, 128);
    }
    expect(ours, `validateTags(${show(list)}), seed ${seed}`).toEqual(theirs);
  };

  test.each([
    ['TG-1', ['a', '', 5, null, undefined, {}, ['b'], 'c']],
    ['TG-1', ['x'.repeat(256), 'x'.repeat(257), '😀'.repeat(128), '😀'.repeat(129)]],
    ['TG-2', Array.from({ length: 128 }, (_, i) => `t${i}`)],
    ['TG-2', Array.from({ length: 130 }, (_, i) => `t${i}`)],
    ['TG-3', ['a', 'a', 'b', 'a']],
    ['TG-4', ['é', '\n', '日本 😀', '50 %', '%C3%A9', 'a,b/c[d]', '\t ~!', '\u0000\u007f']],
    ['TG-5', ['é'.repeat(256)]],
    ['TG-6', ['Posts', 'posts', ' posts ']],
  ])('%s %j', (_rule, list) => same(list));

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

  test('TG-4 a lone surrogate is no error', () => {
    expect(accepted('TG-4', '\ud800')).toBe(true);
    expect(() => next.validateTags(['\ud800'])).toThrow(URIError);
    expect(validateTags(['\ud800']).valid).toEqual(['%EF%BF%BD']);
  });

  test('TG-1 to TG-6 random lists', async () => {
    const count = await forAWhile((any) => {
      const tag = () => (any.chance(0.05) ? any.pick([5, null, undefined, true, {}, []]) : anyText(any, any.chance(0.05) ? 300 : 12));
      same(any.many(any.chance(0.02) ? 200 : 6, tag));
    });
    expect(count).toBeGreaterThan(500);
  });
});

describe('implicitTags', () => {
  const same = async (page, pathname) =>
    expect(implicitTags(page, pathname), `implicitTags(${show(page)}, ${show(pathname)}), seed ${seed}`).toEqual(await next.implicitTags(page, pathname));

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
  ])('%s %j %j', (_rule, page, pathname) => same(page, pathname));

  test('TG-9 random routes', async () => {
    const count = await forAWhile((any) => same(anyPath(any, ['page', 'route', 'layout', '']), anyPath(any)));
    expect(count).toBeGreaterThan(500);
  });
});

describe('revalidatePathTags', () => {
  const same = (path, type) =>
    expect(revalidatePathTags(path, type), `revalidatePathTags(${show(path)}, ${show(type)}), seed ${seed}`).toEqual(next.recorded(() => next.revalidatePath(path, type)));

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
  ])('%s %j %j', (_rule, path, type) => same(path, type));

  test('RV-7 a type is encoded like the path', () => {
    expect(accepted('RV-7', '/a', 'é')).toBe(true);
    expect(revalidatePathTags('/a', 'é')).toEqual(['_N_T_/a/%C3%A9']);
  });

  test('RV-7 random paths', async () => {
    const count = await forAWhile((any) => {
      const [path, type] = [anyPath(any), any.pick([undefined, undefined, 'page', 'layout', 'route', '', anyText(any, 5)])];
      if (!accepted('RV-7', path, type)) same(path, type);
    });
    expect(count).toBeGreaterThan(500);
  });
});

describe('unstableCacheKey', () => {
  const same = async (source, keyParts, args, prefix) =>
    expect(unstableCacheKey(source, keyParts, args, prefix), `unstableCacheKey(${[source, keyParts, args, prefix].map(show)}), seed ${seed}`).toBe(
      await next.unstableCacheKey(source, keyParts, args, prefix),
    );

  test.each([
    ['V-2', 'x', ['a', 'b'], [1], ''],
    ['UN-2', 'async () => 1', [], [], ''],
    ['UN-2', 'async () => 1', undefined, [], ''],
    ['UN-2', 'x', ['a,b'], [undefined, NaN, new Date(0)], 'prefix'],
    ['UN-2', 'x', [1, null, undefined, true, ['a', 'b'], { a: 1 }], [], ''],
    ['UN-2', 'x\n"é"\u2028😀', ['\u0007'], ['\ud800', { é: 1 }], 'é'],
  ])('%s %j %j %j %j', (_rule, ...call) => same(...call));

  test('UN-2 random calls', async () => {
    const count = await forAWhile((any) => {
      const part = () => any.pick([anyText(any, 4), any.below(10), null, undefined, [anyText(any, 2)]]);
      const arg = () => any.pick([anyText(any, 6), any.below(99), null, undefined, { [anyText(any, 3)]: any.next() }, [1, [2]]]);
      return same(anyText(any, 20), any.chance(0.2) ? undefined : any.many(3, part), any.many(3, arg), any.pick(['', '', 'p', 'é']));
    });
    expect(count).toBeGreaterThan(200);
  });
});

describe('routeCacheKey', () => {
  const same = (kind, source, pathname) =>
    expect(routeCacheKey(kind, source, pathname), `routeCacheKey(${[kind, source, pathname].map(show)}), seed ${seed}`).toBe(
      next.routeCacheKey(kind, source, pathname),
    );

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
  ])('%s %j %j %j', (_rule, ...call) => same(...call));

  test('IC-6 a path is kept as it came, also where Next throws', () => {
    for (const pathname of ['/a//b', '/a/../b', '/a/.', '/index/[id]']) {
      expect(accepted('IC-6', pathname)).toBe(true);
      expect(routeCacheKey('APP_PAGE', '/x/page', pathname)).toMatch(/\/\$\//);
    }
    expect(() => next.routeCacheKey('APP_PAGE', '/x/page', '/a//b')).toThrow(/page mismatch/);
  });

  test('IC-6 random paths', async () => {
    const count = await forAWhile((any) => {
      const [source, pathname] = [anyPath(any, ['page', 'route']), anyPath(any)];
      if (!accepted('IC-6', pathname)) same(any.pick(['APP_PAGE', 'APP_ROUTE', 'PAGES']), source, pathname);
    });
    expect(count).toBeGreaterThan(500);
  });
});

test('RV-2 RV-3 RV-7 what next records is what the tags are taken from', () => {
  expect(next.recorded(() => next.revalidateTag('é', 'max'))).toEqual([['%C3%A9', 'max']]);
  expect(next.recorded(() => next.revalidatePath('/'))).toEqual(['_N_T_/', '_N_T_/index']);
});

test('every accepted difference happens and has a row in docs/differences.md', () => {
  const rows = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('|'));
  for (const rule of Object.keys(ACCEPTED)) {
    expect(rows.some((row) => row.split('|')[1].includes(rule)), rule).toBe(true);
    expect(differs, rule).toContain(rule);
  }
});

/** Some text: mostly plain, now and then anything that is well-formed. */
function anyText(any, most) {
  const letter = () =>
    any.pick([() => any.pick('abcXYZ019-_'), () => any.pick(' ,/%[]()@\t"\\~!'), () => String.fromCodePoint(any.pick([0, 10, 127, 233, 0x20ac, 0x1f600, 0xfffd, 0x2028]))])();
  return any.many(most, letter).join('').toWellFormed();
}

/** Some path, odd ones too. */
function anyPath(any, ends = []) {
  const part = () =>
    any.pick([() => any.pick(['a', 'blog', 'index', 'page', 'route', 'layout', '[id]', '[...rest]', '[[...all]]', '(group)', '@slot', '', '.', '..', '%2F', 'é']), () => anyText(any, 4)])();
  const path = `${any.chance(0.95) ? '/' : ''}${any.many(4, part).join('/')}`;
  const end = ends.length > 0 && any.chance(0.8) ? any.pick(ends) : undefined;
  return end === undefined ? path : `${path.endsWith('/') ? path : `${path}/`}${end}`;
}

function show(value) {
  return JSON.stringify(value, (_key, part) => (typeof part === 'number' && !Number.isFinite(part) ? String(part) : part));
}
