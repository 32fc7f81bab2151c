// Who may call Server Actions: pages of this site and of the origins that the app allows (SA-7 to SA-10).
import { plain } from './reply.js';

/** @typedef {import('./call.js').Call} Call */

/**
 * The refusal of a call that comes from elsewhere, or undefined.
 * @param {Call} call
 * @returns {Response | undefined}
 */
export function checkOrigin({ request, settings, authority, pathname }) {
  const { headers } = request;
  const { allowedOrigins, trustForwardedHost } = settings.actions.app;
  const origin = headers.get('origin');
  const host = headers.get('host') ?? authority;
  const forwardedHost = headers.get('x-forwarded-host');
  const { allowed, reason, allow } = allowedOrigins.check(
    origin ?? undefined,
    host,
    forwardedHost ?? undefined,
    headers.get('sec-fetch-site') ?? undefined,
    trustForwardedHost,
    settings.compat,
  );
  if (allowed) return undefined;
  const fix = allow ? ` To allow it: createApp({ serverActions: { allowedOrigins: [${JSON.stringify(allow)}] } }).` : '';
  console.error(`freshtag: a Server Action of ${pathname} was refused (${reason}): origin ${JSON.stringify(origin)}, host ${JSON.stringify(host)}.${fix}`);
  return plain(settings.compat ? 500 : 403, 'Invalid Server Actions request.', { 'x-freshtag-error': reason });
}
