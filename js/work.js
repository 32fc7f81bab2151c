// One run of user code for one request, from the call of the handler to the end of its response body.
import { FreshtagError } from './errors.js';
import { alive, instance } from './instance.js';
import { Scope } from './scope.js';

/** @typedef {import('./contract.js').Engine} Engine */
/** @typedef {import('./contract.js').Visit} Visit */
/** @typedef {import('./contract.js').Collector} Collector */
/** @typedef {import('./contract.js').Defer} Defer */
/** @typedef {'auto' | 'force-dynamic' | 'error' | 'force-static'} Mode */

/** @typedef {import('./jar.js').Jar} Jar */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * @typedef {object} WorkInit
 * @property {Engine | undefined} engine Absent where nothing is stored: without KV, or when it failed.
 * @property {Visit | undefined} visit Absent when the engine failed.
 * @property {Collector | undefined} [collector]
 * @property {string} route The pattern, for messages.
 * @property {Mode} mode
 * @property {string} [fetchCache] The route's, for `fetch`; and its `revalidate`.
 * @property {number | false} [revalidate]
 * @property {() => void} [fetched] Told when something is fetched.
 * @property {'live' | 'refresh' | 'prerender'} how
 * @property {Request} request
 * @property {Defer | undefined} defer
 * @property {Settings} settings
 */

export class Work {
  /** Whether a revalidation was recorded that `settle` must write. */
  recorded = false;
  /** Whether a Server Action is running. */
  action = false;
  /** Whether one has run, so that what it left for `after()` is still of it. */
  acted = false;
  /** Whether something expired at once, so that a page on a screen is out of date (SA-24). */
  revalidated = false;
  /** Whether `unstable_noStore()` was called. */
  noStore = false;
  /** Whether `refresh()` was called. */
  refreshed = false;
  /** What an action returned to the form that this page answers. @type {{ definition: object, value: unknown } | undefined} */
  actionState;
  /** Whether the head of the answer has told shared caches to keep it: from then on nothing may make it a visitor's own. */
  sealed = false;
  /** Whether the handler has returned: nothing can be added to the head of its response. */
  answered = false;
  /** Whether draft mode is on, as far as somebody asked. */
  draft = false;
  /** Whether draft mode was switched here: what is answered is for one visitor alone. */
  switched = false;
  /** Those of the path, once a handler runs. @type {import('./route.js').Params} */
  params = {};
  /** The cookies of the request, once somebody asked for them. @type {Jar | undefined} */
  jar;
  /** The response as the engine was given it. @type {Response | undefined} */
  response;
  #visit;
  /** @type {'open' | 'running' | 'closed'} */
  #state = 'open';
  /** @type {(() => unknown)[]} */
  #tasks = [];
  /** @type {Set<Promise<unknown>>} */
  #running = new Set();
  #kept = false;
  #bodyEnded = false;
  #replied;
  /** @type {() => void} */
  #ended = () => {};
  /** Settles when the body has ended and every `after` task is done. */
  ended = new Promise((/** @type {(value: void) => void} */ resolve) => {
    this.#ended = resolve;
  });

  /** @param {WorkInit} init */
  constructor({ engine, visit, collector, route, mode, fetchCache, revalidate, fetched, how, request, defer, settings }) {
    this.engine = engine;
    this.#visit = visit;
    this.route = route;
    this.mode = mode;
    this.fetchCache = fetchCache;
    this.revalidate = revalidate;
    this.fetched = fetched;
    this.how = how;
    this.request = request;
    this.defer = defer;
    this.settings = settings;
    /** Whether stored data is passed by, as whoever develops this asked for (FE-17). */
    this.reloads = settings.dev && how === 'live' && isReload(request);
    this.scope = new Scope('route', this, visit, collector);
    // Nobody replies to a background render: its end is the end of its body.
    this.#replied = how !== 'live';
  }

  /**
   * Lets the end of the body be the end of the work. Read inside the scope, so that a body made on demand still knows its
   * request. The response becomes this request's own: one without a body
   * can be a constant that answers everybody.
   * @param {Response} response
   */
  watch(response) {
    if (!response.body || isSocket(response)) {
      this.bodyEnded();
      return (this.response = new Response(null, response));
    }
    if (response.body.locked) throw new TypeError('The body of the Response was read already: return a clone that was made before, or a new Response.');
    const { readable, writable } = identity();
    const ended = () => this.bodyEnded();
    const { body } = response;
    this.scope.run(() => move(body, writable).then(ended, ended));
    return (this.response = new Response(readable, response));
  }

  /** The body was sent, cancelled, or nobody wants it. */
  bodyEnded() {
    this.#bodyEnded = true;
    this.#end();
  }

  /** The response is on its way: what the handler recorded is written. */
  replied() {
    this.#replied = true;
    this.#end();
  }

  #end() {
    if (!this.#bodyEnded || !this.#replied || this.#state !== 'open') return;
    this.#state = 'running';
    this.scope.over = true;
    if (this.#tasks.length > 0) this.#runTasks().then(() => this.#close());
    else this.#close();
  }

  #close() {
    this.#state = 'closed';
    release(this.visit);
    release(this.scope.collector);
    this.#ended();
  }

  /** Whether nothing can be added any more. */
  get closed() {
    return this.#state === 'closed';
  }

  /**
   * Runs `task` once the body has ended (WK-12), at the same time as the others.
   * @param {() => unknown} task
   */
  after(task) {
    if (!this.defer) throw new Error(NO_WAIT_UNTIL);
    if (this.#state === 'running') {
      this.#start(task);
      return;
    }
    this.#tasks.push(task);
    if (this.#kept) return;
    this.#kept = true;
    this.defer(this.ended);
  }

  async #runTasks() {
    for (const task of this.#tasks) this.#start(task);
    while (this.#running.size > 0) await Promise.all(this.#running);
    try {
      await this.settle();
    } catch (error) {
      console.error('freshtag: a revalidation of an `after()` task was not written:', error);
    }
  }

  /** @param {() => unknown} task */
  #start(task) {
    const scope = new Scope('after', this, this.visit, undefined);
    const running = scope
      .run(async () => task())
      .catch((error) => console.error('An error occurred in a function passed to `after()`:', error))
      .finally(() => {
        scope.over = true;
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  get visit() {
    return alive(this.#visit);
  }

  /** Whether nobody knows any more who this visitor is, as the module trapped. */
  get isLost() {
    return !!this.#visit && !this.visit;
  }

  /** Writes what was recorded and not awaited. */
  async settle() {
    if (!this.recorded || !this.engine || !this.#visit) return;
    this.recorded = false;
    if (this.isLost) throw new FreshtagError('REVALIDATE_FAILED', 'The cache failed during this request, so nothing was revalidated.');
    await this.engine.settle(this.#visit);
  }
}

/** Whether a browser asks past all caches. @param {Request} request */
export function isReload({ headers }) {
  return headers.get('cache-control') === 'no-cache';
}

const NO_WAIT_UNTIL =
  '`after()` will not work correctly, because `waitUntil` is not available in the current environment.';

/** Hands a promise to the runtime, errors logged. @param {Work} work @param {PromiseLike<unknown>} promise */
export function keepAlive(work, promise) {
  if (!work.defer) throw new Error(NO_WAIT_UNTIL);
  work.defer(
    Promise.resolve(promise).catch((error) => console.error('A promise passed to `after()` rejected:', error)),
  );
}

/** Whether a response carries a WebSocket, which one made of its parts would not. @param {Response} response */
export function isSocket(response) {
  return 'webSocket' in response && !!response.webSocket;
}

/** @type {WeakSet<object>} */
const released = new WeakSet();

/** Gives an object back to the module, once. @param {{ free(): void } | undefined} object */
export function release(object) {
  if (!object || released.has(object)) return;
  released.add(object);
  // What was of an instance before is a place in the memory of this one that somebody else has.
  if ('__wbg_inst' in object && object.__wbg_inst !== instance()) return;
  try {
    object.free();
  } catch (error) {
    // The module still borrows it, or has trapped; the finaliser of the bindings takes over.
    console.warn('freshtag: could not free an object:', error);
  }
}

const FIRST_BYTES = 32 * 1024;
const MOST_BYTES = 256 * 1024;

/**
 * Moves a body to where it is sent from. What is workerd's own goes by a reader: a copy of a body in memory, or one that
 * comes from another of its transforms, it cannot pipe, and then the promise never settles.
 * @param {ReadableStream<Uint8Array>} body
 * @param {WritableStream<Uint8Array>} writable
 */
async function move(body, writable) {
  const reader = typeof IdentityTransformStream === 'function' && byteReader(body);
  if (!reader) return body.pipeTo(writable);
  const writer = writable.getWriter();
  /** @param {unknown} reason */
  const stop = (reason) => reader.cancel(reason).catch(() => {});
  // Nobody wants the rest.
  writer.closed.catch(stop);
  try {
    let bytes = new Uint8Array(FIRST_BYTES);
    for (;;) {
      const { done, value } = await reader.read(bytes);
      if (done) break;
      const isFull = value.byteLength === value.buffer.byteLength;
      await writer.write(value);
      // Written is read: the same memory serves again, or more of it where it was too little.
      bytes = isFull && value.byteLength < MOST_BYTES ? new Uint8Array(2 * value.byteLength) : new Uint8Array(value.buffer);
    }
    await writer.close();
  } catch (error) {
    await Promise.all([writer.abort(error).catch(() => {}), stop(error)]);
  }
}

/** A reader of bytes, if the body is made of them and not of what a script enqueues. @param {ReadableStream<Uint8Array>} body */
function byteReader(body) {
  try {
    return body.getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}

/** @returns {{ readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array> }} */
function identity() {
  return typeof IdentityTransformStream === 'function' ? new IdentityTransformStream() : new TransformStream();
}
