// A site that says to each visitor what he sent, beside pages for everybody, in one isolate.
import { cached, cacheTag, cookies, createApp, draftMode, fetch, formField, headers, revalidateTag, serverAction } from '../../js/index.js';
import { memory } from '../../js/load.workerd.js';

/** A store in the isolate, as late as Workers KV is. */
const stored = new Map();
const late = () => new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 10));
const text = (key) => (stored.has(key) ? new TextDecoder().decode(stored.get(key).bytes) : null);
const CACHE = {
  async get(key) {
    await late();
    return Array.isArray(key) ? new Map(key.map((one) => [one, text(one)])) : text(key);
  },
  async getWithMetadata(key) {
    await late();
    const found = stored.get(key);
    return { value: found ? new Blob([found.bytes]).stream() : null, metadata: found?.metadata ?? null };
  },
  async put(key, value, { metadata } = {}) {
    const bytes = new Uint8Array(await new Response(value).arrayBuffer());
    await late();
    stored.set(key, { bytes, metadata });
  },
  async list() {
    return { keys: [], list_complete: true };
  },
};

let renders = 0;
const read = cached(async (id) => (cacheTag(`page-${id}`), await late(), `part ${id} ${++renders}`), { id: 'part' });
const act = serverAction(
  async (sent) => {
    const jar = await cookies();
    jar.set('acted', sent);
    return `${sent} ${jar.get('canary')?.value}`;
  },
  { id: 'load:act' },
);

/** An upstream that says back what it was sent, in the place of the network. */
globalThis.fetch = async (input, init) => (await late(), new Response(`upstream ${input} ${new Headers(init?.headers).get('x-canary') ?? ''}`));

/** An origin whose pages vary by language; some are for one visitor. */
const ORIGIN = {
  async fetch(url, init) {
    await late();
    const { pathname } = new URL(url);
    const sent = new Headers(init.headers);
    if (pathname.startsWith('/own/')) return new Response(`own ${sent.get('cookie')}`, { headers: { 'cache-control': 'private, max-age=60' } });
    return new Response(`shop ${pathname} in ${sent.get('x-lang')}`, { headers: { 'cache-control': 's-maxage=1, stale-while-revalidate=60', vary: 'x-lang' } });
  },
};
const own = async () => `${(await cookies()).get('canary')?.value} ${(await headers()).get('x-canary')}`;
const html = (body, more) => new Response(body, { headers: { 'content-type': 'text/html', ...more } });

const app = createApp({
  secret: 'a secret of this test alone',
  actions: [act],
  routes: {
    // For everybody.
    '/page/[id]': {
      revalidate: 1,
      async GET(_request, { params }) {
        const { id } = await params;
        return html(`page ${id}: ${await read(id)}`);
      },
    },
    // For one visitor, with a part for everybody.
    '/me/[id]': {
      revalidate: 60,
      async GET(_request, { params }) {
        const part = await read((await params).id);
        (await cookies()).set('last', (await cookies()).get('canary')?.value ?? '');
        return html(`${await own()} ${part}`, { 'x-own': (await headers()).get('x-canary') ?? '' });
      },
    },
    // For everybody, but for who sees drafts.
    '/draft/[id]': {
      revalidate: 60,
      async GET(_request, { params }) {
        const { isEnabled } = await draftMode();
        return html(isEnabled ? `draft ${await own()}` : `public ${(await params).id}`);
      },
    },
    // A part for everybody from an upstream, and one for this visitor.
    '/fetch/[id]': {
      async POST(_request, { params }) {
        const { id } = await params;
        const shared = await fetch(`https://api.test/${id}`, { cache: 'force-cache', next: { tags: [`page-${id}`] } });
        const mine = await fetch('https://api.test/me', { headers: { 'x-canary': (await headers()).get('x-canary') ?? '' }, cache: 'no-store' });
        return html(`${await shared.text()} ${await mine.text()} ${await own()}`);
      },
    },
    // Bytes for everybody.
    '/image/[id]': {
      revalidate: 1,
      async GET(_request, { params }) {
        return new Response(new Uint8Array(4096).fill(64 + Number((await params).id)), { headers: { 'content-type': 'image/png' } });
      },
    },
    '/draft-on': { GET: async () => ((await draftMode()).enable(), new Response('on')) },
    '/echo': { POST: async (request) => html(`${await request.text()} ${await own()}`) },
    '/revalidate/[id]': {
      async POST(_request, { params }) {
        revalidateTag(`page-${(await params).id}`, { expire: 0 });
        return html(await own());
      },
    },
    '/form': { GET: async () => Response.json(await formField(act)) },
    // As a bug of the module would.
    '/trap': { POST: async () => (new Uint8Array(memory.buffer).fill(0x7f), new Response('trapped')) },
  },
});

export default { fetch: (request, env, ctx) => app.fetch(request, { ...env, CACHE, ORIGIN }, ctx) };
