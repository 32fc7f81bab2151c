// Lifetimes: profiles, and the header they become.
import { cacheControlHeader, resolveCacheLife } from 'freshtag/core';

import { THROWS } from './compare.js';
import * as next from './next.js';

/** @typedef {import('./compare.js').Oracle} Oracle */

const NUMBERS = [undefined, undefined, 0, 1, 30, 300, 900, 3600, 1.5, -1, 4294967294, Infinity, 31536000];
const ODD = [false, null, '5', NaN, -Infinity, true, {}, -0];
const NAMES = ['default', 'seconds', 'hours', 'max', 'blog', ' blog', 'blog ', '', 'Hours', 'ä', 'default '];
/** Calls on one configuration: to read one takes a while. */
const CALLS = 200;

/** The last configuration that was read. @type {any[]} */
let last = [];
function profilesOf(profiles, options) {
  if (last[0] !== profiles || last[1] !== options || last.length === 0) last = [profiles, options, next.profilesOf(profiles, options)];
  return last[2];
}

/** @type {Oracle} */
export const life = {
  name: 'resolveCacheLife',
  peer: 'server/config, server/use-cache/cache-life',
  inputs(any) {
    const lifeOf = (odd) => {
      const made = {};
      for (const field of ['stale', 'revalidate', 'expire', 'extra']) {
        const value = any.chance(odd) ? any.pick(ODD) : any.pick(NUMBERS);
        if (value !== undefined || any.chance(0.2)) made[field] = value;
      }
      return made;
    };
    let left = 0;
    let profiles;
    let options;
    return () => {
      if (left-- === 0) {
        left = CALLS - 1;
        // A configuration with an odd profile is refused, for all calls.
        const one = () => (any.chance(0.05) ? any.pick([5, 'hours', null, true]) : lifeOf(0.005));
        profiles = any.chance(0.3) ? undefined : Object.fromEntries(any.many(3, () => [any.pick(NAMES), one()]));
        options = any.chance(0.5) ? undefined : { expireTime: any.pick(NUMBERS), staleTimes: { static: any.pick(NUMBERS) } };
      }
      const name = () => (any.chance(0.005) ? any.pick(['__proto__', 'constructor', 'toString', 'valueOf']) : any.pick(NAMES));
      return [any.chance(0.6) ? name() : lifeOf(0.03), profiles, options];
    };
  },
  ours: (profile, profiles, options) => resolveCacheLife(profile, profiles, options),
  theirs: async (profile, profiles, options) => next.resolveCacheLife(profile, await profilesOf(profiles, options)),
  meant: {
    'CL-9': ([name], ours) => typeof name === 'string' && name in Object.prototype && ours === THROWS,
    'CL-6': ([, profiles], ours) => Object.values(profiles ?? {}).some((profile) => typeof profile !== 'object' || profile === null) && ours === THROWS,
  },
};

const isOdd = (number) => typeof number === 'number' && (!Number.isFinite(number) || (number !== 0 && Math.abs(number) < 1e-5));

/** @type {Oracle} */
export const header = {
  name: 'cacheControlHeader',
  peer: 'server/lib/cache-control',
  inputs(any) {
    const seconds = () =>
      any.pick([any.below(2 ** 32), any.below(100), any.below(1e6) / 1000, -any.below(100), any.next() * 1e6, any.next(), any.below(2 ** 53), any.chance(0.02) ? any.pick([NaN, Infinity, 1e-6]) : 60]);
    return () => {
      const made = { revalidate: any.chance(0.1) ? false : seconds() };
      if (any.chance(0.8)) made.expire = seconds();
      return [made];
    };
  },
  ours: (made) => cacheControlHeader(made),
  theirs: (made) => next.getCacheControlHeader(made),
  meant: { 'CL-21': ([{ revalidate, expire }], ours) => (isOdd(revalidate) || isOdd(expire)) && !/NaN|Infinity/.test(ours) },
};
