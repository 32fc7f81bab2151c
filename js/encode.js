// Arguments and results of cached functions as text, by devalue.
import { stringifyAsync, unflatten } from '#devalue';
import { FreshtagError } from './errors.js';
import { assertUntainted, hasTaint, taintReducer } from './taint.js';

/** What passes through by its position and is never part of a key (UC-32). @typedef {unknown[]} Opaques */

/**
 * The text that stands for a list of arguments, and the values it leaves out.
 * @param {unknown[]} args
 * @param {string} id
 * @returns {Promise<{ text: string, opaques: Opaques }>}
 */
export async function encodeArguments(args, id) {
  /** @type {Opaques} */
  const opaques = [];
  if (args.length === 0) return { text: '[[]]', opaques };
  const text = await encode(args, (value) => opaques.indexOf(value) + 1 || opaques.push(value), `an argument of cached function "${id}"`);
  return { text, opaques };
}

/**
 * The bytes of a result. An opaque value can only be one that came in with the arguments.
 * @param {unknown} value
 * @param {Opaques} opaques
 * @param {string} id
 */
export async function encodeResult(value, opaques, id) {
  // What devalue makes of a text, without a look at each of its characters.
  if (typeof value === 'string' && !hasTaint()) return new TextEncoder().encode(`[${JSON.stringify(value)}]`);
  const what = `the result of cached function "${id}"`;
  const text = await encode(
    value,
    (opaque) => {
      const position = opaques.indexOf(opaque) + 1;
      if (position === 0) throw notPlain(opaque, what);
      return position;
    },
    what,
  );
  return new TextEncoder().encode(text);
}

/**
 * The text of a value that goes to a visitor, and may come back.
 * @param {unknown} value
 * @param {string} what For the message where it cannot be encoded.
 * @returns {Promise<string>}
 */
export function encodeValue(value, what) {
  const refuse = (/** @type {unknown} */ opaque) => {
    throw notPlain(opaque, what);
  };
  return encode(value, refuse, what);
}

/**
 * @param {string} text
 * @param {Opaques} opaques
 * @returns {unknown}
 */
export function decodeResult(text, opaques) {
  const flat = JSON.parse(text);
  if (Array.isArray(flat) && flat.length === 1 && typeof flat[0] === 'string') return flat[0];
  return unflatten(flat, { Opaque: (/** @type {number} */ position) => opaques[position - 1] });
}

/**
 * @param {ReadableStream | Blob | Uint8Array} body
 * @returns {Promise<string>}
 */
export function bodyText(body) {
  return new Response(/** @type {BodyInit} */ (body)).text();
}

/**
 * @param {unknown} value
 * @param {(opaque: unknown) => number} position
 * @param {string} what
 */
function encode(value, position, what) {
  return stringifyAsync(
    value,
    {
      Opaque: (/** @type {unknown} */ part) => isOpaque(part, what) && position(part),
      // Behind it: what passes by position is not written.
      ...(hasTaint() && taintReducer),
    },
    // devalue writes the whole buffer under a view; only the visible bytes are the value.
    { operations: { viewInfo } },
  );
}

const PLAIN_TAGS = new Set(
  'Array Date Map Set URL URLSearchParams RegExp Number String Boolean BigInt ArrayBuffer DataView Promise'.split(' '),
);

/**
 * @param {unknown} value
 * @param {string} what
 */
function isOpaque(value, what) {
  if (typeof value === 'function' || typeof value === 'symbol') return true;
  if (typeof value !== 'object' || value === null) return false;
  // A React element: its type is no data.
  if (Object.hasOwn(value, '$$typeof')) return true;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return false;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (PLAIN_TAGS.has(tag) || ArrayBuffer.isView(value) || tag.startsWith('Temporal.')) return false;
  // A plain object of another realm.
  if (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')) return false;
  if (!(value instanceof Error) && Object.keys(value).length === 0) return true;
  assertUntainted(value);
  // Two instances with different fields would share one key: whoever calls must say which of them it depends on.
  throw notPlain(value, what);
}

/** @param {unknown} value @param {string} what */
function notPlain(value, what) {
  const name = typeof value === 'object' ? (value?.constructor?.name ?? 'object') : typeof value;
  return new FreshtagError(
    'NOT_SERIALIZABLE',
    `${what} holds a value that cannot be stored (${name}). Pass plain objects, arrays, primitives, dates, maps, sets, URLs, promises of them or bytes.`,
  );
}

/** @param {any} view */
function viewInfo(view) {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const whole = view.byteLength === view.buffer.byteLength;
  const own = whole ? view : view instanceof DataView ? new DataView(bytes) : new (plainConstructor(view))(bytes);
  return {
    buffer: own.buffer,
    byteOffset: own.byteOffset,
    byteLength: own.byteLength,
    length: own.length,
    bufferByteLength: own.buffer.byteLength,
  };
}

/** Node's Buffer would take from a pool; its tag is Uint8Array. @param {any} view */
function plainConstructor(view) {
  return /** @type {any} */ (globalThis)[view[Symbol.toStringTag]];
}
