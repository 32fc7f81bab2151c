// Answers that nothing has changed since: they are given again without asking the module.

import { isSame, isWhole } from './lengths.js';

/** @typedef {import('./contract.js').Begun} Begun */
/** @typedef {import('./contract.js').Engine} Engine */
/** @typedef {import('./contract.js').Read} Read */
/** @typedef {import('./contract.js').Reply} Reply */
/** @typedef {import('./traffic.js').Traffic} Traffic */

/**
 * @typedef {object} Answer
 * @property {Blob | undefined} body Without one it is read of the store each time, as memory has no room for it.
 * @property {Read | undefined} read Of what the store had.
 * @property {Response} head Status and headers, which are copied sooner from a Response than from anything else.
 * @property {string} block The header lines, by which it is counted.
 * @property {number} until When time alone may have changed it, in ms.
 */

const MOST = 64;
const MOST_BYTES = 4 * 1024 * 1024;

/** How long a read is waited for before the module is asked, which goes on with it and can render meanwhile, in ms. */
const PATIENCE_MS = 250;

/** What makes of a visitor one who may not get what everybody gets. A change of the names in src/ is one here. */
const OWN_COOKIES = ['__freshtag_seen', '__prerender_bypass'];

/** By engine: a new instance of the module begins with none. @type {WeakMap<Engine, Remembered>} */
const byEngine = new WeakMap();

/** @param {Engine} engine */
export function rememberedBy(engine) {
  let remembered = byEngine.get(engine);
  if (!remembered) byEngine.set(engine, (remembered = new Remembered(engine)));
  return remembered;
}

class Remembered {
  /** Whole addresses, as the scheme and the query are cheaper to keep than to cut off. @type {Map<string, Answer>} */
  #answers = new Map();
  #bytes = 0;
  /** Of the engine when all of these were true. */
  #epoch = 0;
  #engine;

  /** @param {Engine} engine */
  constructor(engine) {
    this.#engine = engine;
  }

  /**
   * The answer, if it is there and this request makes no other one necessary. Where the store has the body, a promise of
   * it, or of the read with which the module goes on.
   * @param {Request} request
   * @param {Traffic} traffic
   * @returns {Response | Promise<Response | Begun> | undefined}
   */
  answer(request, traffic) {
    if (this.#answers.size === 0 || request.method !== 'GET') return undefined;
    const known = this.#answers.get(request.url);
    if (!known || !isAnybodys(request.headers) || !this.#isCurrent(this.#engine.epoch())) return undefined;
    if (Date.now() >= known.until) return undefined;
    if (known.read) return this.#readAgain(known, known.read, request.url, traffic);
    traffic.count(known.block);
    return new Response(known.body, known.head);
  }

  /**
   * @param {Answer} known
   * @param {Read} before
   * @param {string} url
   * @param {Traffic} traffic
   * @returns {Promise<Response | Begun>}
   */
  #readAgain(known, { kv, key, metadata, ask }, url, traffic) {
    const asked = ask();
    // One promise and no async function: there are few microseconds to win, and those would take half of them.
    return new Promise((resolve) => {
      let over = false;
      /** @param {import('./contract.js').Found | void} found */
      const end = (found) => {
        if (over) return;
        over = true;
        clearTimeout(late);
        if (found?.value && isSame(metadata, found.metadata) && isWhole({ kv, key, metadata }) && this.#looked(known)) {
          traffic.count(known.block);
          return resolve(new Response(found.value, known.head));
        }
        // Until the module has answered well, it is asked first.
        this.#forget(url);
        resolve({ key, asked });
      };
      const late = setTimeout(end, PATIENCE_MS);
      asked.then(end, () => end());
    });
  }

  /** Whether an answer is still the one after a read, which is counted then. @param {Answer} known */
  #looked({ until }) {
    try {
      if (!this.#isCurrent(this.#engine.epoch()) || Date.now() >= until) return false;
      this.#engine.looked();
      return true;
    } catch {
      // The module has trapped, which who asks it for an answer looks after.
      return false;
    }
  }

  /**
   * @param {string} url
   * @param {number} epoch The engine's before it was asked: what it has learnt meanwhile, the answer may not know.
   * @param {Reply} reply
   * @param {Response} response What was made of it.
   * @param {Read | undefined} read What the module read for it.
   */
  keep(url, epoch, [, block, content, , until], response, read) {
    const body = content instanceof Blob ? content : undefined;
    if (until === undefined || (!body && !(content instanceof ReadableStream && read))) return;
    if (!this.#isCurrent(epoch)) this.#epoch = epoch;
    this.#forget(url);
    const bytes = bytesOf({ body, block });
    if (bytes > MOST_BYTES) return;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size < MOST && this.#bytes + bytes <= MOST_BYTES) break;
      this.#forget(oldest);
    }
    this.#answers.set(url, { body, read: body ? undefined : read, head: new Response(null, response), block, until });
    this.#bytes += bytes;
  }

  /** How much there is, for tests. */
  get usage() {
    return { answers: this.#answers.size, bytes: this.#bytes };
  }

  /** Whether what is remembered is of this epoch; if not, it is forgotten. @param {number} epoch */
  #isCurrent(epoch) {
    if (epoch === this.#epoch) return true;
    this.#answers.clear();
    this.#bytes = 0;
    return false;
  }

  /** @param {string} url */
  #forget(url) {
    const known = this.#answers.get(url);
    if (!known) return;
    this.#answers.delete(url);
    this.#bytes -= bytesOf(known);
  }
}

/** @param {Pick<Answer, 'body' | 'block'>} answer */
const bytesOf = ({ body, block }) => (body?.size ?? 0) + block.length;

/** Whether nothing in the head of a request for a route asks for another answer than everybody's. @param {Headers} headers */
function isAnybodys(headers) {
  if (headers.has('if-none-match') || headers.has('x-prerender-revalidate')) return false;
  const cookie = headers.get('cookie');
  return cookie === null || !OWN_COOKIES.some((name) => cookie.includes(name));
}
