// createStore: the tag-indexed store by itself.
import { newEngine } from './engine.js';
import { FreshtagError } from './errors.js';
import { perInstance, renewAfter } from './instance.js';
import { release } from './work.js';

/** @typedef {import('./contract.js').Visit} Visit */

/**
 * A store over Workers KV, or over anything with its methods. What it remembers lives as long as the object.
 * @param {import('./store.js').StoreOptions} options
 * @returns {import('./store.js').Store}
 */
export function createStore(options) {
  const kv = options?.kv;
  if (!kv || typeof kv.get !== 'function') {
    throw new FreshtagError('CONFIG', 'createStore({ kv }): kv must be a KV namespace, for example env.CACHE.');
  }
  const { namespace, leadMs, memory, secret, waitUntil } = options;
  const current = perInstance(() => newEngine(kv, { namespace, leadMs, memory, secret, routes: [] }));
  current();

  /** @param {Promise<unknown>} task */
  const defer = (task) =>
    waitUntil ? waitUntil(task) : void task.catch((error) => console.error('freshtag: a background write failed:', error));

  /**
   * @template T
   * @param {(engine: import('./contract.js').Engine, visit: Visit) => Promise<T>} use
   */
  const withVisit = async (use) => {
    const engine = current();
    /** @type {Visit | undefined} */
    let visit;
    try {
      visit = engine.visit(undefined, undefined, defer);
      return await use(engine, visit);
    } catch (error) {
      await renewAfter(error);
      throw error;
    } finally {
      release(visit);
    }
  };

  return {
    get: (key, { softTags, seen } = {}) =>
      withVisit(async (engine, visit) => {
        const found = await engine.storeGet(visit, key, softTags, seen ?? undefined);
        // A hot body is held as a Blob, which is read through its native stream.
        if (found.entry?.body instanceof Blob) found.entry.body = found.entry.body.stream();
        return found;
      }),
    set: (key, entry) =>
      withVisit(async (engine, visit) => engine.storeSet(visit, key, { ...entry, body: await toBytes(entry.body) })),
    revalidate: (tags, { expire } = {}) => withVisit((engine, visit) => engine.storeRevalidate(visit, tags, expire)),
  };
}

/** @param {unknown} body @returns {Promise<Uint8Array>} */
async function toBytes(body) {
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return new TextEncoder().encode(body);
  return new Uint8Array(await new Response(/** @type {any} */ (body)).arrayBuffer());
}
