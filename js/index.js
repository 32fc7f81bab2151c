export { createApp } from './app.js';
export { cache } from './cache.js';
export { cached } from './cached.js';
export { cookies, parseCookie, parseSetCookie, RequestCookies, ResponseCookies, splitCookiesString, stringifyCookie } from './cookies.js';
export { after, connection, draftMode, headers } from './dynamic.js';
export { FreshtagError } from './errors.js';
export { cacheLife, cacheTag, unstable_cacheLife, unstable_cacheTag, unstable_noStore } from './life.js';
export { refresh, revalidatePath, revalidateTag, updateTag } from './revalidate.js';
export { unstable_cache } from './unstable_cache.js';
