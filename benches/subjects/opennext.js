// OpenNext's incremental cache and tag cache on KV.
import incremental from '@opennextjs/cloudflare/overrides/incremental-cache/kv-incremental-cache';
import tagCache from '@opennextjs/cloudflare/overrides/tag-cache/kv-next-tag-cache';
import { LocalKv } from '../kv.js';
import { html, TAGS } from '../page.js';

const TYPE = 'text/html; charset=utf-8';

/** @type {Record<string, import('./index.js').Make>} */
export default {
  OpenNext: async (page, kv = new LocalKv()) => {
    const env = { NEXT_INC_CACHE_KV: kv, NEXT_TAG_CACHE_KV: kv };
    const within = (work) => {
      // As its adapter for Cloudflare hands over the environment of a request.
      globalThis[Symbol.for('__cloudflare-context__')] = { env, ctx: {}, cf: {} };
      globalThis.openNextConfig ??= {};
      return work();
    };
    const headers = { 'content-type': TYPE, 'x-next-cache-tags': TAGS.join(',') };
    await within(() => incremental.set(`/${page}`, { type: 'app', html: html(page), rsc: '', meta: { status: 200, headers }, revalidate: 3600 }, 'cache'));
    const once = () =>
      within(async () => {
        const found = await incremental.get(`/${page}`, 'cache');
        if (!found?.value) return undefined;
        const tags = found.value.meta.headers['x-next-cache-tags'].split(',');
        if (await tagCache.hasBeenRevalidated(tags, found.lastModified)) return undefined;
        return new Response(found.value.html);
      });
    const anew = () => ({ once, revalidate: (tag) => within(() => tagCache.writeTags([tag])), anew });
    return anew();
  },
};
