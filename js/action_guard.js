// Before a call is read: whether its page may make it.
import { checkOrigin, TRUST } from './action_origin.js';
import { plain } from './reply.js';

/** @typedef {import('./call.js').Call} Call */

/**
 * The refusal of a call that comes from elsewhere, or undefined.
 * @param {Call} call
 * @returns {Response | undefined}
 */
export function refusedOrigin({ request: { headers }, settings: { actions, compat }, authority, pathname }) {
  const { allowedOrigins, trustForwardedHost } = actions.app;
  const asked = {
    origin: headers.get('origin'),
    host: headers.get('host') ?? authority,
    forwardedHost: headers.get('x-forwarded-host'),
    secFetchSite: headers.get('sec-fetch-site'),
  };
  const verdict = checkOrigin(allowedOrigins, asked, compat ? TRUST.next : trustForwardedHost ? TRUST.proxy : TRUST.host);
  if (verdict.allowed) return undefined;
  const { reason, allow } = verdict;
  const fix = allow === undefined ? '' : ` To allow it: createApp({ serverActions: { allowedOrigins: [${JSON.stringify(allow)}] } }).`;
  console.error(`freshtag: a Server Action of ${pathname} was refused (${reason}): ${JSON.stringify(asked)}.${fix}`);
  return plain(compat ? 500 : 403, 'Invalid Server Actions request.', { 'x-freshtag-error': reason });
}
