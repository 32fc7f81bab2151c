import init, { initSync } from '../pkg/freshtag.js';

export let { memory } = await init({ module_or_path: fetch(new URL('../pkg/freshtag_bg.wasm', import.meta.url)) });

/** Another instance has taken the place of the first: its memory is the one to look at. */
export function renewed() {
  // Without arguments it says which instance there is.
  ({ memory } = /** @type {any} */ (initSync)());
}

export * from '../pkg/freshtag.js';
