// What an action captured, sealed for its way to the browser and back (SA-14, SA-15). The cipher is the platform's own:
// native, and it takes the same time whatever it is given.
import { FreshtagError } from './errors.js';

const ALGORITHM = 'AES-GCM';
const KEY_BYTES = [16, 24, 32];
const IV_BYTES = 16;
const TAG_BYTES = 16;
/** Of one length, so that no id is the beginning of another one's text. */
const ACTION_ID = /^[0-9a-f]{42}$/;
/** `String.fromCharCode` takes only so many arguments. */
const CHUNK = 0x2000;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Imported keys by their text: finished ones alone, as no request may wait for the work of another. */
const MOST_KEYS = 8;
/** @type {Map<string, CryptoKey>} */
const imported = new Map();

/**
 * @param {string} actionId
 * @param {string} text
 * @param {string | readonly string[]} key
 * @returns {Promise<string>}
 */
export async function encryptBoundArgs(actionId, text, key) {
  if (!isActionId(actionId)) throw new FreshtagError('INVALID_ACTION_ID', 'actionId: must be 42 lower-case hexadecimal digits, as actionId() makes them.');
  if (typeof text !== 'string') throw new FreshtagError('NOT_SERIALIZABLE', `text: must be a string (it is ${typeof text}).`);
  const [first] = await importKeys(key);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: ALGORITHM, iv }, first, encoder.encode(actionId + text)));
  const both = new Uint8Array(IV_BYTES + sealed.length);
  both.set(iv);
  both.set(sealed, IV_BYTES);
  return toBase64(both);
}

/**
 * @param {string} actionId
 * @param {string} sealed
 * @param {string | readonly string[]} key
 * @returns {Promise<string>}
 */
export async function decryptBoundArgs(actionId, sealed, key) {
  const keys = await importKeys(key);
  const bytes = fromBase64(sealed);
  if (bytes && bytes.length >= IV_BYTES + TAG_BYTES && isActionId(actionId)) {
    const [iv, rest] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES)];
    for (const key of keys) {
      const opened = await open(key, iv, rest);
      if (opened && beginsWith(opened, actionId)) return decoder.decode(opened.subarray(actionId.length));
    }
  }
  // One error for all: why it failed is what a forger would like to know.
  throw new FreshtagError('SEALED_ARGUMENTS', 'The bound arguments of this Server Action cannot be opened: they are not from this action and key, or were changed.');
}

/** @param {CryptoKey} key @param {Uint8Array} iv @param {Uint8Array} sealed */
async function open(key, iv, sealed) {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: ALGORITHM, iv }, key, sealed));
  } catch {
    return undefined;
  }
}

/** In a time that does not say where they differ; beyond the end of the bytes they do. @param {Uint8Array} bytes @param {string} text Hexadecimal */
function beginsWith(bytes, text) {
  let difference = 0;
  for (let i = 0; i < text.length; i++) difference |= bytes[i] ^ text.charCodeAt(i);
  return difference === 0;
}

/** @param {string | readonly string[]} key */
async function importKeys(key) {
  const texts = typeof key === 'string' ? [key] : key;
  if (!Array.isArray(texts) || texts.length === 0) throw wrongKey();
  const keys = [];
  for (const text of texts) keys.push(imported.get(text) ?? (await importKey(text)));
  return keys;
}

/** @param {unknown} text */
async function importKey(text) {
  const bytes = typeof text === 'string' ? keyBytes(text) : undefined;
  if (!bytes || !KEY_BYTES.includes(bytes.length)) throw wrongKey();
  const key = await crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['encrypt', 'decrypt']);
  if (imported.size >= MOST_KEYS) imported.clear();
  imported.set(/** @type {string} */ (text), key);
  return key;
}

const wrongKey = () =>
  new FreshtagError('CONFIG', 'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY must be 16, 24 or 32 bytes in base64. Make one with `openssl rand -base64 32`.');

/** As forgiving as Next is about padding and line ends. @param {string} text */
function keyBytes(text) {
  try {
    return toBytes(atob(text));
  } catch {
    return undefined;
  }
}

/** Nothing unless it is exactly what `btoa` writes: one way to write the bytes, padding included. @param {unknown} text */
function fromBase64(text) {
  if (typeof text !== 'string') return undefined;
  try {
    if (!Native.fromBase64) {
      const decoded = atob(text);
      return btoa(decoded) === text ? toBytes(decoded) : undefined;
    }
    const bytes = Native.fromBase64(text, { lastChunkHandling: 'strict' });
    // It still skips white space.
    return text.length === 4 * Math.ceil(bytes.length / 3) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Uint8Array & { toBase64?(): string }} bytes */
const toBase64 = (bytes) => bytes.toBase64?.() ?? btoa(binary(bytes));

/** Of ES2026: Node 22 has neither. */
const Native = /** @type {{ fromBase64?(text: string, options: { lastChunkHandling: 'strict' }): Uint8Array }} */ (/** @type {unknown} */ (Uint8Array));

/** @param {unknown} id */
const isActionId = (id) => typeof id === 'string' && ACTION_ID.test(id);

/** @param {string} text One byte a character. */
function toBytes(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array} bytes */
function binary(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) {
    // Spread into arguments they would go through an iterator, one by one.
    text += String.fromCharCode.apply(null, /** @type {any} */ (bytes.subarray(i, i + CHUNK)));
  }
  return text;
}
