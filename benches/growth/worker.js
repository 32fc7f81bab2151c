// One store with many entries, and entries with many tags.
import { createStore } from '../../js/store.js';
import { header } from '../../tests/e2e/header.js';
import { LocalKv } from '../kv.js';

const LIFE = { stale: 300, revalidate: 3600, expire: 86_400 };
const BODY = 'x'.repeat(2048);
const made = new Map();

const number = (entry) => String(entry).padStart(6, '0');
const tagsOf = (count, entry) => Array.from({ length: count }, (_, n) => (n === 0 ? `entry-${number(entry)}` : `tag-${n}`));

/** Knows one entry, and answers for any other with the number of that one in its header. To write so many takes minutes. */
class ManyKv extends LocalKv {
  asked = 0;
  #one;

  async getWithMetadata(key, options) {
    this.#one ??= [...this.values.values()].find(({ metadata }) => metadata);
    const { bytes, metadata } = this.#one;
    const { x: _, ...fields } = JSON.parse(metadata.replaceAll('000000', number(this.asked)));
    return { value: new Response(bytes).body, metadata: header(fields), cacheStatus: null };
  }
}

async function make(entries, tags) {
  const kv = entries > 100 ? new ManyKv() : new LocalKv();
  const writer = createStore({ kv, memory: 0 });
  for (let entry = 0; entry < (entries > 100 ? 1 : entries); entry++) {
    await writer.set(`key-${number(entry)}`, { body: BODY, tags: tagsOf(tags, entry), lifetime: LIFE });
  }
  return { kv, fromKv: createStore({ kv, memory: 0 }), fromMemory: createStore({ kv }), next: 0 };
}

export default {
  async fetch(request) {
    const { entries, tags, what, n } = await request.json();
    const name = `${entries} ${tags}`;
    if (!made.has(name)) made.set(name, await make(entries, tags));
    const all = made.get(name);
    const hit = async (store, entry) => {
      all.kv.asked = entry;
      const { state } = await store.get(`key-${number(entry)}`);
      if (state !== 'fresh') throw new Error(`entry ${entry} of ${name} is no hit: ${state}`);
    };
    for (let i = 0; i < n; i++) {
      if (what === 'hit from KV') await hit(all.fromKv, (all.next = (all.next + 7919) % entries));
      else if (what === 'hit from memory') await hit(all.fromMemory, 0);
      else await createStore({ kv: all.kv }).revalidate([`nobody-${i}`]);
    }
    return new Response('done');
  },
};
