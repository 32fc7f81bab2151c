// What createApp was told, checked once, as each request of the app finds it.
import { FreshtagError } from './errors.js';
import { pagesOf } from './pages.js';
import { isNext } from './set_cookie.js';

/** @typedef {import('./app.js').AppOptions} AppOptions */
/** @typedef {import('./jar.js').CookieRules} CookieRules */
/** @typedef {import('./route.js').Route} Route */

/** @typedef {import('./actions.js').Actions} Actions */
/** @typedef {import('./actions.js').Table} Table */

/**
 * @typedef {object} Settings
 * @property {boolean} compat Whether Next's behaviour is wanted where ours differs.
 * @property {CookieRules} cookies
 * @property {Table} actions
 * @property {import('./pages.js').Pages} pages
 * @property {import('./image.js').Image[]} images Of all image routes.
 * @property {string | undefined} buildId
 * @property {boolean} dev
 * @property {boolean} patchFetch Whether the global fetch is ours in this app.
 * @property {import('./fetch_log.js').Logging | undefined} logging
 */

/**
 * @param {AppOptions} options
 * @param {Route[]} routes
 * @param {Actions} actions
 * @returns {(env: Record<string, any>) => Settings} What holds in an environment.
 */
export function settingsOf(options, routes, actions) {
  const { compat, trustMiddleware, patchFetch, logging = {} } = options;
  previewModeIdOf(options, {});
  const fixed = {
    compat: isNext(compat),
    cookies: { compat, trustMiddleware: trustMiddleware === true },
    pages: pagesOf(options),
    patchFetch: patchFetch === true,
    images: routes.flatMap(({ image }) => image ?? []),
  };
  return (env) => {
    const dev = isDev(env);
    return { ...fixed, actions: actions.in(env), buildId: buildIdOf(options, env), dev, logging: dev && logging ? logging : undefined };
  };
}

/** Only what `npm start` sets counts: this opens the admin routes on loopback. @param {Record<string, any>} env */
export function isDev(env) {
  return env.FRESHTAG_DEV === '1';
}

/**
 * The build is the Worker's version, where nothing else is said.
 * @param {AppOptions} options
 * @param {Record<string, any>} env
 * @returns {string | undefined}
 */
export function buildIdOf({ buildId }, { CF_VERSION_METADATA: version }) {
  return buildId ?? version?.id;
}

/**
 * Next's own proof of draft mode: one text for all visitors, so only for those who ask for it by name.
 * @param {AppOptions} options
 * @param {Record<string, any>} env
 * @returns {string | undefined}
 */
export function previewModeIdOf({ compat, previewModeId }, env) {
  const id = previewModeId ?? env.__NEXT_PREVIEW_MODE_ID;
  if (id !== undefined && id !== '' && compat !== 'next') {
    throw new FreshtagError(
      'CONFIG',
      "previewModeId (__NEXT_PREVIEW_MODE_ID) needs compat: 'next'. Leave it out to have signed tokens under FRESHTAG_SECRET instead.",
    );
  }
  return id;
}
