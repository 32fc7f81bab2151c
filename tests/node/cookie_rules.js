// Where cookies differ from @edge-runtime/cookies on purpose: for each input the rules that say so. docs/differences.md has a
// row for every key.

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
const JOINT = /, (?=[!#$%&'*+\-.^_`|~\w]+=)/;
const MOST_PAIRS = 512;

const trim = (text) => text.replace(/^[ \t]+|[ \t]+$/g, '');
const halves = (piece) => {
  const at = piece.indexOf('=');
  return at === -1 ? [piece] : [piece.slice(0, at), piece.slice(at + 1)];
};
/** A pair without the spaces and tabs around its halves. */
const tidy = (piece) => halves(piece).map(trim).join('=');
const decodes = (text) => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

/** Rules of a Cookie header. */
export const HEADER = {
  'CK-1': (text) => text.split(/; */).some((piece) => piece !== tidy(piece)),
  'CK-3': (text) => JOINT.test(text),
  T36: (text) => text.split(/;|, /).length > MOST_PAIRS,
};

/** The Cookie header from which Next reads what we read from this one. */
export function tidyHeader(text) {
  const lines = text.split(';').flatMap((piece) => piece.split(JOINT));
  return lines.map(tidy).filter((piece) => piece !== '').slice(0, MOST_PAIRS).join('; ');
}

/** The same for a Set-Cookie line, but for the rules of `LINE`. */
export const tidyLine = (line) => line.split(';').map(tidy).join('; ');

const TEXTS = ['domain', 'expires', 'path'];
const FLAGS = ['httponly', 'partitioned', 'secure'];
const KNOWN = [...TEXTS, ...FLAGS, 'max-age', 'priority', 'samesite'];
const DATE = /^\w{3}, \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;
const isDate = (text) => DATE.test(text) && Number(text.slice(12, 16)) >= 1601 && new Date(text).toUTCString() === text;

/** Whether attributes mean something else to a browser than to Next. */
function readOtherwise(line) {
  const attributes = line.split(/; */).filter(Boolean).slice(1).map(halves);
  const bare = (name) => name.toLowerCase().replaceAll('-', '');
  return attributes.some(([name, value]) => {
    const [lower, known] = [name.toLowerCase(), KNOWN.find((each) => bare(each) === bare(name))];
    if (known === undefined) return false;
    const alike = attributes.filter(([other]) => bare(other) === bare(name));
    if (known !== lower || value?.includes('%') || new TextEncoder().encode(value).length > 1024) return true;
    // Next takes spellings of one name for several names, and the last of these.
    if (new Set(alike.map(([other]) => other)).size > 1) return true;
    if (FLAGS.includes(known)) return value === '';
    if (TEXTS.includes(known) && value === undefined) return true;
    if (known === 'expires') return !isDate(value) && (value !== '' || alike.length > 1);
    if (known !== 'max-age' || /^-?\d+$/.test(value)) return Math.abs(value) > Number.MAX_SAFE_INTEGER;
    return Boolean(Number(value ?? 'true')) || alike.length > 1;
  });
}

/** Rules of a Set-Cookie line whose halves have no spaces around them. */
export const LINE = {
  'CK-8': (line) => /[\0-\x08\x0a-\x1f\x7f]/.test(line) || line.startsWith('=') || readOtherwise(line),
  'CK-9': (line) => {
    const [, value = ''] = halves(line.split(';')[0]);
    return decodes(value) && decodeURIComponent(value).includes('%');
  },
  'CK-10': (line) => line !== '' && (/^;/.test(line) || !decodes(halves(line.split(';')[0])[1] ?? '')),
  'CK-12': (line) => {
    const [[name], ...attributes] = line.split(/; */).map(halves);
    return attributes.some(([other]) => other === name && name !== '');
  },
  T34: (line) => !line.isWellFormed(),
};

/** Rules of a folded Set-Cookie. */
export const FOLDED = {
  'CK-13': (text) => /,[ \t]*[^\S \t]/.test(text),
  T34: LINE.T34,
};

const isNone = (value) => value === undefined || value === null || value === '';
const isText = (value, pattern) => isNone(value) || (typeof value === 'string' && value.length <= 1024 && pattern.test(value));
const isWord = (value, words) => isNone(value) || (typeof value === 'string' && words.includes(value.toLowerCase()));
const isMoment = (value) =>
  value === undefined || value === null || ((typeof value === 'number' || value instanceof Date) && value >= -11_644_473_600_000 && value < 253_402_300_800_000);

/** What may not be written: the rule and the field that an error names. */
export function faults({ name, value, path, domain, expires, maxAge, sameSite, priority, secure }) {
  const prefix = /^__(host|secure)-/i.exec(name)?.[1].toLowerCase();
  const rows = [
    [!TOKEN.test(name), 'T30', 'name'],
    [['object', 'function', 'symbol'].includes(typeof value) && value !== null, 'T34', 'value'],
    [!isText(path, /^(?! )[ -:<-~]*(?<! )$/), 'T30', 'path'],
    [!isText(domain, /^[!-+\--:<-~]*$/), 'T30', 'domain'],
    [!isMoment(expires), 'CK-6', 'expires'],
    [maxAge !== undefined && maxAge !== null && !Number.isSafeInteger(maxAge), 'CK-6', 'maxAge'],
    [sameSite && sameSite !== true && !isWord(sameSite, ['lax', 'none', 'strict']), 'CK-7', 'sameSite'],
    [!isWord(priority, ['low', 'medium', 'high']), 'CK-7', 'priority'],
    [prefix && !secure, 'T35', 'secure'],
    [prefix === 'host' && path !== '/', 'T35', 'path'],
    [prefix === 'host' && !isNone(domain), 'T35', 'domain'],
  ];
  return rows.flatMap(([is, rule, field]) => (is ? [{ rule, field }] : []));
}

/** Rules of what is written otherwise, and the cookie from which Next writes the same. */
export const WRITTEN = {
  'CK-7': ({ sameSite, priority }) => sameSite === true || [sameSite, priority].some((word) => typeof word === 'string' && word !== word.toLowerCase()),
  T34: ({ value }) => typeof value === 'string' && !value.isWellFormed(),
};
export function tidyCookie(cookie) {
  const made = { ...cookie };
  if (typeof made.value === 'string') made.value = made.value.toWellFormed();
  if (made.sameSite) made.sameSite = made.sameSite === true ? 'strict' : made.sameSite.toLowerCase();
  if (made.priority) made.priority = made.priority.toLowerCase();
  return made;
}
