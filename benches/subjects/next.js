// Next's own handler, which keeps pages in memory.
import nextFiles from 'next/dist/server/lib/incremental-cache/file-system-cache.js';
import { html, TAGS } from '../page.js';

const TYPE = 'text/html; charset=utf-8';

/** @type {Record<string, import('./index.js').Make>} */
export default {
  'Next, in memory': async (page) => {
    const FileSystemCache = nextFiles.default ?? nextFiles;
    const handler = new FileSystemCache({ flushToDisk: false, maxMemoryCacheSize: 50_000_000, revalidatedTags: [], serverDistDir: '/', fs: {} });
    const ctx = { kind: 'APP_PAGE', isRoutePPREnabled: false, isFallback: false };
    const headers = { 'content-type': TYPE, 'x-next-cache-tags': TAGS.join(',') };
    const key = `/${crypto.randomUUID()}`;
    await handler.set(key, { kind: 'APP_PAGE', html: html(page), headers, status: 200 }, { fetchCache: false, isFallback: false, isRoutePPREnabled: false });
    const once = async () => {
      const found = await handler.get(key, ctx);
      return found ? new Response(found.value.html) : undefined;
    };
    return { once, revalidate: (tag) => handler.revalidateTag(tag) };
  },
};
