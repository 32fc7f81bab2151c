// A KV namespace in the Worker's own memory, in the shapes of Workers KV, and without any I/O: what is left is the work
// of whoever asks.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class LocalKv {
  /** @type {Map<string, { bytes: Uint8Array, metadata: string | undefined }>} */
  values = new Map();
  /** What was asked, while somebody counts. @type {{ method: string, keys: number, puts: number }[] | undefined} */
  log;

  async get(key, options) {
    const type = typeof options === 'string' ? options : (options?.type ?? 'text');
    if (!Array.isArray(key)) {
      this.#note('get', 1);
      return this.#read(key, type);
    }
    this.#note('bulk get', key.length);
    return new Map(key.map((one) => [one, this.#read(one, type)]));
  }

  async getWithMetadata(key, options) {
    this.#note('get', 1);
    const metadata = this.values.get(key)?.metadata;
    const type = typeof options === 'string' ? options : (options?.type ?? 'text');
    return { value: this.#read(key, type), metadata: metadata === undefined ? null : JSON.parse(metadata), cacheStatus: null };
  }

  async put(key, value, { metadata } = {}) {
    this.#note('put', 1);
    const bytes = typeof value === 'string' ? encoder.encode(value) : new Uint8Array(await new Response(value).arrayBuffer());
    this.values.set(key, { bytes, metadata: metadata == null ? undefined : JSON.stringify(metadata) });
  }

  async delete(key) {
    this.#note('delete', 1);
    this.values.delete(key);
  }

  #read(key, type) {
    const stored = this.values.get(key);
    if (!stored) return null;
    if (type === 'stream') return new Response(stored.bytes).body;
    if (type === 'arrayBuffer') return stored.bytes.slice().buffer;
    const text = decoder.decode(stored.bytes);
    return type === 'json' ? JSON.parse(text) : text;
  }

  #note(method, keys) {
    this.log?.push({ method, keys });
  }
}
