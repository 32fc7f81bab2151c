// Errors with Next's texts, so that code and search results move over unchanged.

const DOCS = 'https://nextjs.org/docs';
const API = `${DOCS}/app/api-reference/functions`;
const WRONG_CONTEXT = `${DOCS}/messages/next-dynamic-api-wrong-context`;
const STATIC_DOCS = `${DOCS}/app/building-your-application/rendering/static-and-dynamic#dynamic-rendering`;

/** An error of ours: `code` never changes its meaning, the message names the fix. */
export class FreshtagError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'FreshtagError';
    this.code = code;
  }
}

/** Request data was read where there is no visitor (NV-3). */
export class DynamicServerError extends Error {
  digest = 'DYNAMIC_SERVER_USAGE';

  /** @param {string} description */
  constructor(description) {
    super(`Dynamic server usage: ${description}`);
    this.description = description;
  }
}

/** Request data was read under `dynamic = 'error'` (NV-3). */
export class StaticGenBailoutError extends Error {
  code = 'NEXT_STATIC_GEN_BAILOUT';
}

/** A cookie was set where no response can carry it (CK-22, CK-25). */
export class ReadonlyRequestCookiesError extends Error {
  constructor() {
    super(`Cookies can only be modified in a Server Action or Route Handler. Read more: ${API}/cookies#options`);
  }
}

/** @param {string} route @param {string} expression */
export const notStatic = (route, expression) =>
  new DynamicServerError(
    `Route ${route} couldn't be rendered statically because it used \`${expression}\`. See more info here: ${DOCS}/messages/dynamic-server-error`,
  );

/** @param {string} route @param {string} expression */
export const dynamicIsError = (route, expression) =>
  new StaticGenBailoutError(
    `Route ${route} with \`dynamic = "error"\` couldn't be rendered statically because it used \`${expression}\`. See more info here: ${STATIC_DOCS}`,
  );

/** @param {string} name */
export const outsideRequest = (name) =>
  new Error(`\`${name}\` was called outside a request scope. Read more: ${WRONG_CONTEXT}`);

/** @param {string} route @param {string} expression @param {string} generator */
export const insideGenerator = (route, expression, generator) =>
  new Error(
    `Route ${route} used \`${expression}\` inside \`${generator}\`. This is not supported because \`${generator}\` runs at build time without an HTTP request. Read more: ${WRONG_CONTEXT}`,
  );

/** @param {string} route @param {string} expression */
export const requestIsOver = (route, expression) =>
  new FreshtagError(
    'REQUEST_OVER',
    `Route "${route}": \`${expression}\` was called after the response had ended. Await the work before you return, or hand it to \`after()\`.`,
  );

/** What a cached function may not touch (UC-35). @param {'cached' | 'unstable'} kind */
const cacheName = (kind) =>
  kind === 'cached'
    ? { call: '`"use cache"`', docs: `${DOCS}/messages/next-request-in-use-cache` }
    : { call: '`unstable_cache()`', docs: `${API}/unstable_cache` };

/** @param {string} route @param {string} expression @param {'cached' | 'unstable'} kind */
export function requestInCache(route, expression, kind) {
  const { call, docs } = cacheName(kind);
  return new Error(
    expression === 'connection()'
      ? `Route "${route}": \`connection()\` can't be called inside ${call} because cached functions may run during prerendering, without an incoming request. Call it outside the cached function.\nLearn more: ${docs}`
      : `Route "${route}": \`${expression}\` can't be read inside ${call}. Read it outside the cached function and pass what you need as an argument.\nLearn more: ${docs}`,
  );
}

/** @param {string} route @param {string} expression @param {'cached' | 'unstable'} kind */
export function draftModeInCache(route, expression, kind) {
  const { call, docs } = cacheName(kind);
  return new Error(
    `Route "${route}": \`${expression}\` can't be called inside ${call}. Draft mode can be read inside a cached function, but enabling or disabling it must happen outside.\nLearn more: ${docs}`,
  );
}

/** @param {string} route @param {string} expression */
export const draftModeInAfter = (route, expression) =>
  new Error(
    `Route ${route} used "${expression}" inside \`after()\`. The enabled status of \`draftMode()\` can be read inside \`after()\` but you cannot enable or disable \`draftMode()\`. See more info here: ${API}/after`,
  );

/** @param {string} route @param {string} expression @param {string} where */
const revalidateMisuse = (route, expression, where) =>
  new Error(
    `Route "${route}": \`${expression}\` can't be called ${where}. Call it from a Server Action or Route Handler instead.\nLearn more: ${DOCS}/messages/revalidate-in-use-cache`,
  );

/** @param {string} route @param {string} expression */
export const revalidateInRender = (route, expression) => revalidateMisuse(route, expression, 'during render');
/** @param {string} route @param {string} expression */
export const revalidateInCache = (route, expression) => revalidateMisuse(route, expression, 'inside a cached function');
/** @param {string} route @param {string} expression @param {string} generator */
export const revalidateInGenerator = (route, expression, generator) =>
  revalidateMisuse(route, expression, `inside \`${generator}\``);

/** @param {string} expression */
export const revalidateOutside = (expression) =>
  new Error(`Invariant: static generation store missing in ${expression}`);

export const updateTagOutsideAction = () =>
  new Error(
    `updateTag can only be called from within a Server Action. To invalidate cache tags in Route Handlers or other contexts, use revalidateTag instead. See more info here: ${API}/updateTag`,
  );

export const refreshOutsideAction = () =>
  new Error(`refresh can only be called from within a Server Action. See more info here: ${API}/refresh`);

/** @param {string} name @param {string | undefined} route */
export const outsideCache = (name, route) =>
  new Error(
    `${route === undefined ? '' : `Route "${route}": `}\`${name}()\` can only be called inside a \`"use cache"\` or \`"use cache: private"\` function.\nLearn more: ${DOCS}/messages/${name === 'cacheTag' ? 'cache-tag' : 'cache-life'}-outside-use-cache`,
  );

/** @param {string} name @param {string} id */
export const cachedOutside = (name, id) =>
  new Error(`"use cache" cannot be used outside of a request: cached function "${id}"${name && ` (${name})`} was called without one.`);

