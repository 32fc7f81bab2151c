// A KV namespace in memory, with the limits and the shapes of Workers KV.

const text = (bytes) => new TextDecoder().decode(bytes);

export class FakeKv {
  /** @type {Map<string, { bytes: Uint8Array, metadata: unknown, ttl: number | undefined }>} */
  values = new Map();
  calls = [];
  /** Called before each operation; may throw. */
  fault = () => {};

  #note(method, key) {
    this.calls.push({ method, key, at: performance.now() });
    this.fault(method, key);
  }

  #value(key, options) {
    const stored = this.values.get(key);
    if (!stored) return null;
    const type = typeof options === 'string' ? options : (options?.type ?? 'text');
    if (type === 'stream') return new Blob([stored.bytes]).stream();
    if (type === 'arrayBuffer') return stored.bytes.slice().buffer;
    return type === 'json' ? JSON.parse(text(stored.bytes)) : text(stored.bytes);
  }

  async get(key, options) {
    this.#note(Array.isArray(key) ? 'bulkGet' : 'get', key);
    if (!Array.isArray(key)) return this.#value(key, options);
    if (key.length > 100) throw new Error('KV GET_BULK failed: 400 You can request a maximum of 100 keys');
    return new Map(key.map((one) => [one, this.#value(one, options)]));
  }

  async getWithMetadata(key, options) {
    this.#note('get', key);
    return { value: this.#value(key, options), metadata: this.values.get(key)?.metadata ?? null, cacheStatus: null };
  }

  async put(key, value, { metadata, expirationTtl } = {}) {
    this.#note('put', key);
    if (new TextEncoder().encode(key).length > 512) throw new Error('KV PUT failed: 414 UTF-8 encoded length of the key exceeds 512');
    if (metadata !== undefined && new TextEncoder().encode(JSON.stringify(metadata)).length > 1024) {
      throw new Error('KV PUT failed: 413 Metadata exceeds 1024 bytes');
    }
    if (expirationTtl !== undefined && !(Number.isInteger(expirationTtl) && expirationTtl >= 60)) {
      throw new Error(`KV PUT failed: 400 Invalid expiration_ttl of ${expirationTtl}`);
    }
    const bytes = new Uint8Array(await new Response(value).arrayBuffer());
    this.values.set(key, { bytes, metadata, ttl: expirationTtl });
  }

  async delete(key) {
    this.#note('delete', key);
    this.values.delete(key);
  }

  async list({ prefix = '' } = {}) {
    this.#note('list', prefix);
    const keys = [...this.values].filter(([name]) => name.startsWith(prefix)).map(([name, { metadata }]) => ({ name, metadata }));
    return { keys, list_complete: true, cacheStatus: null };
  }

  puts() {
    return this.calls.filter(({ method }) => method === 'put');
  }
}
