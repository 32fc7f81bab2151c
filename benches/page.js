// The pages that are stored.

export const TAGS = ['posts', 'post-1234', 'author-17', 'category-news', 'site-header', 'site-footer'];
export const PAGES = ['2 KB', '50 KB', '50 KB, other letters', '1 MB'];

const SIZES = { '2 KB': 2_048, '50 KB': 51_200, '1 MB': 1_048_576 };
const PARAGRAPH = '<p class="text">The quick brown fox jumps over the "lazy" dog &amp; runs away.</p>\n';
const FOREIGN = '<p class="text">Zwölf Boxkämpfer jagen Viktor „quer“ über den großen Sylter Deich.</p>\n';

/** A page of so many bytes; `50 KB, other letters` is one with letters beyond ASCII. */
export function html(page) {
  const [size, letters] = page.split(', ');
  const part = letters ? FOREIGN : PARAGRAPH;
  const bytes = new TextEncoder().encode(part.repeat(Math.ceil(SIZES[size] / part.length))).subarray(0, SIZES[size]);
  return new TextDecoder().decode(bytes).replaceAll('\ufffd', ' ');
}
