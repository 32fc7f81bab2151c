// Actions: their ids as the compiler writes them, and their sealed arguments.
import { createRequire } from 'node:module';
import { actionId, decryptBoundArgs, encryptBoundArgs } from 'freshtag/core';

import { outcome } from './compare.js';

/** @typedef {import('./compare.js').Oracle} Oracle */

const require = createRequire(import.meta.url);
const compiler = require('next/dist/build/swc');
const utils = require('next/dist/server/app-render/encryption-utils');

/** The ids in a module, by the name of the export. */
export async function compiled(source, file, salt) {
  await compiler.loadBindings();
  const layer = { isReactServerLayer: true, useCacheEnabled: true };
  const { code } = await compiler.transform(source, {
    filename: file,
    isServerCompiler: true,
    isDevelopment: false,
    jsc: { parser: { syntax: 'ecmascript', jsx: true }, target: 'es2022', externalHelpers: false },
    serverActions: { ...layer, isDevelopment: false, hashSalt: salt, cacheKinds: ['default'] },
    serverComponents: { ...layer, cacheComponentsEnabled: false },
  });
  const list = /__next_internal_action_entry_do_not_use__ (\{.*?\}) \*\//.exec(code)?.[1] ?? '{}';
  return Object.fromEntries(Object.entries(JSON.parse(list)).map(([id, { name }]) => [name, id]));
}

const LETTERS = ['a', 'B', '7', '_', '$', 'é', '中', '😀', '/', '.', '-', ' ', '[id]'];
/** Exports of one module: to compile one takes a while. */
const EXPORTS = 25;

/** What the compiler makes of the exports of one module. */
async function idsOf(module) {
  const [{ salt, file, cache }] = module;
  const used = module.map(({ at }) => at);
  // The name of a cached function counts those before it.
  const fillers = cache ? Array.from({ length: Math.max(...used) + 1 }, (_, at) => at).filter((at) => !used.includes(at)) : [];
  const lines = [
    ...module.map(({ at, written, unseen, list, rest }) => {
      if (unseen) return { at, line: `export const ${written} = wrap(async () => {})` };
      const head = written === 'default' ? 'default async function' : `async function ${written}`;
      return { at, line: `export ${head}(${rest ? [...list, '...rest'] : list}) {}` };
    }),
    ...fillers.map((at) => ({ at, line: `export async function filler${at}() {}` })),
  ].sort((a, b) => a.at - b.at);
  const ids = await compiled(`'use ${cache ? 'cache' : 'server'}'\n${lines.map(({ line }) => line).join('\n')}`, file, salt);
  return module.map(({ exportName }) => ids[exportName]);
}

/** @type {Oracle} */
export const id = {
  name: 'actionId',
  peer: 'build/swc',
  inputs(any) {
    let at = EXPORTS;
    let module;
    return () => {
      if (at === EXPORTS) {
        at = 0;
        module = {
          cache: any.chance(0.3),
          file: `/${any.many(20, () => any.pick(LETTERS)).join('')}.js`,
          salt: any.many(44, () => any.pick('abcXYZ019+/=')).join(''),
        };
      }
      const written = any.chance(0.1) && at === 0 ? 'default' : `f${at}_${any.many(5, () => any.pick(['a', '7', '_', '$', 'é', '中'])).join('')}`;
      const params = any.below(10);
      const list = Array.from({ length: params }, (_, i) => any.pick([`p${i}`, `p${i} = 1`, `{ p${i} }`, `[p${i}]`]));
      const unseen = !module.cache && any.chance(0.1) && written !== 'default';
      // A cached function goes by a name of the compiler, whatever it is exported as.
      const exportName = module.cache ? `$$RSC_SERVER_CACHE_${at}` : written;
      return [{ ...module, exportName, at: at++, written, list, rest: any.chance(0.2), unseen }];
    };
  },
  ours: ({ salt, file, exportName, cache, rest, unseen, list }) => actionId({ salt, file, exportName, cache, ...(!unseen && { rest, params: list.length }) }),
  legal: ({ cache, at, exportName, written, list, salt }) =>
    typeof salt === 'string' && at >= 0 && Array.isArray(list) && list.every((text) => /p/.test(text)) && /^(?:default$|f\d)/.test(written ?? '') && exportName === (cache ? `$$RSC_SERVER_CACHE_${at}` : written),
  async theirsOf(inputs) {
    const modules = [];
    for (const [one] of inputs) {
      const of = modules.at(-1);
      if (of?.[0].salt === one.salt && of[0].file === one.file && of.at(-1).at < one.at) of.push(one);
      else modules.push([one]);
    }
    return (await Promise.all(modules.map(idsOf))).flat();
  },
};

const keyOf = ({ bytes, fill }) => Buffer.alloc(bytes, fill).toString('base64');
const keys = new Map();
/** What Next does: `encodeActionBoundArg` and `decodeActionBoundArg`. */
export async function imported(key) {
  if (!keys.has(key)) keys.set(key, await crypto.subtle.importKey('raw', utils.stringToUint8Array(atob(key)), 'AES-GCM', true, ['encrypt', 'decrypt']));
  return keys.get(key);
}
export async function sealedByNext(id, text, key) {
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const sealed = await utils.encrypt(await imported(key), iv, new TextEncoder().encode(id + text));
  return btoa(utils.arrayBufferToString(iv.buffer) + utils.arrayBufferToString(sealed));
}
export async function openedByNext(id, sealed, key) {
  const payload = atob(sealed);
  const [iv, rest] = [payload.slice(0, 16), payload.slice(16)].map(utils.stringToUint8Array);
  const opened = new TextDecoder().decode(await utils.decrypt(await imported(key), iv, rest));
  if (!opened.startsWith(id)) throw new Error('Invalid Server Action payload: failed to decrypt.');
  return opened.slice(id.length);
}

const IDS = ['6010bfaf6207ca6ef9c6a4f42d36f2e29563ce570f', '7010bfaf6207ca6ef9c6a4f42d36f2e29563ce570f'];
const anySealed = (any) => {
  const text = any.many(60, () => any.pick(['a', '"', '\n', 'é', '\u0000', '\u2028', '😀', '\ufeff', '0:[', '$'])).join('');
  return [any.pick(IDS), text, { bytes: any.pick([16, 24, 32]), fill: any.below(4) }];
};

/** @type {Oracle} */
export const seal = {
  name: 'encryptBoundArgs',
  peer: 'server/app-render/encryption-utils, which opens what was sealed',
  most: 20_000,
  why: 'each input is two operations of WebCrypto and more',
  inputs: (any) => () => anySealed(any),
  ours: async (id, text, key) => openedByNext(id, await encryptBoundArgs(id, text, keyOf(key)), keyOf(key)),
  theirs: (_id, text) => text,
};

/** @type {Oracle} */
export const open = {
  name: 'decryptBoundArgs',
  peer: 'server/app-render/encryption-utils',
  most: 20_000,
  why: 'each input is four operations of WebCrypto',
  inputs: (any) => () => [...anySealed(any), any.chance(0.5) ? undefined : { bit: any.below(4000), other: any.chance(0.1) }],
  ours: (...input) => told(decryptBoundArgs, input),
  theirs: (...input) => told(openedByNext, input),
};

/** What becomes of what Next has sealed, as it is or with one bit of it changed, or for another action. */
async function told(opened, [id, text, key, change]) {
  const bytes = Buffer.from(await sealedByNext(id, text, keyOf(key)), 'base64');
  const { bit = -1, other = false } = change ?? {};
  if (bit >= 0 && !other) bytes[(bit >> 3) % bytes.length] ^= 1 << (bit & 7);
  return outcome(() => opened(other ? IDS.find((one) => one !== id) : id, bytes.toString('base64'), keyOf(key)));
}
