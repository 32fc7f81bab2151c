// What this isolate answered in the last hour, for whoever looks at /_freshtag.

/** As x-nextjs-cache has them; what was never to be stored has none. */
const STATES = /** @type {const} */ (['hit', 'stale', 'miss', 'revalidated', 'bypass']);
const MINUTES = 60;
const MARK = 'x-nextjs-cache: ';

/** A ring of minutes. It holds numbers only, and as many of them after a day as at the start. */
export class Traffic {
  #counts = new Uint32Array(MINUTES * STATES.length);
  /** Which minute stands at each place of the ring. */
  #minutes = new Uint32Array(MINUTES);
  #total = 0;

  /** @param {import('./contract.js').Block} [block] The header lines of a reply; none where nothing could be stored. */
  count(block) {
    const minute = Math.floor(Date.now() / 60_000);
    const place = minute % MINUTES;
    const start = place * STATES.length;
    if (this.#minutes[place] !== minute) {
      this.#minutes[place] = minute;
      this.#counts.fill(0, start, start + STATES.length);
    }
    this.#counts[start + stateOf(block)]++;
    this.#total++;
  }

  /** The last hour, oldest minute first, and how many requests there were since the isolate began. */
  report() {
    const now = Math.floor(Date.now() / 60_000);
    const minutes = [];
    for (let minute = now - MINUTES + 1; minute <= now; minute++) {
      const place = minute % MINUTES;
      const start = place * STATES.length;
      const known = this.#minutes[place] === minute;
      minutes.push(known ? [...this.#counts.subarray(start, start + STATES.length)] : STATES.map(() => 0));
    }
    return { total: this.#total, until: (now + 1) * 60_000, states: STATES, minutes };
  }
}

/** @param {string | undefined} block */
function stateOf(block) {
  // It is among the last lines, and a handler's own header of that name stands before it.
  const at = block === undefined ? -1 : block.lastIndexOf(MARK);
  if (at < 0) return 4;
  switch (/** @type {string} */ (block)[at + MARK.length]) {
    case 'H':
      return 0;
    case 'S':
      return 1;
    case 'M':
      return 2;
    case 'R':
      return 3;
  }
  return 4;
}
