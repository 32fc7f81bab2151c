// Who is asking: every function of the public API finds its request here and nowhere else.
import { AsyncLocalStorage } from 'node:async_hooks';
import { alive } from './instance.js';

/** @typedef {import('./contract.js').Visit} Visit */
/** @typedef {import('./contract.js').Collector} Collector */
/** @typedef {import('./work.js').Work} Work */
/** @typedef {'route' | 'cached' | 'unstable' | 'after' | 'params'} ScopeKind */

/** @type {AsyncLocalStorage<Scope>} */
const scopes = new AsyncLocalStorage();

/** One stretch of user code: a route handler, a cached function, an `after` task, `generateStaticParams`. */
export class Scope {
  /** React's `cache()` of this scope; what a scope memoises never reaches a scope that is stored apart. @type {Map<Function, any> | undefined} */
  memo;
  /** What was fetched in this scope, by what was asked. @type {Map<string, import('./fetch_memo.js').Memo> | undefined} */
  fetches;
  /** The first forbidden access, so that catching it hides nothing (UC-35). @type {unknown} */
  misuse;
  /** Whether the module's objects of this scope are gone. */
  over = false;
  /** Where `revalidateTag` may be called: route handlers run in the action phase (RV-9). @type {'action' | 'render'} */
  phase = 'action';

  #visit;
  #collector;

  /**
   * @param {ScopeKind} kind
   * @param {Work} work
   * @param {Visit | undefined} visit
   * @param {Collector | undefined} collector
   */
  constructor(kind, work, visit, collector) {
    this.kind = kind;
    this.work = work;
    this.#visit = visit;
    this.#collector = collector;
  }

  get visit() {
    return alive(this.#visit);
  }

  get collector() {
    return alive(this.#collector);
  }

  /**
   * Calls `fn` inside this scope.
   * @template T
   * @param {() => T} fn
   * @returns {T}
   */
  run(fn) {
    return scopes.run(this, fn);
  }
}

/** The scope of the running code, if any. */
export function currentScope() {
  return scopes.getStore();
}

/**
 * Calls `fn` outside of any scope.
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function outside(fn) {
  return scopes.run(/** @type {any} */ (undefined), fn);
}
