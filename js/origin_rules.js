// Rules for what an origin does not say of its pages, as createApp takes them.
import { FreshtagError } from './errors.js';

/** @typedef {import('./contract.js').EngineConfig['originRules']} OriginRules */

const FIELDS = ['match', 'life', 'tags', 'vary', 'query'];
const TOKEN = /^[\w!#$%&'+\-.^`|~]+$/;
const MOST_VARY = 8;

/**
 * The same rules, where they can be meant as they stand; profiles, tags and paths the module reads itself.
 * @param {unknown} rules
 * @returns {OriginRules}
 */
export function checkedRules(rules) {
  if (rules === undefined) return undefined;
  if (!Array.isArray(rules)) throw mistake('', "must be an array like [{ match: '/*', query: ['page'] }]", rules);
  rules.forEach((rule, at) => check(rule, `[${at}]`));
  return rules;
}

/** @param {any} rule @param {string} at */
function check(rule, at) {
  if (typeof rule !== 'object' || rule === null) throw mistake(at, "must be an object like { match: '/*' }", rule);
  const unknown = Object.keys(rule).find((name) => !FIELDS.includes(name));
  if (unknown) throw mistake(at, `has the fields ${FIELDS.join(', ')} and no other`, unknown);
  if (typeof rule.match !== 'string' || !rule.match.startsWith('/')) throw mistake(`${at}.match`, 'must be a path like "/blog/*"', rule.match);
  for (const name of ['tags', 'vary', 'query']) {
    const list = rule[name];
    if (list === undefined) continue;
    const all = Array.isArray(list) ? list.find((item) => typeof item !== 'string') : list;
    if (all !== undefined || !Array.isArray(list)) throw mistake(`${at}.${name}`, 'must be an array of strings', all);
  }
  const { vary = [], query = [] } = rule;
  const odd = vary.find((/** @type {string} */ name) => !TOKEN.test(name));
  if (odd !== undefined) throw mistake(`${at}.vary`, 'must name header fields of requests', odd);
  if (vary.length > MOST_VARY) throw mistake(`${at}.vary`, `must name at most ${MOST_VARY} fields: pages with more variants are not stored`, vary.length);
  const never = query.find((/** @type {string} */ name) => /[?&=#\s]/.test(name));
  if (never !== undefined) throw mistake(`${at}.query`, 'must name parameters as they stand in the URL, without ? & = # and space', never);
}

/** @param {string} place @param {string} fix @param {unknown} found */
function mistake(place, fix, found) {
  return new FreshtagError('CONFIG', `originRules${place} ${fix}, not ${JSON.stringify(found) ?? String(found)}.`);
}
