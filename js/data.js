// What cached() and unstable_cache() share: the call into the engine, and the way around it when it fails.
import { assertOpen } from './access.js';
import { FreshtagError } from './errors.js';
import { forgetFetches } from './fetch_memo.js';
import { renewAfter } from './instance.js';
import { Scope } from './scope.js';
import { release } from './work.js';

/** @typedef {import('./contract.js').DataSpec} DataSpec */
/** @typedef {import('./contract.js').DataRender} DataRender */

/**
 * @typedef {object} CachedCall
 * @property {DataSpec & { kind: 'cached' | 'unstable' }} spec
 * @property {() => any} call The user's function.
 * @property {(value: unknown) => Promise<Uint8Array> | Uint8Array} encode
 * @property {(body: ReadableStream | Blob | Uint8Array) => Promise<any>} decode
 */

/**
 * @param {Scope} scope Who calls.
 * @param {CachedCall} cached
 */
export async function runCached(scope, { spec, call, encode, decode }) {
  const { work } = scope;
  const kind = spec.kind;
  assertOpen(scope, `${spec.name || 'cached'}()`);

  /** @type {{ error: unknown } | undefined} */
  let own;
  /** @type {DataRender} */
  const render = async (visit, collector) => {
    const inner = new Scope(kind, work, visit, collector);
    try {
      const value = await inner.run(async () => call());
      if (inner.misuse) throw inner.misuse;
      return { value, bytes: await encode(value) };
    } catch (error) {
      own = { error };
      throw error;
    } finally {
      inner.over = true;
      forgetFetches(inner);
      release(collector);
      release(visit);
    }
  };

  if (work.engine && scope.visit) {
    /** @type {import('./contract.js').Collector | undefined} */
    let outer;
    try {
      outer = scope.collector ?? scope.visit.detached();
      const [how, result] = await work.engine.data(scope.visit, outer, spec, render);
      return how === 'value' ? result : await inTime(decode(result));
    } catch (error) {
      if (own && own.error === error) throw error;
      await renewAfter(error);
      console.error(`freshtag: "${spec.name || spec.id}" runs uncached, the cache failed:`, error);
      // Its tags and lifetime are unknown now, so whatever holds its result must not be stored.
      if (!scope.over) scope.collector?.dynamic(`a failed read of "${spec.id}"`);
    } finally {
      if (outer !== scope.collector) release(outer);
    }
  }
  const inner = new Scope(kind, work, undefined, undefined);
  try {
    const value = await inner.run(async () => call());
    if (inner.misuse) throw inner.misuse;
    return value;
  } finally {
    inner.over = true;
    forgetFetches(inner);
  }
}

/** How long the body of an entry is waited for, in ms: as long as its head. */
const BODY_MS = 1000;

/**
 * @template T
 * @param {Promise<T>} read
 * @returns {Promise<T>}
 */
function inTime(read) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new FreshtagError('STORE', `no answer within ${BODY_MS} ms`)), BODY_MS);
    read.finally(() => clearTimeout(late)).then(resolve, reject);
  });
}
