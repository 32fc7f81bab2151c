// React's cache(): one call per arguments and scope.
import { currentScope } from './scope.js';

/**
 * @typedef {object} Node
 * @property {Map<unknown, Node>} next By the following argument; objects by identity.
 * @property {{ value: unknown } | { error: unknown } | undefined} result
 */

/** @returns {Node} */
const node = () => ({ next: new Map(), result: undefined });

/**
 * Memoises `fn` for the duration of one request, by argument identity. Errors are remembered too. Outside a request it
 * just calls. Cached functions have a memory of their own, so what they store depends on nothing that the request
 * around them has read.
 * @template {(...args: any[]) => any} F
 * @param {F} fn
 * @returns {F}
 */
export function cache(fn) {
  /** @param {unknown[]} args */
  const memoised = (...args) => {
    const scope = currentScope();
    if (!scope) return fn(...args);
    const memo = (scope.memo ??= new Map());
    let at = memo.get(fn);
    if (!at) memo.set(fn, (at = node()));
    for (const arg of args) {
      let next = at.next.get(arg);
      if (!next) at.next.set(arg, (next = node()));
      at = next;
    }
    if (!at.result) {
      try {
        at.result = { value: fn(...args) };
      } catch (error) {
        at.result = { error };
      }
    }
    if ('error' in at.result) throw at.result.error;
    return at.result.value;
  };
  return /** @type {F} */ (memoised);
}
