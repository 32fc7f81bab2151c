// Counts what the subjects ask of KV, and how many of it they wait for one after the other.
import { SUBJECTS } from '../subjects/index.js';
import { LocalKv } from '../kv.js';
import { TAGS } from '../page.js';

/** A KV each of whose calls takes one step: a step ends when nothing more can be asked without an answer. */
class SteppedKv extends LocalKv {
  steps = 0;
  #waiting = [];

  #step() {
    if (!this.log) return undefined;
    if (this.#waiting.length === 0) {
      setTimeout(() => {
        this.steps++;
        for (const go of this.#waiting.splice(0)) go();
      }, 2);
    }
    return new Promise((go) => this.#waiting.push(go));
  }

  async get(...args) {
    const found = super.get(...args);
    await this.#step();
    return found;
  }

  async getWithMetadata(...args) {
    const found = super.getWithMetadata(...args);
    await this.#step();
    return found;
  }

  async put(...args) {
    const done = super.put(...args);
    await this.#step();
    return done;
  }

  /** What `work` asks: calls, keys, and how many steps it took. */
  async count(work) {
    this.log = [];
    this.steps = 0;
    const result = await work();
    const { steps, log } = this;
    this.log = undefined;
    const of = (isPut) => log.filter(({ method }) => (method === 'put') === isPut);
    const sum = (calls) => calls.reduce((keys, call) => keys + call.keys, 0);
    return { result, reads: `${of(false).length} / ${sum(of(false))} / ${steps}`, writes: of(true).length, steps };
  }
}

export default {
  async fetch(request) {
    const { who } = await request.json();
    const kv = new SteppedKv();
    const subject = await SUBJECTS[who]('2 KB', kv);
    const rows = {};
    const hits = async (name, of) => {
      const { result, reads } = await kv.count(() => of.once());
      rows[name] = result ? reads : `no hit: ${reads}`;
    };
    const cold = subject.anew?.() ?? subject;
    await hits('hit, cold isolate', cold);
    await hits('hit again, within 5 s', cold);
    await hits('and again', cold);
    if (subject.revalidate) {
      const { writes, steps } = await kv.count(() => cold.revalidate('another-tag'));
      rows['revalidate one tag: puts / round trips'] = `${writes} / ${steps}`;
      const other = subject.anew();
      await hits('hit, cold isolate, after another tag was revalidated', other);
      await hits('hit again, within 5 s, likewise', other);
      await cold.revalidate(TAGS[0]);
      const { result, reads } = await kv.count(() => subject.anew().once());
      rows['read of an expired page'] = result ? 'still a hit' : reads;
    }
    return Response.json(rows);
  },
};
