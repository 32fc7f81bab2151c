import init from '../pkg/freshtag.js';

export const { memory } = await init({ module_or_path: fetch(new URL('../pkg/freshtag_bg.wasm', import.meta.url)) });

export * from '../pkg/freshtag.js';
