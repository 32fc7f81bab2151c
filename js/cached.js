// cached(fn): the run-time form of 'use cache'.
import { runCached } from './data.js';
import { bodyText, decodeResult, encodeArguments, encodeResult } from './encode.js';
import { cachedOutside, FreshtagError } from './errors.js';
import { currentScope } from './scope.js';

/**
 * Wraps `fn` so that its result is stored under `id` and its arguments. Inside, `cacheLife` and `cacheTag` say for how
 * long and under which tags. Functions and other opaque arguments pass through by position and are no part of the key.
 * @template {(...args: any[]) => any} F
 * @param {F} fn
 * @param {{ id: string, shared?: boolean }} options `id` is unique in the app; `shared` keeps entries across builds.
 * @returns {(...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>}
 */
export function cached(fn, options) {
  const id = options?.id;
  if (typeof fn !== 'function') throw new FreshtagError('CONFIG', 'cached(fn, { id }): fn must be a function.');
  if (typeof id !== 'string' || id === '') {
    throw new FreshtagError('CONFIG', 'cached(fn, { id }): id must be a non-empty string that no other cached function uses.');
  }
  const { name } = fn;
  return async (...args) => {
    const scope = currentScope();
    if (!scope) throw cachedOutside(name, id);
    const { text, opaques } = await encodeArguments(args, id);
    return runCached(scope, {
      spec: { kind: 'cached', id, args: text, shared: options.shared, name },
      call: () => fn(...args),
      encode: (value) => encodeResult(value, opaques, id),
      decode: async (body) => decodeResult(await bodyText(body), opaques),
    });
  };
}
