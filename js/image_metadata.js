// The images of a page, for its head (NV-20, NV-22, NV-24).
import { refuseInCache, requestScope } from './access.js';
import { insideGenerator } from './errors.js';
import { DEFAULT_TYPE, djb2, idOf } from './image.js';
import { fillPattern } from './params.js';

/** @typedef {import('./image.js').Image} Image */
/** @typedef {import('./image.js').ImageItem} ImageItem */
/** @typedef {import('./image.js').ImageKind} ImageKind */
/** @typedef {import('./work.js').Work} Work */

/** @typedef {{ kind: ImageKind, url: string, type: string, sizes?: string, width?: number, height?: number, alt?: string }} ImageEntry */

/** In the order of Next's elements. @type {ImageKind[]} */
const KINDS = ['openGraph', 'twitter', 'icon', 'apple'];

/**
 * The images of the running route: of each kind those of the deepest segment that has some.
 * @returns {Promise<ImageEntry[]>}
 */
export async function imageMetadata() {
  const { work } = scopeOf('imageMetadata');
  const images = imagesFor(work);
  const lists = await Promise.all(images.map((image) => entriesOf(image, work)));
  return lists.flat();
}

/**
 * The elements that announce them, as HTML.
 * @returns {Promise<string>}
 */
export async function imageTags() {
  scopeOf('imageTags');
  return (await imageMetadata()).map(elementsOf).join('');
}

/**
 * The result would be one path's: a cached function cannot know of which.
 * @param {string} name
 */
function scopeOf(name) {
  const scope = requestScope(name);
  refuseInCache(scope, `${name}()`);
  if (scope.kind === 'params') throw insideGenerator(scope.work.route, `${name}()`, 'generateStaticParams');
  return scope;
}

/** @param {Work} work @returns {Image[]} */
function imagesFor({ route, settings }) {
  const segments = route.split('/').filter(Boolean);
  const above = settings.images.filter(({ parent }) => parent.every((segment, depth) => segments[depth] === segment));
  return KINDS.flatMap((kind) => {
    const ofKind = above.filter((image) => image.kind === kind);
    const depth = Math.max(...ofKind.map(({ parent }) => parent.length));
    return ofKind.filter(({ parent }) => parent.length === depth).sort((a, b) => a.name.localeCompare(b.name));
  });
}

/**
 * @param {Image} image
 * @param {Work} work
 * @returns {Promise<ImageEntry[]>}
 */
async function entriesOf({ kind, parent, path, own, items }, { params, request, settings }) {
  const names = parent.map((segment) => /^\[+(?:\.\.\.)?([^\]]+)\]+$/.exec(segment)?.[1]);
  const used = Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)));
  const isSocial = kind === 'openGraph' || kind === 'twitter';
  // Part of every key: a page that says its own address is still the same for everybody.
  const origin = isSocial ? new URL(request.url).origin : '';
  const { buildId } = settings;
  const query = buildId === undefined ? '' : `?${djb2(buildId).toString(16).padStart(8, '0')}`;
  const address = origin + fillPattern(path, params);
  const list = items ? await items(used) : [own];
  return list.map((item) => {
    const id = items ? idOf(item) : '';
    const { alt, size, contentType } = item;
    return {
      kind,
      ...(alt !== undefined && { alt }),
      type: contentType || DEFAULT_TYPE,
      url: `${address}${id && `/${pathPart(id)}`}${query}`,
      ...(size && (isSocial ? { width: size.width, height: size.height } : { sizes: `${size.width}x${size.height}` })),
    };
  });
}

/** Next writes an id as it is; what would end the segment is encoded. @param {string} id */
function pathPart(id) {
  return id.replace(/[/?#%\\\s]/g, encodeURIComponent);
}

/** @param {ImageEntry} entry */
function elementsOf({ kind, url, type, sizes, width, height, alt }) {
  if (kind === 'icon' || kind === 'apple') {
    return element('link', { rel: kind === 'icon' ? 'icon' : 'apple-touch-icon', href: url, alt, type, sizes });
  }
  const [key, name] = kind === 'openGraph' ? ['property', 'og:image'] : ['name', 'twitter:image'];
  const words = Object.entries({ type, width, height });
  const described = kind === 'openGraph' ? [...words, ['alt', alt]] : [['alt', alt], ...words];
  const rest = described.filter(([, value]) => value).map(([word, content]) => element('meta', { [key]: `${name}:${word}`, content }));
  return element('meta', { [key]: name, content: url }) + rest.join('');
}

/** @param {string} tag @param {Record<string, unknown>} attributes */
function element(tag, attributes) {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`);
  return `<${tag}${text.join('')}/>`;
}

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' };

/** @param {string} text */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
