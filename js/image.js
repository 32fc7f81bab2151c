// Image routes: icon, apple-icon, opengraph-image and twitter-image modules (NV-15 to NV-23).
import { FreshtagError } from './errors.js';

/** @typedef {import('./route.js').Params} Params */
/** @typedef {'icon' | 'apple' | 'openGraph' | 'twitter'} ImageKind */
/** @typedef {{ id?: unknown, alt?: string, size?: { width: number, height: number }, contentType?: string }} ImageItem */

/**
 * @typedef {object} Image What the head of a page needs to know of an image route.
 * @property {ImageKind} kind
 * @property {string} name Of the file: `icon`, `icon1`, ….
 * @property {string[]} parent Segments of the pattern it stands in, without slots.
 * @property {string} path Pattern of its URL, without the id.
 * @property {ImageItem} own What the module itself says.
 * @property {((params: Params) => Promise<ImageItem[]>) | undefined} items
 */

/** @type {Record<string, ImageKind>} */
const KINDS = { icon: 'icon', 'apple-icon': 'apple', 'opengraph-image': 'openGraph', 'twitter-image': 'twitter' };

const FILE = /^(icon|apple-icon|opengraph-image|twitter-image)\d?$/;
const ID = '__metadata_id__';
/** What Next announces where nothing else is said. */
export const DEFAULT_TYPE = 'image/png';

/**
 * Makes an ordinary route of an image module; undefined for any other module.
 * @param {string} pattern
 * @param {any} module
 * @returns {{ pattern: string, module: any, image: Image } | undefined}
 */
export function imageRoute(pattern, module) {
  if (typeof module.default !== 'function' || typeof module.GET === 'function') return undefined;
  const segments = pattern.split('/').slice(1);
  const name = segments.pop() ?? '';
  const [, file] = FILE.exec(name) ?? [];
  if (file === undefined) return undefined;
  const { default: draw, generateImageMetadata, generateStaticParams, ...exports } = module;
  if (generateImageMetadata !== undefined && typeof generateImageMetadata !== 'function') {
    throw new FreshtagError('CONFIG', `routes['${pattern}']: generateImageMetadata must be a function.`);
  }
  // A slot is no part of a URL, nor, unlike a group, of a pattern.
  const parent = segments.filter((segment) => !segment.startsWith('@'));
  const path = ['', ...parent, name + suffixOf(segments)].join('/');
  const items = generateImageMetadata && ((/** @type {Params} */ params) => itemsOf(pattern, generateImageMetadata, params));
  const { alt, size, contentType } = module;
  return {
    pattern: items ? `${path}/[${ID}]` : path,
    module: {
      ...exports,
      // Next builds them; this is what a built page has for a lifetime.
      revalidate: module.revalidate ?? false,
      generateStaticParams: items ? (/** @type {any} */ context) => listIds(parent, generateStaticParams, items, context) : generateStaticParams,
      GET: items ? handlerOfMany(draw, items, contentType) : handlerOfOne(draw, contentType),
    },
    image: { kind: KINDS[file], name, parent, path, own: { alt, size, contentType }, items },
  };
}

/** The id of an item. Next has no id in the head of a page for one that has none. @param {ImageItem} item */
export function idOf(item) {
  const id = item?.id;
  if (id === undefined || id === null) {
    throw new Error('id property is required for every item returned from generateImageMetadata');
  }
  return String(id);
}

/**
 * @param {(props: object) => unknown} draw
 * @param {string | undefined} contentType
 */
function handlerOfOne(draw, contentType) {
  return async (/** @type {Request} */ _request, /** @type {{ params: Promise<Params> }} */ { params }) =>
    imageResponse(await draw({ params }), contentType);
}

/**
 * @param {(props: object) => unknown} draw
 * @param {(params: Params) => Promise<ImageItem[]>} items
 * @param {string | undefined} contentType
 */
function handlerOfMany(draw, items, contentType) {
  return async (/** @type {Request} */ _request, /** @type {{ params: Promise<Params> }} */ context) => {
    const { [ID]: id, ...params } = await context.params;
    // In order: an item without an id fails only those behind it (NV-16).
    const item = (await items(params)).find((item) => idOf(item) === id);
    // Not stored: there is no end of ids that are none.
    if (!item) return new Response('Not Found', { status: 404, headers: { 'cache-control': 'no-store' } });
    const drawn = await draw({ params: Promise.resolve(params), id: Promise.resolve(id) });
    return imageResponse(drawn, item.contentType ?? contentType);
  };
}

/**
 * @param {unknown} drawn
 * @param {string | undefined} type
 * @returns {unknown}
 */
function imageResponse(drawn, type) {
  if (drawn instanceof Response) {
    if (type === undefined || drawn.headers.has('content-type')) return drawn;
    const response = new Response(drawn.body, drawn);
    response.headers.set('content-type', type);
    return response;
  }
  const isBody =
    typeof drawn === 'string' || drawn instanceof Blob || drawn instanceof ReadableStream || drawn instanceof ArrayBuffer || ArrayBuffer.isView(drawn);
  if (!isBody) return drawn;
  const own = drawn instanceof Blob && drawn.type !== '' ? drawn.type : DEFAULT_TYPE;
  return new Response(/** @type {BodyInit} */ (drawn), {
    headers: { 'content-type': type ?? own, 'x-content-type-options': 'nosniff' },
  });
}

/**
 * @param {string} pattern
 * @param {(context: { params: Params }) => unknown} generate
 * @param {Params} params
 * @returns {Promise<ImageItem[]>}
 */
async function itemsOf(pattern, generate, params) {
  const items = await generate({ params });
  if (!Array.isArray(items)) {
    throw new FreshtagError('INVALID_IMAGE_METADATA', `generateImageMetadata of ${pattern} must return an array of { id, alt, size, contentType }.`);
  }
  return items;
}

/**
 * Every id, for every params that the module lists (NV-19).
 * @param {string[]} parent
 * @param {((context: any) => any) | undefined} generate
 * @param {(params: Params) => Promise<ImageItem[]>} items
 * @param {any} context
 */
async function listIds(parent, generate, items, context) {
  const nothing = parent.some((segment) => segment.startsWith('[')) ? [] : [{}];
  /** @type {Params[]} */
  const listed = generate ? await generate(context) : nothing;
  // Whoever asked says what is wrong with it.
  if (!Array.isArray(listed)) return listed;
  const all = [];
  for (const params of listed) {
    const ids = (await items(params)).map(idOf);
    // No URL has an empty segment (NV-17).
    for (const id of ids) if (id !== '') all.push({ ...params, [ID]: id });
  }
  return all;
}

/** Tells an image of a group or slot from its neighbours at the same URL (NV-21). @param {string[]} parent */
function suffixOf(parent) {
  const isHidden = parent.some((segment) => /^(?:@(?!children$)|\(.*\)$)/.test(segment));
  return isHidden ? `-${djb2(`/${parent.join('/')}`).toString(36).slice(0, 6)}` : '';
}

/** A hash of 32 bits, Next's. @param {string} text */
export function djb2(text) {
  let hash = 5381;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 33) + text.charCodeAt(at)) | 0;
  return hash >>> 0;
}
