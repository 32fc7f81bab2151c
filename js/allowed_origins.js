// The hosts besides its own from which a site takes actions (SA-10). A list is compiled once and asked often.
import { AllowedOrigins as Compiled, originDoubt } from '#wasm';
import { FreshtagError } from './errors.js';
import { perInstance } from './instance.js';

/** @typedef {import('./contract.js').AllowedOrigins} AllowedOrigins */

/** @type {Pick<typeof import('./contract.js'), 'AllowedOrigins' | 'originDoubt'>} */
const rules = { AllowedOrigins: Compiled, originDoubt };

/** What is wrong with a pattern, by the number the module has for it. */
const DOUBTS = [
  '',
  'matches no origin. An entry is a host with its port where there is one, such as app.example.com or *.example.com: no scheme, no path, no wildcard for a port.',
  'lets in every site under a top level. Name the domain, too: *.example.com.',
];

/** Lists that were asked lately: a list written in a call is a new one each time. */
const MOST_LISTS = 8;
const lists = perInstance(() => /** @type {{ list: readonly unknown[], compiled: AllowedOrigins }[]} */ ([]));

/**
 * Next's own predicate: whether an entry of the list matches the host of an origin.
 * @param {string} originHost
 * @param {readonly string[]} [allowedOrigins]
 * @returns {boolean}
 */
export function isCsrfOriginAllowed(originHost, allowedOrigins = []) {
  if (typeof originHost !== 'string') throw new FreshtagError('INVALID_REQUEST', 'originHost: must be a string.');
  return compiled(allowedOrigins).allows(originHost);
}

/**
 * The list as it is now, compiled; to be asked at once, as it may be given back later.
 * @param {readonly string[]} list
 */
export function compiled(list) {
  const lately = lists();
  for (const known of lately) if (isSame(known.list, list)) return known.compiled;
  const known = { list: Array.isArray(list) ? list.slice() : [], compiled: compile(list) };
  if (lately.push(known) > MOST_LISTS) lately.shift()?.compiled.free();
  return known.compiled;
}

/**
 * Compiles a list for as long as the caller wants. As in Next, an empty entry is none.
 * @param {readonly unknown[]} list
 * @returns {AllowedOrigins}
 */
export function compile(list) {
  if (!Array.isArray(list)) throw new FreshtagError('CONFIG', 'allowedOrigins must be a list of hosts, such as ["app.example.com"].');
  const patterns = list.filter(Boolean);
  const wrong = patterns.find((pattern) => typeof pattern !== 'string');
  if (wrong !== undefined) throw new FreshtagError('CONFIG', `allowedOrigins: each entry must be a string, one is ${typeof wrong}.`);
  return new rules.AllowedOrigins(patterns);
}

/**
 * What should be said about a list when an app starts (T24).
 * @param {readonly string[]} list
 * @returns {string[]}
 */
export function doubtsAbout(list) {
  return list.flatMap((pattern) => {
    const doubt = rules.originDoubt(pattern);
    return doubt === 0 ? [] : [`serverActions.allowedOrigins: ${JSON.stringify(pattern)} ${DOUBTS[doubt]}`];
  });
}

/** @param {readonly unknown[]} known @param {readonly unknown[]} list */
const isSame = (known, list) => known.length === list?.length && known.every((pattern, at) => pattern === list[at]);
