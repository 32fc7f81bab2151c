// GET /_freshtag/entries/<key>: one entry as a person looks at it.
import { jsonReply } from './reply.js';

/** @typedef {import('./call.js').Call} Call */

/** Of a body. */
const MOST = 64 * 1024;
/** A header longer than this is not one of ours. */
const LONGEST_HEADER = 1024 * 1024;
const TEXT = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|ecmascript)\b|image\/svg)/i;

/**
 * What the entry's header says, and the first 64 KiB of its body.
 * @param {Call} call
 * @param {string} segment The key, as it stands in the address.
 */
export async function showEntry({ engine, env }, segment) {
  const key = decoded(segment);
  // Of what the namespace holds, entries alone.
  const { value, metadata } = key.startsWith(engine.entriesPrefix()) ? await env.CACHE.getWithMetadata(key, { type: 'stream', cacheTtl: 30 }) : NOTHING;
  if (!value) return jsonReply(404, JSON.stringify({ code: 'NO_ENTRY', message: 'no entry is stored under this key' }));
  const { header, bytes, cut } = await parts(value, metadata);
  const { data, headers, ...entry } = JSON.parse(engine.showEntry(key, header));
  const isType = (/** @type {[string, string]} */ [name]) => name.toLowerCase() === 'content-type';
  const shown = {
    ...entry,
    // How old the data behind each tag is: as the entry, where nothing is said.
    asOf: (data ?? []).map((/** @type {string | [string, number]} */ tag) => (typeof tag === 'string' ? entry.created : tag[1])),
    headers: headers ?? [],
    body: { ...readable(bytes, cut, headers?.find(isType)?.[1]), cut },
  };
  return jsonReply(200, JSON.stringify(shown));
}

const NOTHING = { value: null, metadata: null };

/** @param {string} segment */
function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

/**
 * The header stands in the metadata, or in front of the body behind its length.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {any} metadata
 */
async function parts(stream, metadata) {
  const source = new Source(stream);
  let header = JSON.stringify(metadata ?? null);
  if (metadata?.f) {
    const [a, b, c, d] = await source.take(4);
    header = new TextDecoder().decode(await source.take(Math.min(((a << 24) | (b << 16) | (c << 8) | d) >>> 0, LONGEST_HEADER)));
  }
  const bytes = await source.take(MOST);
  return { header, bytes, cut: await source.close() };
}

/** A stream of which so many bytes are taken at a time. */
class Source {
  #reader;
  /** @type {Uint8Array} */
  #rest = new Uint8Array(0);

  /** @param {ReadableStream<Uint8Array>} stream */
  constructor(stream) {
    this.#reader = stream.getReader();
  }

  /** @param {number} most Fewer where it ends. */
  async take(most) {
    const taken = new Uint8Array(most);
    let length = 0;
    while (length < most && (await this.#fill())) {
      const part = this.#rest.subarray(0, most - length);
      taken.set(part, length);
      length += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return taken.subarray(0, length);
  }

  /** Whether something was left. */
  async close() {
    const left = await this.#fill();
    await this.#reader.cancel().catch(() => {});
    return left;
  }

  async #fill() {
    while (!this.#rest.length) {
      const { done, value } = await this.#reader.read();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }
}

/**
 * As text where it says that it is text and is, else in base64.
 * @param {Uint8Array} bytes
 * @param {boolean} cut
 * @param {string | undefined} type A stored value without one is text, if anything.
 */
function readable(bytes, cut, type) {
  if (type === undefined || TEXT.test(type)) {
    try {
      // A character may be cut in two at the end.
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut }) };
    } catch {
      // Shown as bytes.
    }
  }
  let binary = '';
  for (let at = 0; at < bytes.length; at += 4096) binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return { base64: btoa(binary) };
}
