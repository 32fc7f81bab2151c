// Changes to the bodies of calls: to their bytes (held as a string with one character a byte), and to the list that is a
// text of devalue.

const TYPES = [
  'Date', 'Set', 'Map', 'RegExp', 'Object', 'BigInt', 'null', 'Int8Array', 'Uint8Array', 'Float64Array', 'BigInt64Array', 'DataView',
  'ArrayBuffer', 'URL', 'URLSearchParams', 'Temporal.Instant', 'FormData', 'Blob', 'Promise', 'Opaque', '__proto__', 'constructor',
];
/** From -1 to -7 devalue has meanings of its own. */
const NUMBERS = [0, 1, 2, -1, -2, -3, -4, -5, -6, -7, -8, 1.5, 999, 1001, 65_536, 2 ** 31, 4_294_967_295, 4_294_967_296, 2 ** 53, 1e308, -(2 ** 31)];
const PIECES = [
  '"', '\\', '{', '}', '[', ']', ',', ':', '\0', '\r\n', '--', '&', '=', '%', '+', '\xff', '\xc3\xa4', '\\ud800', 'null', '[-7,4294967295]', '["RegExp","(a+)+$"]',
  '"__proto__":0,', '"constructor":0,', '"prototype":0,', '"then":0,', '$ACTION_ID_', 'Content-Disposition: form-data; name="0"\r\n\r\n', '; filename="f"',
];

/** @param {any} any @param {string[]} others to splice with */
export function mutateBytes(any, text, others) {
  const at = any.below(text.length + 1);
  const end = Math.min(text.length, at + 1 + any.below(any.pick([2, 8, 64])));
  const [before, middle, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  return any.pick([
    () => before + String.fromCharCode((text.charCodeAt(at) ^ (1 << any.below(8))) & 255) + text.slice(at + 1),
    () => before + after,
    () => before + any.pick(PIECES) + middle + after,
    () => before + middle.repeat(any.chance(0.01) ? 1 + any.below(20_000) : 2) + after,
    () => before + any.pick(others).slice(any.below(200)),
    () => before,
    () => replaceOne(any, text, /-?\d+/g, () => String(any.pick(NUMBERS))),
    () => replaceOne(any, text, new RegExp(TYPES.join('|'), 'g'), () => any.pick(TYPES)),
    () => replaceOne(any, text, /"[^"]*"/g, (found) => (any.chance(0.5) ? `"${any.pick(PIECES)}"` : found.slice(1))),
  ])();
}

/** @param {any} any @param {string} text of devalue */
export function mutateFlat(any, text) {
  let flat;
  try {
    flat = JSON.parse(text);
  } catch {
    return text;
  }
  if (!Array.isArray(flat) || flat.length === 0) return text;
  const index = () => any.below(flat.length + 2);
  const at = any.below(flat.length);
  const value = flat[at];
  const keys = value && typeof value === 'object' ? Object.keys(value) : [];
  any.pick([
    () => keys.length > 0 && (value[any.pick(keys)] = any.chance(0.5) ? index() : any.pick(NUMBERS)),
    () => keys.length > 0 && (value[any.pick(keys)] = any.pick([null, true, '', 'x', [], {}, [index()], [any.pick(TYPES), index()]])),
    () => (flat[at] = [any.pick(TYPES), ...any.many(4, () => any.pick([index, () => any.pick(NUMBERS), () => 'AAAA', () => 'http://a.example/'])())]),
    () => (flat[at] = [-7, any.pick(NUMBERS), index(), index()]),
    () => (flat[at] = any.many(6, index)),
    () => Array.isArray(value) && any.pick([() => value.push(index()), () => value.splice(any.below(value.length), 1), () => value.push(...value)])(),
    () => flat.push(structuredClone(any.pick(flat))),
    () => ([flat[at], flat[any.below(flat.length)]] = [flat[any.below(flat.length)], flat[at]]),
    () => many(any, flat, at),
    () => (flat[at] = JSON.parse(`{"${any.pick(['__proto__', 'constructor', 'toString', 'then', 'bound', 'args'])}":${index()}}`)),
  ])();
  return JSON.stringify(flat);
}

/** A list of many values like one that is there; seldom, for they are large. */
function many(any, flat, at) {
  if (!any.chance(0.1)) return;
  const like = JSON.stringify(any.pick(flat));
  const count = 1 + any.below(any.pick([1_500, 20_000]));
  if (count * like.length > 1e6) return;
  const first = flat.length;
  for (let i = 0; i < count; i++) flat.push(JSON.parse(like));
  flat[at] = Array.from({ length: count }, (_, i) => first + i);
}

function replaceOne(any, text, pattern, by) {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: was, index } = any.pick(found);
  return text.slice(0, index) + by(was) + text.slice(index + was.length);
}
