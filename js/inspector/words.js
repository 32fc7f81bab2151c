// Numbers as a person reads them. Widths stay the same while they count down.

const INFINITE = 4_294_967_294;
const NO_BREAK = '\u00a0';
/** What a Date can hold, in ms. */
const LAST_DAY = 8.64e15;

/** Seconds that never end, as Next writes them. @param {number} seconds */
export function isEndless(seconds) {
  return seconds >= INFINITE;
}

/** `3 m 05 s`, `2 h 05 m`, `4 d 03 h`: the two largest units. @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}${NO_BREAK}s`;
  const [size, large, part, small] = UNITS.find(([least]) => seconds >= least) ?? UNITS[2];
  const rest = Math.floor((seconds % size) / part);
  return `${Math.floor(seconds / size)}${NO_BREAK}${large}${NO_BREAK}${String(rest).padStart(2, '0')}${NO_BREAK}${small}`;
}

/** @type {[least: number, large: string, part: number, small: string][]} */
const UNITS = [
  [86_400, 'd', 3_600, 'h'],
  [3_600, 'h', 60, 'm'],
  [60, 'm', 1, 's'],
];

/** How long it is until a moment, or since. @param {number} at @param {number} now */
export function until(at, now) {
  if (at > LAST_DAY) return 'never';
  return at > now ? duration(at - now + 999) : `${duration(now - at)} ago`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes}${NO_BREAK}B`;
  const power = bytes < 1024 ** 2 ? 1 : 2;
  return `${(bytes / 1024 ** power).toFixed(1)}${NO_BREAK}${power === 1 ? 'KB' : 'MB'}`;
}

/** @param {number} number */
export function count(number) {
  return number.toLocaleString('en');
}

/** A count with its noun. @param {number} number @param {string} one @param {string} [many] */
export function counted(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** @param {number} amount */
export function dollars(amount) {
  return `$${amount.toFixed(2)}`;
}

/** A moment with its day, on the clock of whoever reads it. @param {number} at */
export function moment(at) {
  return new Date(at).toLocaleString('sv');
}

/** @param {number} at */
export function clock(at) {
  return new Date(at).toLocaleTimeString('sv');
}
