// revalidateTag, updateTag, revalidatePath, refresh (RV-1 to RV-11).
import { assertOpen, markDynamic } from './access.js';
import {
  FreshtagError,
  refreshOutsideAction,
  revalidateInCache,
  revalidateInGenerator,
  revalidateInRender,
  revalidateOutside,
  updateTagOutsideAction,
} from './errors.js';
import { forgetFetches } from './fetch_memo.js';
import { currentScope } from './scope.js';

/** @typedef {import('./work.js').Work} Work */
/** @typedef {import('./contract.js').Visit} Visit */

/**
 * A revalidation that is written when somebody awaits it, at the latest when the handler has returned.
 * @extends {Promise<void>}
 */
class Revalidation extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }

  /** @type {Promise<void> | undefined} */
  #written;
  #write;

  /** @param {() => Promise<void>} write */
  constructor(write) {
    super(() => {});
    this.#write = write;
  }

  /**
   * @param {any} [fulfilled]
   * @param {any} [rejected]
   * @returns {Promise<any>}
   */
  then(fulfilled, rejected) {
    this.#written ??= this.#write();
    return this.#written.then(fulfilled, rejected);
  }
}

/** Whether the advice to pass a profile was given. */
let advised = false;

/**
 * Marks everything that carries `tag` as stale now and expired when `profile` says (`'max'`, another profile's name, or
 * `{ expire: seconds }`). Without a profile it expires now.
 * @param {string} tag
 * @param {string | { expire?: number }} [profile]
 * @returns {Promise<void>}
 */
export function revalidateTag(tag, profile) {
  const work = mayRevalidate(`revalidateTag(${show(tag)})`);
  if (!profile && !advised) {
    advised = true;
    console.warn(
      '"revalidateTag" without the second argument is now deprecated, add second argument of "max" or use "updateTag". See more info here: https://nextjs.org/docs/messages/revalidate-tag-single-arg',
    );
  }
  const atOnce = !profile || (typeof profile === 'object' && profile.expire === 0);
  return record(work, atOnce, (visit) => visit.recordTag(tag, profile || undefined));
}

/**
 * Expires everything that carries `tag` now. Server Actions only (RV-5).
 * @param {string} tag
 * @returns {Promise<void>}
 */
export function updateTag(tag) {
  const scope = currentScope();
  const { action, acted } = scope?.work ?? {};
  if (!action && !(acted && scope?.kind === 'after')) throw updateTagOutsideAction();
  return record(mayRevalidate(`updateTag(${show(tag)})`), true, (visit) => visit.recordTag(tag, undefined));
}

/**
 * Expires what was rendered under a path or a route pattern now (RV-7).
 * @param {string} path
 * @param {'layout' | 'page'} [type]
 * @returns {Promise<void>}
 */
export function revalidatePath(path, type) {
  return record(mayRevalidate(`revalidatePath(${show(path)})`), true, (visit) => {
    const { id, warning } = visit.recordPath(path, type);
    if (warning) console.warn(warning);
    return id;
  });
}

/** Re-renders what is dynamic on the page that called the Server Action (RV-6). */
export function refresh() {
  const scope = currentScope();
  if (!scope?.work.action || scope.phase !== 'action') throw refreshOutsideAction();
  scope.work.refreshed = true;
}

/**
 * The work that may revalidate here (RV-9).
 * @param {string} expression
 */
function mayRevalidate(expression) {
  const scope = currentScope();
  if (!scope) throw revalidateOutside(expression);
  const { work } = scope;
  if (scope.kind === 'params') throw revalidateInGenerator(work.route, expression, 'generateStaticParams');
  if (scope.kind === 'cached' || scope.kind === 'unstable') throw revalidateInCache(work.route, expression);
  if (scope.phase === 'render') throw revalidateInRender(work.route, expression);
  assertOpen(scope, expression);
  if (scope.kind === 'route') markDynamic(scope, expression);
  return work;
}

/**
 * @param {Work} work
 * @param {boolean} atOnce Whether what it names has expired now.
 * @param {(visit: Visit) => number} add
 */
function record(work, atOnce, add) {
  const { engine, visit } = work;
  if (!visit) {
    const code = work.isLost ? 'REVALIDATE_FAILED' : 'STORE';
    throw new FreshtagError(code, 'The cache failed during this request, so nothing can be revalidated. See the log.');
  }
  const id = add(visit);
  work.recorded = true;
  forgetFetches(work.scope);
  work.revalidated ||= atOnce;
  return new Revalidation(async () => {
    if (engine && !work.closed) await engine.commit(visit, id);
  });
}

/** @param {unknown} value */
function show(value) {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
