// /_freshtag: the page that shows the cache to a person. It holds no data; what it shows it asks for as anybody would.
import page, { etag, policy } from '../pkg/inspector.js';

/** @param {Request} request @returns {Response} */
export function inspectorPage({ method, headers }) {
  const own = {
    etag,
    'cache-control': 'private, max-age=0, must-revalidate',
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  };
  if (headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers: own });
  return new Response(method === 'HEAD' ? null : page, { headers: { ...own, 'content-type': 'text/html; charset=utf-8' } });
}
