// unstable_cache (UN-1 to UN-10).
import { unstableCacheKey, validateTags } from '#wasm';
import { runCached } from './data.js';
import { bodyText } from './encode.js';
import { currentScope } from './scope.js';
import { untaintedJson } from './taint.js';
import { warnRejected } from './warn.js';

/**
 * Stores what `fn` returns, as JSON. The key is the source text of `fn`, `keyParts` and the arguments: the same code
 * with other closed-over values collides unless `keyParts` tell them apart (UN-2).
 * @template {(...args: any[]) => Promise<any>} F
 * @param {F} fn
 * @param {string[]} [keyParts]
 * @param {{ revalidate?: number | false, tags?: string[] }} [options]
 * @returns {F}
 */
export function unstable_cache(fn, keyParts, options = {}) {
  if (options.revalidate === 0) {
    throw new Error(
      `Invariant revalidate: 0 can not be passed to unstable_cache(), must be "false" or "> 0" ${fn.toString()}`,
    );
  }
  const source = fn.toString();
  const name = fn.name;
  const revalidate = checkRevalidate(options.revalidate, name || source);
  /** @type {{ valid: string[], rejected: { tag: string, reason: string }[] }} */
  const { valid: tags, rejected } = validateTags(options.tags ?? []);
  warnRejected(rejected, `unstable_cache ${source}`);
  // Next joins parts that are no strings, too.
  const parts = Array.isArray(keyParts) ? [keyParts.join(',')] : undefined;

  /** @param {unknown[]} args */
  const call = async (...args) => {
    const scope = currentScope();
    if (!scope) throw new Error(`Invariant: incrementalCache missing in unstable_cache ${source}`);
    const json = /** @type {string} */ (untaintedJson(args));
    return runCached(scope, {
      spec: {
        kind: 'unstable',
        id: unstableCacheKey(source, parts, json, ''),
        args: json,
        tags,
        revalidate,
        name: name || undefined,
        // UN-4: one directly inside another reads nothing that is stored.
        fresh: scope.kind === 'unstable',
      },
      call: () => fn(...args),
      // An undefined result has no body and is read back as undefined (UN-3).
      encode: (value) => new TextEncoder().encode(untaintedJson(value) ?? ''),
      decode: async (body) => {
        const text = await bodyText(body);
        return text === '' ? undefined : JSON.parse(text);
      },
    });
  };
  return /** @type {F} */ (call);
}

/**
 * @param {unknown} value
 * @param {string} where
 */
function checkRevalidate(value, where) {
  if (value === undefined || value === false) return value;
  if (value === Infinity) return false;
  if (typeof value === 'number' && value > -1) return value;
  throw new Error(`Invalid revalidate value "${value}" on "${where}", must be a non-negative number or false`);
}
