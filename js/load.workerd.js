// @ts-ignore: workerd hands over the compiled module
import wasm from '../pkg/freshtag_bg.wasm';
import { initSync } from '../pkg/freshtag.js';

export let { memory } = initSync({ module: wasm });

/** Another instance has taken the place of the first: its memory is the one to look at. */
export function renewed() {
  // Without arguments it says which instance there is.
  ({ memory } = /** @type {any} */ (initSync)());
}

export * from '../pkg/freshtag.js';
