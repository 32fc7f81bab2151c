export { createApp } from './app.js';
export { cache } from './cache.js';
export { cached } from './cached.js';
export { RequestCookies } from './request_cookies.js';
export { after, connection, cookies, draftMode, headers } from './dynamic.js';
export { FreshtagError } from './errors.js';
export { cacheLife, cacheTag, unstable_cacheLife, unstable_cacheTag, unstable_noStore } from './life.js';
export { refresh, revalidatePath, revalidateTag, updateTag } from './revalidate.js';
export { unstable_cache } from './unstable_cache.js';
