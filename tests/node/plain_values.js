// Random values of the kinds that an argument of a Server Action may have.

const TEXTS = ['', 'a', 'ä', '\ud83c\udf4b', '\ud800', '\0', '"\\', '</script>', '\u2028', 'constructor', 'toString', 'then', '0', '-1'];
const VIEWS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array];

const anyText = (any) => any.many(3, () => any.pick(TEXTS)).join('');
const anyKey = (any) => anyText(any).replaceAll('__proto__', '');

/** A value for JSON and all that devalue adds to it, some of it repeated or in a circle. */
export function anyPlain(any, depth = 4, made = []) {
  if (made.length > 0 && any.chance(0.1)) return any.pick(made);
  if (depth === 0 || any.chance(0.4)) return anyLeaf(any);
  const value = any.pick([() => [], () => ({}), () => Object.create(null), () => new Map(), () => new Set(), () => new Array(any.below(2_000))])();
  made.push(value);
  const part = () => anyPlain(any, depth - 1, made);
  for (let left = any.below(4); left > 0; left--) {
    if (value instanceof Map) value.set(part(), part());
    else if (value instanceof Set) value.add(part());
    else if (Array.isArray(value) && any.chance(0.7)) value.push(part());
    else if (Array.isArray(value)) value[any.below(20)] = part();
    else value[anyKey(any)] = part();
  }
  return value;
}

function anyLeaf(any) {
  return any.pick([
    () => any.pick([null, undefined, true, false, NaN, Infinity, -Infinity, 0, -0, 1e300, -7, 0.1, 2 ** 53]),
    () => anyText(any),
    () => BigInt(any.below(2 ** 32)) ** 5n * (any.chance(0.5) ? 1n : -1n),
    () => new Date(any.below(2 ** 32) * 1000),
    () => new URL(`https://a.example/${encodeURIComponent(anyText(any).toWellFormed())}`),
    () => new URLSearchParams([[anyText(any).toWellFormed(), 'b']]),
    () => anyView(any),
    () => anyView(any).buffer,
    () => Object(any.pick(['text', 7, true, 5n])),
  ])();
}

function anyView(any) {
  const View = any.pick(VIEWS);
  const bytes = Uint8Array.from({ length: 64 }, () => any.below(128));
  return any.chance(0.3) ? new DataView(bytes.buffer, any.below(8), any.below(8)) : new View(bytes.buffer, any.below(3) * 8, any.below(4));
}

/** A plain value, a file or a form. */
export function anyArgument(any) {
  return any.pick([() => anyPlain(any), () => anyFile(any), () => anyForm(any)])();
}

function anyFile(any) {
  const bytes = Uint8Array.from({ length: any.below(40) }, () => any.pick([0, 10, 13, 45, 255, 65]));
  return new File([bytes], any.pick(['f.txt', 'ä.bin', 'a b', 'f']), { type: any.pick(['text/plain', 'image/png', 'application/octet-stream']) });
}

function anyForm(any) {
  const form = new FormData();
  // Line ends become CR LF on their way, so there are none.
  for (let left = any.below(4); left > 0; left--) form.append(any.pick(['a', 'b_c', '1', '1_a', 'ä', '"']), any.chance(0.2) ? anyFile(any) : anyText(any).toWellFormed());
  return form;
}
