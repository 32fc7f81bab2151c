// vinext's handler on KV.
import { KVCacheHandler } from '@vinext/cloudflare/cache/kv-data-adapter.runtime';
import { LocalKv } from '../kv.js';
import { html, TAGS } from '../page.js';

const TYPE = 'text/html; charset=utf-8';

/** @type {Record<string, import('./index.js').Make>} */
export default {
  vinext: async (page, kv = new LocalKv()) => {
    const value = { kind: 'APP_PAGE', html: html(page), headers: { 'content-type': TYPE }, status: 200 };
    await new KVCacheHandler(kv).set(`/${page}`, value, { tags: TAGS, revalidate: 3600 });
    const anew = () => {
      const handler = new KVCacheHandler(kv);
      const once = async () => {
        const found = await handler.get(`/${page}`);
        return found ? new Response(found.value.html) : undefined;
      };
      return { once, revalidate: (tag) => handler.revalidateTag(tag), anew };
    };
    return anew();
  },
};
