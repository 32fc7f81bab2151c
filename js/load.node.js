import { readFileSync } from 'node:fs';
import { initSync } from '../pkg/freshtag.js';

// @ts-ignore: the types of Workers forbid it, Node does not
export const { memory } = initSync({ module: new WebAssembly.Module(readFileSync(new URL('../pkg/freshtag_bg.wasm', import.meta.url))) });

export * from '../pkg/freshtag.js';
