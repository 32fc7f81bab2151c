// What a call of a Server Action looks like on its way: the text of devalue, in a form where there are files.
import { parse, stringify } from '#devalue';

/** The field by which a form names its action; the value holds the bound arguments. */
export const FIELD = '$ACTION_ID_';

/**
 * The body of a call.
 * @param {string} bound The value of the action's field.
 * @param {unknown[]} args
 * @returns {string | FormData} JSON, or a form whose first field is the JSON
 */
export function encodeCall(bound, args) {
  /** @type {(Blob | FormData)[]} */
  const parts = [];
  const text = stringify(
    { bound, args },
    {
      FormData: (/** @type {unknown} */ value) => value instanceof FormData && parts.push(value),
      Blob: (/** @type {unknown} */ value) => value instanceof Blob && parts.push(value),
    },
  );
  if (parts.length === 0) return text;
  const form = new FormData();
  form.append('0', text);
  for (const [index, part] of parts.entries()) {
    if (part instanceof Blob) form.append(`${index + 1}`, part);
    else for (const [name, value] of fields(part)) form.append(`${index + 1}_${name}`, /** @type {string} */ (value));
  }
  return form;
}

/**
 * What {@link encodeCall} was given. Throws on anything else.
 * @param {string} text
 * @param {FormData} [form] in which the text came
 * @returns {{ bound: string, args: unknown[] }}
 */
export function decodeCall(text, form) {
  const { forms, blobs } = partsOf(form);
  const call = decodeText(text, {
    FormData: (/** @type {unknown} */ index) => (form ? (forms.get(position(index)) ?? new FormData()) : refuse()),
    Blob: (/** @type {unknown} */ index) => blobs.get(position(index)) ?? refuse(),
  });
  const { bound, args } = call ?? {};
  if (typeof bound !== 'string' || !Array.isArray(args)) throw new TypeError('not a call');
  return { bound, args };
}

/**
 * A value from a client. Throws on what is no text of devalue, on what would be too large written out, and on what could
 * be made to take for ever: regular expressions, and numbers of more than {@link MOST_DIGITS} digits.
 * @param {string} text
 * @param {Record<string, (value: any) => any>} [revivers]
 * @returns {any}
 */
export function decodeText(text, revivers) {
  refuseExpansion(JSON.parse(text));
  return parse(text, { ...revivers, RegExp: refuse, BigInt: bigint });
}

/** Of a `bigint`, as in React. To read one takes time that grows faster than its text. */
const MOST_DIGITS = 300;

/** @param {unknown} text */
function bigint(text) {
  return typeof text === 'string' && text.length <= MOST_DIGITS ? BigInt(text) : refuse();
}

/**
 * The fields of a form that are not about actions.
 * @param {FormData} form
 */
export function fields(form) {
  return [...form].filter(([name]) => !name.startsWith('$ACTION_'));
}

/** Values written out as a tree, each as often as it is referred to, at most. */
const MOST_VALUES = 1_000_000;
/** In the text of devalue, what begins an array with holes; its length stands behind. */
const SPARSE = -7;

/**
 * A few references to references can stand for more than a machine can hold, and so can the holes of an array. Counts
 * each value once, so this takes time in proportion to the text.
 * @param {unknown} flat
 */
function refuseExpansion(flat) {
  if (!Array.isArray(flat)) return;
  /** @type {number[]} */
  const sizes = [];
  /** @param {number} index @returns {number} */
  const size = (index) => {
    const known = sizes[index];
    if (known !== undefined) return known;
    // One that holds itself is no larger for it.
    sizes[index] = 1;
    const value = flat[index];
    let sum = 1;
    if (typeof value === 'object' && value !== null) {
      if (Array.isArray(value) && value[0] === SPARSE && value[1] > 0) sum += Number(value[1]);
      for (const part of Object.values(value)) {
        if (Number.isInteger(part) && part >= 0 && part < flat.length) sum += size(part);
      }
    }
    if (sum > MOST_VALUES) refuse();
    return (sizes[index] = sum);
  };
  size(0);
}

/**
 * The files and forms in a form, by their position. Gathered once: a text can name the same one as often as it likes.
 * @param {FormData} [form]
 */
function partsOf(form) {
  /** @type {Map<string, FormData>} */
  const forms = new Map();
  /** @type {Map<string, Blob>} */
  const blobs = new Map();
  for (const [name, value] of form ?? []) {
    const end = name.indexOf('_');
    if (end > 0) {
      const position = name.slice(0, end);
      const own = forms.get(position) ?? new FormData();
      forms.set(position, own);
      own.append(name.slice(end + 1), /** @type {string} */ (value));
    } else if (typeof value !== 'string') {
      blobs.set(name, value);
    }
  }
  return { forms, blobs };
}

/** @param {unknown} index */
function position(index) {
  return Number.isSafeInteger(index) && Number(index) > 0 ? String(index) : refuse();
}

/** @returns {never} */
function refuse() {
  throw new TypeError('not an argument');
}
