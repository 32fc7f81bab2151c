// The instance of the module that is there now: after a trap another one takes its place.
import { begin, connect, heard, renewed, restart } from '#wasm';
import { lengthOf, wasWhole } from './lengths.js';

/** @typedef {import('./contract.js').Read} Read */
/** @typedef {{ heard(id: number, ok: boolean, value: unknown): void, trapped(watch?: object): void, instance(): number, lengthOf(read: Read): import('./lengths.js').Known, wasWhole(read: Read): void }} Glue */

/** What calls end with where it is not. @type {WeakSet<object>} */
const ends = new WeakSet();
/** Those that were the first to trap, and not because another one had: errors, and the timers of requests. @type {WeakSet<object>} */
const firsts = new WeakSet();
let number = 0;
/** @type {Promise<void> | undefined} */
let renewing;

/** @type {Glue} */
const glue = { heard, trapped: renew, instance: () => number, lengthOf, wasWhole };
connect(glue);

/**
 * Puts a new instance in the place of one that has trapped, once nothing of that one runs. What waited for it ends.
 * @param {object} [by] What trapped.
 */
function renew(by) {
  if (by && !renewing) firsts.add(by);
  return (renewing ??= Promise.resolve().then(() => {
    renewing = undefined;
    console.error('freshtag: TRAP: the module trapped and starts anew, and so do the requests that waited for it');
    restart();
    // The call after it makes the instance, and may have no arguments: they would be of the old one.
    begin();
    renewed();
    number++;
  }));
}

/** Starts the module anew, if this is a trap that nobody has seen yet; whether it is one. @param {unknown} error */
export async function renewAfter(error) {
  const isOverflow = error instanceof RangeError && error.message.includes('call stack');
  const isTrap = isOverflow || error instanceof WebAssembly.RuntimeError;
  if (isTrap && !ends.has(error)) await renew(error);
  return isTrap;
}

/** Whether this trap came where nothing had trapped before. @param {unknown} error */
export const isFirst = (error) => firsts.has(/** @type {object} */ (error));

/**
 * A promise of the module, which rejects if the module traps before.
 * @template T
 * @param {Promise<T>} promise
 * @param {import('./watch.js').Watch} watch
 * @returns {Promise<T>}
 */
export function outlived(promise, watch) {
  return new Promise((resolve, reject) => {
    watch.outlive(promise, () => {
      const trapped = new WebAssembly.RuntimeError('the module trapped');
      ends.add(trapped);
      if (firsts.has(watch)) firsts.add(trapped);
      reject(trapped);
    });
    promise.then(
      (value) => (watch.remove(promise), resolve(value)),
      (error) => (watch.remove(promise), reject(error)),
    );
  });
}

/**
 * What is made once with each instance, when it is asked for.
 * @template T
 * @param {() => T} make
 * @returns {() => T}
 */
export function perInstance(make) {
  /** @type {T} */
  let made;
  let of = -1;
  return () => {
    if (of !== number) {
      made = make();
      of = number;
    }
    return made;
  };
}

/**
 * An object of the module, unless it was lost with its instance: then what it stood for goes on without a cache.
 * @template {object | undefined} T
 * @param {T} object
 * @returns {T | undefined}
 */
export function alive(object) {
  return object && '__wbg_inst' in object && object.__wbg_inst !== number ? undefined : object;
}

/** Which instance it is. */
export const instance = () => number;
