// A request under which the module trapped begins anew, as it is mostly another one's trap.
import { isFirst, renewAfter } from './instance.js';

/** @typedef {import('./call.js').Call} Call */

/**
 * How many go on at once that were lost for the first, second, third time: whatever makes the module trap may do so again,
 * and is alone in the end.
 */
const ROOM = [Infinity, 8, 1];
/** How often it may be the one under which the module traps. Once may be another one's doing: it leaves a memory that is damaged. */
const MOST_FIRST = 1;
/** How long one waits for room, and how long it takes it up at most, in ms. */
const WAIT_MS = 2_000;
const STAY_MS = 500;

/** Those that go on. @type {{ until: number }[]} */
let inside = [];

/**
 * The same call for the instance that is there now; nothing where it is this one that makes the module trap, or where
 * something else failed.
 * @param {Call} call
 * @param {unknown} error
 * @returns {Promise<Call | undefined>}
 */
export async function again(call, error) {
  const lost = (call.lost ?? 0) + 1;
  const room = ROOM[lost - 1];
  if (room === undefined || !(await renewAfter(error))) return undefined;
  const first = (call.first ?? 0) + (isFirst(error) ? 1 : 0);
  if (first > MOST_FIRST) return undefined;
  const place = { until: 0 };
  for (const end = Date.now() + WAIT_MS; ; ) {
    const now = Date.now();
    inside = inside.filter(({ until }) => until > now);
    place.until = now + STAY_MS;
    if (inside.length < room || now >= end) break;
    // By a timer of its own: no request waits for another one's promise.
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 4));
  }
  inside.push(place);
  return { ...call, begun: undefined, engine: call.again(), lost, first, place };
}

/** It has an answer, or was lost once more. @param {Call} call */
export function leave({ place }) {
  if (place) place.until = 0;
}
