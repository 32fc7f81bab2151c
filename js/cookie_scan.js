// Reads Cookie headers with the module. Only places in the text come back: a value is cut out, and decoded, when it is read.
import { CookieScanner, memory } from '#wasm';
import { perInstance } from './instance.js';

/** @typedef {{ name: string, value: string }} RequestCookie */

/** Longer headers get a buffer of their own. */
const CAPACITY = 16384;
const LONGEST_NAME = 256;
/** How many pairs the scanner leaves, four numbers each. */
const MOST_PAIRS = 512;
/** All but the sign of the last number of a pair, which says that its value may hold a `%`. */
const PLACE = 0x7fffffff;
/** The value of a name alone (CK-2). */
const FLAG = 'true';
const encoder = new TextEncoder();

class HeaderBuffer {
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
    this.spans = new Int32Array(memory.buffer, this.#scanner.spans(), 4 * MOST_PAIRS);
  }

  free() {
    this.#scanner.free();
  }
}

const shared = perInstance(() => new HeaderBuffer(CAPACITY));

/**
 * All cookies by name: the last of a name counts, at the place of the first (CK-4).
 * @param {string} text
 */
export function readAll(text) {
  return byName(readPairs(text).cookies);
}

/**
 * The same as a list.
 * @param {string} text
 */
export function readList(text) {
  const { cookies, distinct } = readPairs(text);
  return distinct ? cookies : [...byName(cookies).values()];
}

/** @param {RequestCookie[]} cookies */
function byName(cookies) {
  /** @type {Map<string, RequestCookie>} */
  const named = new Map();
  for (const cookie of cookies) named.set(cookie.name, cookie);
  return named;
}

/** @param {string} text */
function readPairs(text) {
  const own = text.length > CAPACITY;
  const buffer = own ? new HeaderBuffer(text.length) : shared();
  const count = buffer.scan(text);
  const { spans } = buffer;
  /** @type {RequestCookie[]} */
  const cookies = [];
  for (let i = 0, end = 4 * Math.abs(count); i < end; i += 4) {
    const name = text.slice(spans[i], spans[i + 1]);
    const valueEnd = spans[i + 3];
    const raw = text.slice(spans[i + 2], valueEnd & PLACE);
    const value = valueEnd > 0 ? raw : valueEnd === 0 ? FLAG : decoded(raw);
    if (value !== undefined) cookies.push({ name, value });
  }
  if (own) buffer.free();
  return { cookies, distinct: count >= 0 };
}

/**
 * @param {string} text
 * @param {string} name
 * @returns {string | undefined}
 */
export function readOne(text, name) {
  if (text.length <= CAPACITY) {
    const buffer = shared();
    const found = buffer.find(text, name);
    if (found === false) return undefined;
    if (found) {
      const { spans } = buffer;
      const end = spans[3];
      const raw = text.slice(spans[2], end & PLACE);
      const value = end === 0 ? FLAG : raw.includes('%') ? decoded(raw) : raw;
      // One that does not decode is not there: an earlier one may be.
      if (value !== undefined) return value;
    }
  }
  return readAll(text).get(name)?.value;
}

/** @param {string} raw @returns {string | undefined} Nothing where it does not decode (CK-3). */
function decoded(raw) {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}
