// Reads Cookie headers with the module. Only places in the text come back: a value is cut out, and decoded, when it is read.
import { CookieScanner, memory } from '#wasm';

/** @typedef {{ name: string, value: string }} RequestCookie */

/** Longer headers get a buffer of their own. */
const CAPACITY = 16384;
const LONGEST_NAME = 256;
/** All but the sign of the last number of a pair, which says that its value may hold a `%`. */
const PLACE = 0x7fffffff;
const encoder = new TextEncoder();

class Buffer {
  #capacity;
  #scanner;
  #bytes = new Uint8Array();
  /** Four numbers a pair, see the scanner. */
  spans = new Int32Array();

  /** @param {number} capacity */
  constructor(capacity) {
    this.#capacity = capacity + LONGEST_NAME;
    this.#scanner = new CookieScanner(this.#capacity);
  }

  /** How many pairs it holds; negative where a name may occur twice. @param {string} text */
  scan(text) {
    this.#write(text);
    return this.#scanner.scan(text.length);
  }

  /**
   * Leaves the last pair of that name. False: there is none; undefined: the name is too odd to be looked for this way.
   * @param {string} text
   * @param {string} name
   */
  find(text, name) {
    const { length } = name;
    if (length > LONGEST_NAME || !this.#write(text)) return undefined;
    const bytes = this.#bytes;
    for (let i = 0, at = text.length; i < length; i++, at++) {
      const code = name.charCodeAt(i);
      if (code > 127) return undefined;
      bytes[at] = code;
    }
    return this.#scanner.find(text.length, length);
  }

  /** Whether it is ASCII. @param {string} text */
  #write(text) {
    if (this.#bytes.length === 0) this.#look();
    const { length } = text;
    const { read, written } = encoder.encodeInto(text, this.#bytes);
    if (read === length && written === length) return true;
    // One byte a character, so that places in the bytes are places in the text.
    for (let i = 0; i < length; i++) this.#bytes[i] = Math.min(text.charCodeAt(i), 128);
    return false;
  }

  /** Views of the module's memory, which end when it grows. */
  #look() {
    this.#bytes = new Uint8Array(memory.buffer, this.#scanner.text(), this.#capacity);
    this.spans = new Int32Array(memory.buffer, this.#scanner.spans(), 4 * 512);
  }

  free() {
    this.#scanner.free();
  }
}

const shared = new Buffer(CAPACITY);

/**
 * All cookies by name: the last of a name counts, at the place of the first (CK-4).
 * @param {string} text
 */
export function readAll(text) {
  /** @type {Map<string, RequestCookie>} */
  const cookies = new Map();
  for (const cookie of readPairs(text).cookies) cookies.set(cookie.name, cookie);
  return cookies;
}

/**
 * The same as a list.
 * @param {string} text
 */
export function readList(text) {
  const { cookies, distinct } = readPairs(text);
  return distinct ? cookies : [...readAll(text).values()];
}

/** @param {string} text */
function readPairs(text) {
  const buffer = text.length <= CAPACITY ? shared : new Buffer(text.length);
  const count = buffer.scan(text);
  const { spans } = buffer;
  /** @type {RequestCookie[]} */
  const cookies = [];
  for (let i = 0, end = 4 * Math.abs(count); i < end; i += 4) {
    const value = valueOf(text, spans, i);
    if (value !== undefined) cookies.push({ name: text.slice(spans[i], spans[i + 1]), value });
  }
  if (buffer !== shared) buffer.free();
  return { cookies, distinct: count >= 0 };
}

/**
 * @param {string} text
 * @param {string} name
 * @returns {string | undefined}
 */
export function readOne(text, name) {
  if (text.length <= CAPACITY) {
    const found = shared.find(text, name);
    if (found === false) return undefined;
    const value = found && valueOf(text, shared.spans, 0);
    // One that does not decode is not there: an earlier one may be.
    if (value !== undefined) return /** @type {string} */ (value);
  }
  return readAll(text).get(name)?.value;
}

/**
 * The value of the pair whose numbers begin at `i`, undefined where it does not decode (CK-3).
 * @param {string} text
 * @param {Int32Array} spans
 * @param {number} i
 */
function valueOf(text, spans, i) {
  const end = spans[i + 3];
  // A name alone is a flag (CK-2).
  if (end === 0) return 'true';
  const value = text.slice(spans[i + 2], end & PLACE);
  if (end > 0 || !value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
