// Origin checks and sealed arguments, ours and Next's own.
import csrf from 'next/dist/server/app-render/csrf-protection.js';
import steps from 'next/dist/server/app-render/encryption-utils.js';
import { decryptBoundArgs, encryptBoundArgs, isCsrfOriginAllowed } from '../../js/core.js';

const ACTION = 'a'.repeat(42);
const TEXT = JSON.stringify(Array.from({ length: 32 }, (_, n) => ({ id: n, name: `name ${n}` }))).slice(0, 1024);
const KEY = btoa('0123456789abcdef0123456789abcdef');
const hosts = Array.from({ length: 64 }, (_, n) => `app-${n}.customer.example`);
const patterns = (count) => [...Array.from({ length: count - 1 }, (_, n) => `*.site-${n}.example`), '*.customer.example'];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

let imported;
const key = () => (imported ??= crypto.subtle.importKey('raw', encoder.encode('0123456789abcdef0123456789abcdef'), 'AES-GCM', true, ['encrypt', 'decrypt']));

/** Next's own need a render around them: these are their steps, over what they are made of. */
async function nextSeals() {
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const sealed = await steps.encrypt(await key(), iv, encoder.encode(ACTION + TEXT));
  return btoa(steps.arrayBufferToString(iv.buffer) + steps.arrayBufferToString(sealed));
}

async function nextOpens(sealed) {
  const binary = atob(sealed);
  const opened = decoder.decode(await steps.decrypt(await key(), steps.stringToUint8Array(binary.slice(0, 16)), steps.stringToUint8Array(binary.slice(16))));
  if (!opened.startsWith(ACTION)) throw new Error('of another action');
  return opened.slice(ACTION.length);
}

const lists = new Map();
const list = (count) => lists.get(count) ?? (lists.set(count, patterns(count)), lists.get(count));
let sealed;

export default {
  async fetch(request) {
    const { group, who, size, n } = await request.json();
    if (group === 'origin') {
      const allows = who === 'Next' ? csrf.isCsrfOriginAllowed : isCsrfOriginAllowed;
      if (allows('app.customer.example', list(size)) !== true || allows('customer.other', list(size)) !== false) throw new Error(`${who} answers wrong`);
      let yes = 0;
      for (let i = 0; i < n; i++) yes += allows(hosts[i % 64], list(size)) ? 1 : 0;
      return new Response(String(yes));
    }
    sealed ??= { Next: await nextSeals(), freshtag: await encryptBoundArgs(ACTION, TEXT, KEY) };
    const opens = who === 'Next' ? nextOpens : (text) => decryptBoundArgs(ACTION, text, KEY);
    const seals = who === 'Next' ? nextSeals : () => encryptBoundArgs(ACTION, TEXT, KEY);
    // Each opens what the other one sealed.
    if ((await opens(sealed.Next)) !== TEXT || (await opens(sealed.freshtag)) !== TEXT) throw new Error(`${who} opens wrong`);
    for (let i = 0; i < n; i++) await (group === 'seal' ? seals() : opens(sealed.Next));
    return new Response('done');
  },
};
