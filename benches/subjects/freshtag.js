// Ours.
import { cached, cacheTag, createApp, revalidateTag } from '../../js/index.js';
import { createStore } from '../../js/store.js';
import { LocalKv } from '../kv.js';
import { html, TAGS } from '../page.js';

const TYPE = 'text/html; charset=utf-8';

/** @type {Record<string, import('./index.js').Make>} */
export default {
  'freshtag, from KV': (page, kv) => app(page, kv, 0),
  'freshtag, from memory': (page, kv) => app(page, kv),
  'freshtag, createStore': async (page, kv = new LocalKv()) => {
    const lifetime = { stale: 300, revalidate: 3600, expire: 86_400 };
    await createStore({ kv, memory: 0 }).set(page, { body: html(page), headers: { 'content-type': TYPE }, tags: TAGS, lifetime });
    const anew = () => {
      const store = createStore({ kv, memory: 0 });
      const once = async () => {
        const { state, entry } = await store.get(page);
        return state === 'fresh' ? new Response(entry.body) : undefined;
      };
      return { once, revalidate: (tag) => store.revalidate([tag]), anew };
    };
    return anew();
  },
};

/** The whole product: what a Worker's fetch handler answers. */
async function app(page, kv = new LocalKv(), memory = undefined) {
  const body = html(page);
  const read = cached(async () => (cacheTag(...TAGS), body), { id: 'page' });
  const routes = {
    '/blog/[slug]': { GET: async () => new Response(await read(), { headers: { 'content-type': TYPE } }), revalidate: 3600 },
    '/revalidate': { POST: async (request) => (await revalidateTag(await request.text(), { expire: 0 }), new Response()) },
  };
  const request = new Request('https://example.com/blog/hello');
  const anew = () => {
    const { fetch } = createApp({ routes, memory, namespace: page.replace(/\W/g, '').toLowerCase() });
    const binding = { get: kv.get.bind(kv), getWithMetadata: kv.getWithMetadata.bind(kv), put: kv.put.bind(kv) };
    const env = { CACHE: binding };
    const ask = async (request) => {
      const behind = [];
      const response = await fetch(request, env, { waitUntil: (task) => behind.push(task) });
      return { response, behind };
    };
    const idle = { waitUntil() {} };
    const once = async () => {
      const response = await fetch(request, env, idle);
      return response.headers.get('x-nextjs-cache') === 'HIT' ? response : undefined;
    };
    const revalidate = (tag) => ask(new Request('https://example.com/revalidate', { method: 'POST', body: tag }));
    return { once, hit: (own = request) => fetch(own, env, idle), render: ask, request, revalidate, anew };
  };
  const first = anew();
  const { response, behind } = await first.render(request);
  await response.arrayBuffer();
  await Promise.all(behind);
  return first;
}
