// @ts-ignore: workerd hands over the compiled module
import wasm from '../pkg/freshtag_bg.wasm';
import { initSync } from '../pkg/freshtag.js';

export const { memory } = initSync({ module: wasm });

export * from '../pkg/freshtag.js';
