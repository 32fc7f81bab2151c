// The instance of the module that is there now: after a trap another one takes its place.
import * as module from '#wasm';

/** @type {{ restart(): void, begin(): void, onTrap(told: () => void): void, renewed(): void }} */
const rules = /** @type {any} */ (module);

/** How often a call looks whether the instance it waits for is still there, in ms. */
const LOOK_MS = 50;
/** What calls end with where it is not. @type {WeakSet<object>} */
const ends = new WeakSet();
let number = 0;
/** @type {Promise<void> | undefined} */
let renewing;

rules.onTrap(renew);

/** Puts a new instance in the place of one that has trapped, once nothing of that one runs. What waited for it ends. */
function renew() {
  return (renewing ??= Promise.resolve().then(() => {
    renewing = undefined;
    console.error('freshtag: TRAP: the module trapped and starts anew, and so do the requests that waited for it');
    rules.restart();
    // The call after it makes the instance, and may have no arguments: they would be of the old one.
    rules.begin();
    rules.renewed();
    number++;
  }));
}

/** Starts the module anew, if this is a trap that nobody has seen yet. @param {unknown} error */
export async function renewAfter(error) {
  const isOverflow = error instanceof RangeError && error.message.includes('call stack');
  const isTrap = isOverflow || error instanceof WebAssembly.RuntimeError;
  if (isTrap && !ends.has(error)) await renew();
}

/**
 * A promise of the module, which rejects if the module traps before. Each call looks by a timer of its own: what another
 * request settles goes on as that request, and may not touch the streams of this one.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export function outlived(promise) {
  const of = number;
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      if (of === number) return;
      const trapped = new WebAssembly.RuntimeError('the module trapped');
      ends.add(trapped);
      clearInterval(look);
      reject(trapped);
    }, LOOK_MS);
    promise.then(
      (value) => (clearInterval(look), resolve(value)),
      (error) => (clearInterval(look), reject(error)),
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

/** Whether a call ended because the module trapped under another one. @param {unknown} error */
export const isLost = (error) => typeof error === 'object' && error !== null && ends.has(error);

/** Which instance it is. */
export const instance = () => number;
