#!/usr/bin/env node
// What each part of a module weighs, by the names of its functions: node benches/start/parts.js MODULE. It must have been
// built with its names: scripts/build with "-g" beside "-Os" in Cargo.toml.
import { readFileSync } from 'node:fs';
import { table } from '../rounds.js';

const CRATES = /\b(core|alloc|std|hashbrown|dlmalloc|sha1|sha2|serde_wasm_bindgen|form_urlencoded|futures_util|wasm_bindgen|js_sys)::/;

const [path] = process.argv.slice(2);
const bytes = readFileSync(path);
let at = 8;

function number() {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
    shift += 7;
  }
}

function text() {
  const length = number();
  at += length;
  return bytes.toString('utf8', at - length, at);
}

/** Function names by index, sizes of bodies in order, and how many functions are imported. */
const names = new Map();
const bodies = [];
let imported = 0;

function limits() {
  const flags = number();
  number();
  if (flags & 1) number();
}

const SECTIONS = {
  0: (end) => {
    if (text() !== 'name') return;
    while (at < end) {
      const kind = bytes[at++];
      const next = number() + at;
      if (kind === 1) for (let left = number(); left > 0; left--) names.set(number(), text());
      at = next;
    }
  },
  2: () => {
    for (let left = number(); left > 0; left--) {
      text();
      text();
      const kind = bytes[at++];
      if (kind === 0) imported += number() >= 0 ? 1 : 0;
      else if (kind === 3) at += 2;
      else {
        if (kind === 1) at++;
        limits();
      }
    }
  },
  10: () => {
    for (let left = number(); left > 0; left--) {
      const length = number();
      bodies.push(length);
      at += length;
    }
  },
};

while (at < bytes.length) {
  const id = bytes[at++];
  const end = number() + at;
  SECTIONS[id]?.(end);
  at = end;
}
if (names.size === 0) {
  console.error(`${path} has no names: build it with "-g" beside "-Os" in Cargo.toml`);
  process.exit(2);
}
const parts = new Map();
bodies.forEach((size, i) => {
  const name = (names.get(i + imported) ?? '').replace(/\[[0-9a-f]{16}\]/g, '');
  const own = /freshtag::(\w+)/.exec(name)?.[1];
  const part = own ? `src/${own}` : (CRATES.exec(name)?.[1] ?? 'exports, their arguments, and the rest');
  parts.set(part, (parts.get(part) ?? 0) + size);
});
const all = bodies.reduce((sum, size) => sum + size, 0);
const sorted = [...parts].sort((a, b) => b[1] - a[1]).filter(([, size]) => size > all / 200);
table(['part', 'bytes of code', 'share'], sorted.map(([part, size]) => [part, size.toLocaleString('en'), `${((size / all) * 100).toFixed(1)} %`]));
