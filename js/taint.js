// React's taint: values that must never be written down (NV-26, NV-27).
import { FreshtagError } from './errors.js';
import { currentScope } from './scope.js';

const DEFAULT_MESSAGE =
  'A tainted value was attempted to be serialized to a Client Component or Action closure. This would leak it to the client.';

/** @type {WeakMap<object, string>} */
const objects = new WeakMap();
/** By the value itself; bytes as text, a code unit each. @type {Map<string | bigint, { message: string, count: number }>} */
const values = new Map();
/** Of bytes that were tainted: others need not be looked at. @type {Set<number>} */
const byteLengths = new Set();
let anyObject = false;
/** Lifetimes last as long as the request that named them: its text may outlive the object it came from. @type {WeakMap<object, object[]>} */
const held = new WeakMap();

/** Where the runtime has none, a value stays tainted. */
const lifetimes =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry((/** @type {string | bigint} */ value) => {
        const entry = values.get(value);
        if (entry && --entry.count === 0) values.delete(value);
      })
    : undefined;

/**
 * Refuses to write `object` down, with `message`. A copy of it is another object.
 * @param {string | undefined} message
 * @param {object} object
 */
export function experimental_taintObjectReference(message, object) {
  if (typeof object === 'string' || typeof object === 'bigint') {
    throw new Error('Only objects or functions can be passed to taintObjectReference. Try taintUniqueValue instead.');
  }
  if (!isObject(object)) throw new Error('Only objects or functions can be passed to taintObjectReference.');
  objects.set(object, textOf(message));
  anyObject = true;
}

/**
 * Refuses to write `value` down, with `message`, for as long as `lifetime` is in memory or the
 * request runs. A text made of it is another value.
 * @param {string | undefined} message
 * @param {object} lifetime
 * @param {string | bigint | ArrayBufferView} value
 */
export function experimental_taintUniqueValue(message, lifetime, value) {
  const text = textOf(message);
  if (!isObject(lifetime)) {
    throw new Error('To taint a value, a lifetime must be defined by passing an object that holds the value.');
  }
  const key = keyOf(value);
  const known = values.get(key);
  if (known) known.count++;
  else values.set(key, { message: text, count: 1 });
  lifetimes?.register(lifetime, key);
  const work = currentScope()?.work;
  if (!work) return;
  const ofWork = held.get(work) ?? [];
  held.set(work, ofWork);
  ofWork.push(lifetime);
}

/** Whether anything is tainted: where nothing is, nothing needs to be looked at. */
export function hasTaint() {
  return anyObject || values.size > 0;
}

/**
 * Throws for a tainted value, with its message. Does not look into objects.
 * @param {unknown} value
 */
export function assertUntainted(value) {
  if (!hasTaint()) return;
  const message = isObject(value) ? (objects.get(value) ?? bytesMessage(value)) : values.get(/** @type {string} */ (value))?.message;
  if (message !== undefined) throw new FreshtagError('TAINTED', message);
}

/** A reducer of devalue, which sees every part of a value; to stand behind one that keeps parts out of the text. */
export const taintReducer = {
  Tainted(/** @type {unknown} */ value) {
    assertUntainted(value);
    // devalue writes it as one text, React part by part.
    if (value instanceof URLSearchParams) for (const part of [...value].flat()) assertUntainted(part);
  },
};

/**
 * `JSON.stringify`, refusing what is tainted.
 * @param {unknown} value
 * @returns {string | undefined}
 */
export function untaintedJson(value) {
  if (!hasTaint()) return JSON.stringify(value);
  return JSON.stringify(value, function (/** @type {string} */ key, part) {
    // What it was before its toJSON, too.
    assertUntainted(this[key]);
    // JSON unwraps a boxed text.
    const written = part instanceof String ? String(part) : part;
    assertUntainted(written);
    return written;
  });
}

/** @param {unknown} value @returns {value is object} */
function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** @param {unknown} message */
function textOf(message) {
  return String(message || DEFAULT_MESSAGE);
}

/** @param {unknown} value @returns {string | bigint} */
function keyOf(value) {
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  if (ArrayBuffer.isView(value)) {
    byteLengths.add(value.byteLength);
    return binary(value.buffer, value.byteOffset, value.byteLength);
  }
  if (isObject(value)) {
    throw new Error('taintUniqueValue cannot taint objects or functions. Try taintObjectReference instead.');
  }
  const type = value === null ? 'null' : typeof value;
  throw new Error(`Cannot taint a ${type} because the value is too general and not unique enough to block globally.`);
}

/** @param {object} value */
function bytesMessage(value) {
  const isBuffer = value instanceof ArrayBuffer;
  if (!isBuffer && !ArrayBuffer.isView(value)) return undefined;
  if (!byteLengths.has(value.byteLength)) return undefined;
  const text = isBuffer ? binary(value, 0, value.byteLength) : binary(value.buffer, value.byteOffset, value.byteLength);
  return values.get(text)?.message;
}

/** @param {ArrayBufferLike} buffer @param {number} at @param {number} length */
function binary(buffer, at, length) {
  let text = '';
  for (const byte of new Uint8Array(buffer, at, length)) text += String.fromCharCode(byte);
  return text;
}
