// Random texts, plain ones and odd ones.

/** Some text: mostly plain, now and then anything that is well-formed. */
export function anyText(any, most) {
  const letter = () => {
    const kind = any.below(3);
    if (kind === 0) return any.pick('abcXYZ019-_');
    return kind === 1 ? any.pick(' ,/%[]()@\t"\\~!') : String.fromCodePoint(any.pick([0, 10, 127, 233, 0x20ac, 0x1f600, 0xfffd, 0x2028]));
  };
  let text = '';
  for (let left = any.below(most + 1); left > 0; left--) text += letter();
  return text;
}

/** The same, now and then with half of a surrogate pair. */
export const anyWildText = (any, most) => anyText(any, most) + (any.chance(0.005) ? '\ud800' : '');

const PARTS = ['a', 'blog', 'index', 'page', 'route', 'layout', '[id]', '[...rest]', '[[...all]]', '(group)', '@slot', '', '.', '..', '%2F', 'é'];

/** Some path, odd ones too. */
export function anyPath(any, ends = []) {
  const part = () => (any.chance(0.5) ? any.pick(PARTS) : anyText(any, 4));
  const path = `${any.chance(0.95) ? '/' : ''}${any.many(4, part).join('/')}`;
  const end = ends.length > 0 && any.chance(0.8) ? any.pick(ends) : undefined;
  return end === undefined ? path : `${path.endsWith('/') ? path : `${path}/`}${end}`;
}
