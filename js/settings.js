// What createApp was told, checked once, as each request of the app finds it.
import { isNext } from './set_cookie.js';

/** @typedef {import('./app.js').AppOptions} AppOptions */
/** @typedef {import('./jar.js').CookieRules} CookieRules */

/**
 * @typedef {object} Settings
 * @property {boolean} compat Whether Next's behaviour is wanted where ours differs.
 * @property {CookieRules} cookies
 */

/**
 * @param {AppOptions} options
 * @returns {Settings}
 */
export function settingsOf({ compat, trustMiddleware }) {
  return {
    compat: isNext(compat),
    cookies: { compat, trustMiddleware: trustMiddleware === true },
  };
}
