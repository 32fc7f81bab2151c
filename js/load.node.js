import { readFileSync } from 'node:fs';
import { initSync } from '../pkg/freshtag.js';

// @ts-ignore: the types of Workers forbid it, Node does not
export let { memory } = initSync({ module: new WebAssembly.Module(readFileSync(new URL('../pkg/freshtag_bg.wasm', import.meta.url))) });

/** Another instance has taken the place of the first: its memory is the one to look at. */
export function renewed() {
  // Without arguments it says which instance there is.
  ({ memory } = /** @type {any} */ (initSync)());
}

export * from '../pkg/freshtag.js';
