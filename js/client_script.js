// /_freshtag/client.js: freshtag/client in one piece, for pages that no bundler makes.
import script, { etag } from '../pkg/client.js';

/** @typedef {import('./call.js').Call} Call */

/**
 * The script, if that is what is asked for and the app has actions to call.
 * @param {Call} call
 * @returns {Response | undefined}
 */
export function clientScript({ pathname, request: { method, headers }, settings }) {
  const isGet = method === 'GET' || method === 'HEAD';
  if (pathname !== '/_freshtag/client.js' || !isGet || !settings.actions.app.any) return undefined;
  const own = { etag, 'cache-control': 'public, max-age=0, must-revalidate', 'x-content-type-options': 'nosniff' };
  if (headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers: own });
  const type = { 'content-type': 'text/javascript; charset=utf-8' };
  return new Response(method === 'HEAD' ? null : script, { headers: { ...own, ...type } });
}
