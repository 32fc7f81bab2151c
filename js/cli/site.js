// The site that a command asks: its address, its secret, and what is wrong when it does not answer.
import { FAILED, MISUSED, Stop, UNREACHABLE } from './stop.js';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;
const PATIENCE = 300_000;

export class Site {
  #secret;

  /** @param {string} url @param {string | undefined} secret */
  constructor(url, secret) {
    const site = URL.canParse(url) ? new URL(url) : undefined;
    if (!site || !/^https?:$/.test(site.protocol)) throw new Stop(MISUSED, `--url must be an http or https address, like http://127.0.0.1:8787. It is: ${url}`);
    if (secret && site.protocol === 'http:' && !LOOPBACK.test(site.hostname)) {
      throw new Stop(MISUSED, `FRESHTAG_SECRET would cross the network unencrypted. Use --url https://${site.host}`);
    }
    if (secret && /[^\x20-\x7e]/.test(secret)) throw new Stop(MISUSED, 'FRESHTAG_SECRET holds characters that no header can carry. Make another one, of letters and digits.');
    this.url = site;
    this.#secret = secret;
  }

  /**
   * @param {string} path below /_freshtag/
   * @param {object} [body] A POST has one.
   * @returns {Promise<any>}
   */
  async ask(path, body) {
    const { origin } = this.url;
    /** @type {Record<string, string>} */
    const headers = {};
    if (body) headers['content-type'] = 'application/json';
    if (this.#secret) headers.authorization = `Bearer ${this.#secret}`;
    let answer;
    let text;
    try {
      answer = await fetch(new URL(`/_freshtag/${path}`, this.url), {
        method: body ? 'POST' : 'GET',
        headers,
        body: body && JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE),
      });
      text = await answer.text();
    } catch (error) {
      throw unreachable(origin, /** @type {Error} */ (error));
    }
    const told = parsed(text);
    if (answer.ok && told) return told;
    if (answer.ok) throw new Stop(FAILED, `${origin} answered, but not as freshtag does. Is --url the address of the Worker?`);
    throw new Stop(FAILED, `${this.#refusal(answer, told?.code)} ${said(answer, told, text)}`.trim());
  }

  /** @param {Response} answer @param {unknown} code */
  #refusal({ status, headers }, code) {
    const { origin } = this.url;
    if (status >= 300 && status < 400) return `${origin} redirects to ${headers.get('location')}. Use that address with --url.`;
    if (status === 401 || status === 403) {
      return this.#secret
        ? 'The site refused FRESHTAG_SECRET. Pass the value that `wrangler secret put FRESHTAG_SECRET` was given.'
        : `The site wants its secret: FRESHTAG_SECRET=… freshtag … --url ${origin}`;
    }
    if (status === 404 && code === undefined) return `${origin} answered 404, and not as freshtag does. Is --url the address of the Worker?`;
    if (code === 'NOT_FOUND' && !this.#secret) {
      return `${origin} has no admin. Set its secret with \`wrangler secret put FRESHTAG_SECRET\` and pass the same one here in FRESHTAG_SECRET.`;
    }
    return status < 500 ? '' : `${origin} failed with status ${status}.`;
  }
}

/** @param {string} origin @param {Error & { cause?: any }} error */
function unreachable(origin, error) {
  if (error.name === 'TimeoutError') return new Stop(UNREACHABLE, `${origin} did not answer within five minutes. Look at its log, then run this again: what is done stays.`);
  return new Stop(UNREACHABLE, `Nothing answers at ${origin} (${error.cause?.code ?? error.message}). Start the site with \`npm start\`, or name another with --url.`);
}

/** @param {string} text */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Response} answer @param {any} told @param {string} text */
function said({ status }, told, text) {
  if (told?.code) return `It said: ${told.message} (${told.code})`;
  return status < 500 ? '' : `It said: ${text.slice(0, 200)}`;
}
