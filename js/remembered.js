// Answers that nothing has changed since: they are given again without asking the module.

/** @typedef {import('./contract.js').Engine} Engine */
/** @typedef {import('./contract.js').Reply} Reply */
/** @typedef {import('./traffic.js').Traffic} Traffic */

/**
 * @typedef {object} Answer
 * @property {Blob} body
 * @property {Response} head Status and headers, which are copied sooner from a Response than from anything else.
 * @property {string} block The header lines, by which it is counted.
 * @property {number} until When time alone may have changed it, in ms.
 */

const MOST = 64;
const MOST_BYTES = 4 * 1024 * 1024;

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
   * The answer, if it is there and this request makes no other one necessary.
   * @param {Request} request
   * @param {Traffic} traffic
   * @returns {Response | undefined}
   */
  answer(request, traffic) {
    if (this.#answers.size === 0 || request.method !== 'GET') return undefined;
    const known = this.#answers.get(request.url);
    if (!known || !isAnybodys(request.headers) || !this.#isCurrent(this.#engine.epoch())) return undefined;
    if (Date.now() >= known.until) return undefined;
    traffic.count(known.block);
    return new Response(known.body, known.head);
  }

  /**
   * @param {string} url
   * @param {number} epoch The engine's before it was asked: what it has learnt meanwhile, the answer may not know.
   * @param {Reply} reply
   * @param {Response} response What was made of it.
   */
  keep(url, epoch, [, block, body, , until], response) {
    if (until === undefined || !(body instanceof Blob)) return;
    if (!this.#isCurrent(epoch)) this.#epoch = epoch;
    this.#forget(url);
    const bytes = body.size + block.length;
    if (bytes > MOST_BYTES) return;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size < MOST && this.#bytes + bytes <= MOST_BYTES) break;
      this.#forget(oldest);
    }
    this.#answers.set(url, { body, head: new Response(null, response), block, until });
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
    this.#bytes -= known.body.size + known.block.length;
  }
}

/** Whether nothing in the head of a request for a route asks for another answer than everybody's. @param {Headers} headers */
function isAnybodys(headers) {
  if (headers.has('if-none-match') || headers.has('x-prerender-revalidate')) return false;
  const cookie = headers.get('cookie');
  return cookie === null || !OWN_COOKIES.some((name) => cookie.includes(name));
}
