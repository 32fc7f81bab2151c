// Sealed arguments with the ciphers and random bytes of the Workers runtime.
import { decryptBoundArgs, encryptBoundArgs } from 'freshtag/core';
import { expect, test } from 'vitest';

const KEY = '9XwtoZyd3ymqMKzXRPPKJiC+I9rnxDkM7c39RD97Vpo=';
const ID = '6010bfaf6207ca6ef9c6a4f42d36f2e29563ce570f';
const SEALED = 'Nok2cwlF/H+o5CqwhDHBUXGSfsaclNds28UcD0y66ZQCsbE35bjLbT15ygaR7vqBgdwXM/Gq/NB8bVOVdFFxr5exUSE9lwGNnHo2aJXsiX4f1Yz30kMhWIoU';
const TEXT = '0:["secrethey"]\n';
const keyOf = (bytes, fill) => btoa(String.fromCharCode(fill).repeat(bytes));
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...bytes));
const refused = (id, sealed, key) =>
  expect(decryptBoundArgs(id, sealed, key)).rejects.toMatchObject({ name: 'FreshtagError', code: 'SEALED_ARGUMENTS', message: /** @type {any} */ (expect.stringMatching(/^The bound arguments of this Server Action cannot be opened: /)) });

test('V-4 what Next has sealed is opened', async () => {
  expect(await decryptBoundArgs(ID, SEALED, KEY)).toBe(TEXT);
});

test.each([16, 24, 32])('SA-14 SA-15 what is sealed with %i bytes is opened', async (bytes) => {
  for (const text of ['', TEXT, '\ufeffé 😀', 'x'.repeat(100_000)]) {
    const sealed = await encryptBoundArgs(ID, text, [keyOf(bytes, 1), KEY]);
    expect(await decryptBoundArgs(ID, sealed, [KEY, keyOf(bytes, 1)])).toBe(text);
    await refused(ID, sealed, KEY);
  }
});

test('T25 the IVs are all different', async () => {
  const seen = new Set();
  for (let i = 0; i < 2_000; i++) seen.add((await encryptBoundArgs(ID, '', KEY)).slice(0, 21));
  expect(seen.size).toBe(2_000);
});

test('T26 every bit flipped, every truncation, another action', async () => {
  const bytes = bytesOf(SEALED);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    await refused(ID, textOf(changed), KEY);
  }
  for (let length = 0; length < bytes.length; length++) await refused(ID, textOf(bytes.subarray(0, length)), KEY);
  await refused(`7${ID.slice(1)}`, SEALED, KEY);
  await refused(ID, `${SEALED}\n`, KEY);
});

test('T26 another way to write the same bytes', async () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  // One, two and no characters of padding.
  for (const text of ['', 'a', 'ab']) {
    const sealed = await encryptBoundArgs(ID, text, KEY);
    const bare = sealed.replace(/=+$/, '');
    const padding = sealed.length - bare.length;
    const variants = [` ${sealed}`, `${sealed}\n`, `${sealed}    `, `${sealed}=`, `${bare}===`, `${bare.slice(0, 8)}\n${sealed.slice(8)}`];
    if (padding > 0) variants.push(bare, bare + '='.repeat(3 - padding), `${bare}${'\n'.repeat(padding)}`);
    if (/[+/]/.test(sealed)) variants.push(sealed.replaceAll('+', '-').replaceAll('/', '_'));
    for (let bit = 1; padding > 0 && bit < 4 ** padding; bit++) {
      // The bits that the padding leaves over.
      const variant = bare.slice(0, -1) + letters[letters.indexOf(bare.at(-1)) + bit] + '='.repeat(padding);
      expect(atob(variant)).toBe(atob(sealed));
      variants.push(variant);
    }
    for (const variant of variants) await refused(ID, variant, KEY);
    expect(await decryptBoundArgs(ID, sealed, KEY)).toBe(text);
  }
});

test('T26 IVs and tags of other sizes', async () => {
  const key = await crypto.subtle.importKey('raw', bytesOf(KEY), 'AES-GCM', false, ['encrypt']);
  for (const [ivLength, tagLength] of [[12, 128], [15, 128], [17, 128], [16, 96], [16, 120]]) {
    const iv = crypto.getRandomValues(new Uint8Array(ivLength));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, tagLength }, key, new TextEncoder().encode(ID + TEXT)));
    await refused(ID, textOf([...iv, ...sealed]), KEY);
  }
});

test('SA-14 a key of another size is CONFIG', async () => {
  for (const key of ['', keyOf(15, 1), keyOf(33, 1), 'no base64']) {
    await expect(encryptBoundArgs(ID, TEXT, key)).rejects.toMatchObject({ code: 'CONFIG', message: /** @type {any} */ (expect.stringMatching(/openssl rand -base64 32/)) });
  }
});
