// Compares a function of ours with the one of Next that it stands for, on any number of made-up inputs.
import { isDeepStrictEqual } from 'node:util';

import { random } from './random.js';

/**
 * A function and what it is held to.
 * @typedef {object} Oracle
 * @property {string} name of ours
 * @property {string} peer The module of `next` that answers, or the law where there is none.
 * @property {(any: any) => () => any[]} inputs Makes one input after the other: the arguments of a call.
 * @property {(...input: any[]) => any} ours
 * @property {(...input: any[]) => any} [theirs]
 * @property {(inputs: any[][]) => Promise<any[]>} [theirsOf] Instead of `theirs`: many at once.
 * @property {(ours: any, theirs: any, ...input: any[]) => boolean} [same] Whether two answers are one; else they are compared.
 * @property {Record<string, (input: any[], ours: any, theirs: any) => boolean>} [meant] Every difference that is meant: the
 *   key is a rule with a row in docs/differences.md, the value says for which inputs, and what we do there.
 * @property {(...input: any[]) => boolean} [legal] Whether the generator could have made this, for one that is made smaller.
 * @property {number} [most] Inputs in `npm test`, where 100,000 take too long.
 * @property {string} [why] they do.
 */

/** What a call comes to that throws. */
export const THROWS = 'throws';

/** @param {() => any} call */
export async function outcome(call) {
  try {
    return await call();
  } catch {
    return THROWS;
  }
}

/**
 * Compares the answers to `n` inputs. Ends with the first difference that nobody meant, made small.
 * @param {Oracle} oracle
 * @param {{ n: number, seed: number, progress?: (done: number) => void }} options
 */
export async function run(oracle, { n, seed, progress }) {
  const next = oracle.inputs(random(seed));
  const met = new Set();
  const size = oracle.theirsOf ? 200 : 1;
  for (let done = 0; done < n; ) {
    const inputs = Array.from({ length: Math.min(size, n - done) }, next);
    const theirs = oracle.theirsOf ? await oracle.theirsOf(inputs) : [await outcome(() => oracle.theirs(...inputs[0]))];
    for (const [i, input] of inputs.entries()) {
      const found = verdict(oracle, input, await outcome(() => oracle.ours(...input)), theirs[i]);
      for (const rule of found?.rules ?? []) met.add(rule);
      if (found?.rules.length === 0) return { done: done + i, met, difference: await shrunk(oracle, found) };
    }
    done += inputs.length;
    if (done % 10_000 < size) progress?.(done);
  }
  return { done: n, met };
}

/**
 * How the answers to one input differ, and which rules mean it; nothing where they do not.
 * @param {Oracle} oracle
 * @param {any[]} input
 */
export async function difference(oracle, input) {
  const theirs = oracle.theirsOf ? (await oracle.theirsOf([input]))[0] : await outcome(() => oracle.theirs(...input));
  return verdict(oracle, input, await outcome(() => oracle.ours(...input)), theirs);
}

/** @param {Oracle} oracle @param {any[]} input @param {any} ours @param {any} theirs */
function verdict(oracle, input, ours, theirs) {
  if (ours === theirs || (oracle.same ? oracle.same(ours, theirs, ...input) : isDeepStrictEqual(ours, theirs))) return undefined;
  const rules = Object.entries(oracle.meant ?? {}).filter(([, applies]) => applies(input, ours, theirs));
  return { input, ours, theirs, rules: rules.map(([rule]) => rule) };
}

/** The same difference with as small an input as can be found. @param {Oracle} oracle @param {any} found */
async function shrunk(oracle, found) {
  for (let tries = 0; tries < 2_000; ) {
    let smaller;
    for (const input of smallerCalls(found.input)) {
      if (oracle.legal?.(...input) === false) continue;
      const other = await difference(oracle, input).catch(() => undefined);
      // One that fails otherwise is another one.
      if (other?.rules.length === 0 && ['ours', 'theirs'].every((who) => (other[who] === THROWS) === (found[who] === THROWS) && typeof other[who] === typeof found[who])) smaller = other;
      if (smaller || ++tries >= 2_000) break;
    }
    if (!smaller) break;
    found = smaller;
  }
  return found;
}

/** The same call with one argument a step smaller. @param {any[]} input */
function* smallerCalls(input) {
  for (let at = 0; at < input.length; at++) for (const part of smallerThan(input[at])) yield input.with(at, part);
}

/** Values like this one, each a step smaller. @param {any} value @returns {Generator<any>} */
function* smallerThan(value) {
  if (typeof value === 'string' && value !== '') {
    for (let length = value.length >> 1; length > 0; length >>= 1) {
      for (let at = 0; at < value.length; at += length) yield value.slice(0, at) + value.slice(at + length);
    }
    if (/[^a]/.test(value)) for (let at = 0; at < value.length; at++) if (value[at] !== 'a') yield `${value.slice(0, at)}a${value.slice(at + 1)}`;
  } else if (typeof value === 'number' && value !== 0) {
    yield 0;
    if (Math.trunc(value / 2) !== value) yield Math.trunc(value / 2);
  } else if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) yield value.toSpliced(at, 1);
    for (let at = 0; at < value.length; at++) for (const part of smallerThan(value[at])) yield value.with(at, part);
  } else if (value && Object.getPrototypeOf(value) === Object.prototype) {
    for (const key of Object.keys(value)) {
      const { [key]: part, ...rest } = value;
      yield rest;
      for (const smaller of smallerThan(part)) yield { ...value, [key]: smaller };
    }
  }
}

/** A value as a person reads it, and can paste. @param {any} value */
export function show(value) {
  const odd = (/** @type {any} */ part) => (part === undefined || (typeof part === 'number' && !Number.isFinite(part)) || Object.is(part, -0) ? `<${Object.is(part, -0) ? '-0' : part}>` : part);
  return JSON.stringify(odd(value), (_key, part) => odd(part)).replace(/"<([^"<>]*)>"/g, '$1');
}

/** @param {Oracle} oracle @param {{ input: any[], ours: any, theirs: any }} difference @param {number} seed */
export function report({ name }, { input, ours, theirs }, seed) {
  return `${name}(${input.map(show).join(', ')})\n  ours:   ${show(ours)}\n  theirs: ${show(theirs)}\n  seed ${seed}`;
}
