// draftMode(): whether this visitor sees drafts, and the cookie that says so (DM-1 to DM-13).
import { markDynamic, requestScope } from './access.js';
import { draftModeInCache, draftModeInAfter, dynamicIsError, FreshtagError, insideGenerator, ReadonlyRequestCookiesError } from './errors.js';
import { Jar } from './jar.js';
import { jsonReply, toBlock } from './reply.js';
import { currentScope } from './scope.js';
import { stringifyCookie } from './set_cookie.js';
import { release } from './work.js';

/** @typedef {import('./scope.js').Scope} Scope */
/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./contract.js').Visit} Visit */

const COOKIE = '__prerender_bypass';
const LINKS = '/_freshtag/draft/';

/** Draft mode of this request. Reading it makes no render dynamic (DM-10). */
export async function draftMode() {
  const scope = requestScope('draftMode');
  if (scope.kind === 'params') throw insideGenerator(scope.work.route, 'draftMode()', 'generateStaticParams');
  return new DraftMode(scope);
}

class DraftMode {
  #scope;

  /** @param {Scope} scope */
  constructor(scope) {
    this.#scope = scope;
  }

  get isEnabled() {
    const scope = currentScope() ?? this.#scope;
    const { work } = scope;
    // What is rendered for everybody, behind a visitor's request too, has a visit of its own, which is never in draft mode.
    const visit = scope.over ? work.visit : scope.visit;
    if (!work.closed && visit) work.draft = visit.isDraft();
    return work.draft;
  }

  enable() {
    const { work } = this.#open('draftMode().enable()');
    const { visit } = work;
    if (!visit) throw new FreshtagError('STORE', 'The cache failed during this request, so draft mode cannot be enabled. See the log.');
    setCookie(work, visit.draftToken());
    visit.setDraft(true);
  }

  disable() {
    const { work } = this.#open('draftMode().disable()');
    setCookie(work, '');
    work.visit?.setDraft(false);
  }

  /**
   * The scope, if draft mode may be switched in it (DM-11).
   * @param {string} expression
   */
  #open(expression) {
    const scope = currentScope() ?? this.#scope;
    const { kind, work } = scope;
    if (kind === 'after') throw draftModeInAfter(work.route, expression);
    if (work.mode === 'error') throw dynamicIsError(work.route, expression);
    if (kind === 'cached' || kind === 'unstable') {
      const error = draftModeInCache(work.route, expression, kind);
      if (kind === 'cached') scope.misuse ??= error;
      throw error;
    }
    if (scope.phase !== 'action' || work.answered) throw new ReadonlyRequestCookiesError();
    markDynamic(scope, expression);
    return scope;
  }
}

/** @param {import('./work.js').Work} work @param {string} value */
function setCookie(work, value) {
  work.jar ??= new Jar(work.request.headers, work.settings.cookies);
  work.jar.set([draftCookie(work.request.url, value)]);
  work.switched = true;
}

/**
 * The cookie of draft mode (DM-2); one without a value ends it (DM-3).
 * @param {string} url of the request
 * @param {string} value
 */
function draftCookie(url, value) {
  const { protocol, hostname } = new URL(url);
  // As in Next's development: a browser may refuse a Secure cookie there.
  const plain = protocol === 'http:' && /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return {
    name: COOKIE,
    value,
    path: '/',
    httpOnly: true,
    secure: !plain,
    sameSite: plain ? 'lax' : 'none',
    ...(value === '' && { expires: new Date(0) }),
  };
}

/** Whether a path switches draft mode for whoever follows it. @param {string} pathname */
export function isDraftLink(pathname) {
  return pathname.startsWith(LINKS);
}

/** @param {Call} call */
export function serveDraftLink({ engine, request, pathname, search }) {
  const [status, text, value] = engine.draftLink(request.method, pathname, search, toBlock(request.headers));
  if (value === undefined) return jsonReply(status, text);
  const headers = {
    location: text,
    'set-cookie': stringifyCookie(draftCookie(request.url, value)),
    'cache-control': 'no-store',
    // The secret stands in the address.
    'referrer-policy': 'no-referrer',
  };
  return new Response(null, { status, headers });
}

/**
 * The visit of a call, and whether it is to make its page anew for somebody who may ask for that (IS-10): the visit of such
 * a call is nobody's.
 * @param {Call} call
 * @returns {[visit: Visit, onDemand: boolean]}
 */
export function visitOf({ engine, request, pathname, defer, begun }) {
  const { headers, method } = request;
  const token = headers.get('x-prerender-revalidate');
  if (token !== null && (method === 'GET' || method === 'HEAD')) {
    const visit = engine.visit(undefined, undefined, defer);
    if (visit.demand(token, pathname, headers.has('x-prerender-revalidate-if-generated'))) return [visit, true];
    release(visit);
  }
  const cookie = headers.get('cookie') ?? undefined;
  return [engine.visit(cookie, cookie && pathname, defer, begun), false];
}
