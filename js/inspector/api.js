// What the page asks the Worker: the same JSON as for anybody, with the secret where the Worker wants one.

const KEPT = 'freshtag-secret';
const BASE = '/_freshtag';

/** Why there is no answer: its message names the fix. */
export class Problem extends Error {
  /** @param {number} status 0 where nothing answered. @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const secret = {
  get: () => sessionStorage.getItem(KEPT) ?? '',
  /** @param {string} value */
  keep: (value) => sessionStorage.setItem(KEPT, value),
  forget: () => sessionStorage.removeItem(KEPT),
};

/**
 * @param {string} path below /_freshtag/
 * @param {object} [body] A POST has one.
 * @returns {Promise<any>}
 */
export async function ask(path, body) {
  /** @type {Record<string, string>} */
  const headers = {};
  // A header holds Latin-1; what does not fit it is no secret that could match.
  if (secret.get()) headers.authorization = `Bearer ${secret.get().replace(/[^\x20-\x7e]/g, '?')}`;
  if (body) headers['content-type'] = 'application/json';
  let answer;
  let text;
  try {
    answer = await fetch(`${BASE}/${path}`, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), cache: 'no-store' });
    text = await answer.text();
  } catch {
    throw new Problem(0, 'The Worker does not answer. Is it running, and are you online?');
  }
  let told;
  try {
    told = JSON.parse(text);
  } catch {
    throw new Problem(answer.status, `The Worker answered with status ${answer.status} and no JSON. Look at its log.`);
  }
  if (!answer.ok) throw new Problem(answer.status, told.message ? `${told.message} (${told.code})` : `Status ${answer.status}.`);
  return told;
}

/**
 * Enters or leaves draft mode, whose cookie the answer sets.
 * @param {'enable' | 'disable'} which
 * @param {string} draftSecret
 */
export async function draft(which, draftSecret) {
  const query = which === 'enable' ? `?${new URLSearchParams({ secret: draftSecret })}` : '';
  let answer;
  try {
    answer = await fetch(`${BASE}/draft/${which}${query}`, { redirect: 'manual', cache: 'no-store' });
  } catch {
    throw new Problem(0, 'The Worker does not answer. Is it running, and are you online?');
  }
  // A redirect that is not followed: it was accepted.
  if (answer.type === 'opaqueredirect') return;
  if (answer.status === 404) throw new Problem(404, 'This Worker has no FRESHTAG_DRAFT_SECRET. Set one with `wrangler secret put FRESHTAG_DRAFT_SECRET`.');
  if (answer.status === 401) throw new Problem(401, 'That is not FRESHTAG_DRAFT_SECRET. Pass the value that `wrangler secret put` was given.');
  const { message = `Status ${answer.status}.` } = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, message);
}
