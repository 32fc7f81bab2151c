// What createApp was told, checked once, as each request of the app finds it.
import { Actions } from './actions.js';
import { isNext } from './set_cookie.js';

/** @typedef {import('./app.js').AppOptions} AppOptions */
/** @typedef {import('./jar.js').CookieRules} CookieRules */

/** @typedef {import('./actions.js').Table} Table */

/**
 * @typedef {object} Settings
 * @property {boolean} compat Whether Next's behaviour is wanted where ours differs.
 * @property {CookieRules} cookies
 * @property {Table} actions
 */

/**
 * @param {AppOptions} options
 * @returns {(env: Record<string, any>) => Settings} What holds in an environment.
 */
export function settingsOf(options) {
  const { compat, trustMiddleware } = options;
  const fixed = {
    compat: isNext(compat),
    pages: {},
    cookies: { compat, trustMiddleware: trustMiddleware === true },
  };
  const actions = new Actions(options);
  return (env) => ({ ...fixed, actions: actions.in(env) });
}
