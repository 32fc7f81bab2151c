// Sealed arguments, beside the steps of Next's encryption.js over its own encryption-utils.
import { decryptBoundArgs, encryptBoundArgs } from 'freshtag/core';
import { describe, expect, test, vi } from 'vitest';

import { imported, openedByNext, sealedByNext } from '../oracle/actions.js';
import { random } from '../oracle/random.js';

vi.setConfig({ testTimeout: 30_000 });

const KEY = '9XwtoZyd3ymqMKzXRPPKJiC+I9rnxDkM7c39RD97Vpo=';
const ID = '6010bfaf6207ca6ef9c6a4f42d36f2e29563ce570f';
const OTHER_ID = '7010bfaf6207ca6ef9c6a4f42d36f2e29563ce570f';
const SEALED = 'Nok2cwlF/H+o5CqwhDHBUXGSfsaclNds28UcD0y66ZQCsbE35bjLbT15ygaR7vqBgdwXM/Gq/NB8bVOVdFFxr5exUSE9lwGNnHo2aJXsiX4f1Yz30kMhWIoU';
const TEXT = '0:["secrethey"]\n';
const keyOf = (bytes, fill = 7) => Buffer.alloc(bytes, fill).toString('base64');

/** What every failure is like: the same in all that can be read. */
const refused = async (id, sealed, key) => {
  const error = await decryptBoundArgs(id, sealed, key).then(
    (text) => expect.unreachable(`${JSON.stringify(sealed)} was opened: ${text}`),
    (error) => error,
  );
  const { name, code, message, cause } = error;
  expect({ name, code, message, cause, keys: Object.keys(error) }).toEqual({
    name: 'FreshtagError',
    code: 'SEALED_ARGUMENTS',
    message: 'The bound arguments of this Server Action cannot be opened: they are not from this action and key, or were changed.',
    cause: undefined,
    keys: ['name', 'code'],
  });
};
const withBytes = (change) => {
  const bytes = Buffer.from(SEALED, 'base64');
  return Buffer.from(change(bytes) ?? bytes).toString('base64');
};

test('V-4 what Next has sealed is opened', async () => {
  expect(await decryptBoundArgs(ID, SEALED, KEY)).toBe(TEXT);
  expect(await openedByNext(ID, SEALED, KEY)).toBe(TEXT);
});

test.each([16, 24, 32])('SA-14 SA-15 with a key of %i bytes each opens what the other has sealed', async (bytes) => {
  const key = keyOf(bytes);
  for (const text of ['', TEXT, 'é 中 😀', '\ufeffa', '\0', 'x'.repeat(100_000)]) {
    const ours = await encryptBoundArgs(ID, text, key);
    expect(await openedByNext(ID, ours, key)).toBe(text);
    expect(await decryptBoundArgs(ID, ours, key)).toBe(text);
    expect(await decryptBoundArgs(ID, await sealedByNext(ID, text, key), key)).toBe(text);
  }
});

test('SA-15 the layout is IV, ciphertext, tag in base64', async () => {
  const sealed = await encryptBoundArgs(ID, TEXT, KEY);
  expect(sealed).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  expect(Buffer.from(sealed, 'base64')).toHaveLength(16 + ID.length + TEXT.length + 16);
  expect(sealed).toHaveLength(SEALED.length);
});

test('half of a surrogate pair is sealed as U+FFFD', async () => {
  expect(await decryptBoundArgs(ID, await encryptBoundArgs(ID, 'a\ud800', KEY), KEY)).toBe('a\ufffd');
});

test('T25 100,000 IVs are all different', async () => {
  const seen = new Set();
  const key = keyOf(16);
  for (let i = 0; i < 500; i++) {
    for (const sealed of await Promise.all(Array.from({ length: 200 }, () => encryptBoundArgs(ID, '', key)))) seen.add(sealed.slice(0, 21));
  }
  expect(seen.size).toBe(100_000);
});

test('T25 without random bytes nothing is sealed', async () => {
  const spy = vi.spyOn(crypto, 'getRandomValues').mockImplementation(() => {
    throw new Error('no entropy');
  });
  await expect(encryptBoundArgs(ID, TEXT, KEY)).rejects.toThrow('no entropy');
  spy.mockRestore();
});

describe('T26 what is not exactly what was sealed is refused', () => {
  test('every bit flipped', async () => {
    const bits = Buffer.from(SEALED, 'base64').length * 8;
    expect(bits).toBe(720);
    for (let bit = 0; bit < bits; bit++) await refused(ID, withBytes((bytes) => void (bytes[bit >> 3] ^= 1 << (bit & 7))), KEY);
  });

  test('every truncation, at both ends, and anything appended', async () => {
    for (let length = 0; length < 90; length++) {
      await refused(ID, withBytes((bytes) => bytes.subarray(0, length)), KEY);
      await refused(ID, withBytes((bytes) => bytes.subarray(90 - length)), KEY);
    }
    for (const more of ['\0', '\0'.repeat(16), 'x']) await refused(ID, withBytes((bytes) => Buffer.concat([bytes, Buffer.from(more)])), KEY);
    for (let length = 0; length < SEALED.length; length++) await refused(ID, SEALED.slice(0, length), KEY);
  });

  test('any other character in any place', async () => {
    const any = random();
    for (let at = 0; at < SEALED.length; at++) {
      for (const other of [any.pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ'), any.pick('0123456789+/'), '=', '-', ' ', '\n', '\u0101']) {
        if (other !== SEALED[at]) await refused(ID, SEALED.slice(0, at) + other + SEALED.slice(at + 1), KEY);
      }
    }
  });

  test('another way to write the same bytes', async () => {
    // One, two and no characters of padding.
    for (const text of ['', 'a', 'ab']) {
      const sealed = await encryptBoundArgs(ID, text, KEY);
      const bare = sealed.replace(/=+$/, '');
      const padding = sealed.length - bare.length;
      const variants = [` ${sealed}`, `${sealed}\n`, `${sealed}=`, `${bare}===`, `${bare.slice(0, 8)}\n${sealed.slice(8)}`];
      if (padding > 0) variants.push(bare, bare + '='.repeat(3 - padding));
      if (/[+/]/.test(sealed)) variants.push(sealed.replaceAll('+', '-').replaceAll('/', '_'));
      for (const variant of variants) await refused(ID, variant, KEY);
      if (padding === 0) continue;
      // The bits that the padding leaves over.
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
      const last = letters.indexOf(bare.at(-1));
      for (let bit = 1; bit < 4 ** padding; bit++) {
        const variant = bare.slice(0, -1) + letters[last + bit] + '='.repeat(padding);
        expect(atob(variant)).toBe(atob(sealed));
        await refused(ID, variant, KEY);
      }
      expect(await decryptBoundArgs(ID, sealed, KEY)).toBe(text);
    }
  });

  test('of another action', async () => {
    await refused(OTHER_ID, SEALED, KEY);
    await refused(OTHER_ID, await encryptBoundArgs(ID, TEXT, KEY), KEY);
    await refused(ID, await encryptBoundArgs(OTHER_ID, TEXT, KEY), KEY);
    // The ids differ in one digit, anywhere.
    for (let at = 0; at < ID.length; at++) await refused(`${ID.slice(0, at)}${ID[at] === '0' ? '1' : '0'}${ID.slice(at + 1)}`, SEALED, KEY);
    // The text of one is no part of the id of another.
    for (const id of ['', ID.slice(0, 41), `${ID}0`, ID.toUpperCase(), undefined, null, 42, [ID]]) await refused(id, SEALED, KEY);
  });

  test('with a plaintext that is too short to name an action', async () => {
    for (const plain of ['', ID.slice(0, 1), ID.slice(0, 41), '\0'.repeat(42)]) {
      await refused(ID, await sealedByNext(plain, '', KEY), KEY);
    }
    expect(await decryptBoundArgs(ID, await sealedByNext(ID, '', KEY), KEY)).toBe('');
  });

  test('with another key', async () => {
    for (const key of [keyOf(16), keyOf(24), keyOf(32), [keyOf(16), keyOf(32)]]) await refused(ID, SEALED, key);
    const raw = Buffer.from(KEY, 'base64');
    for (const bit of [0, 100, 255]) {
      const other = Buffer.from(raw);
      other[bit >> 3] ^= 1 << (bit & 7);
      await refused(ID, SEALED, other.toString('base64'));
    }
  });

  test.each([undefined, null, 5, {}, [SEALED]])('%j is no sealed text', (sealed) => refused(ID, sealed, KEY));

  test('with IVs and tags of other sizes', async () => {
    const key = await imported(KEY);
    const plain = new TextEncoder().encode(ID + TEXT);
    for (const [ivLength, tagLength] of [[13, 128], [17, 128], [32, 128], [12, 128], [15, 128], [16, 96], [16, 104], [16, 112], [16, 120], [12, 96]]) {
      const iv = crypto.getRandomValues(new Uint8Array(ivLength));
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, tagLength }, key, plain);
      await refused(ID, Buffer.concat([iv, Buffer.from(sealed)]).toString('base64'), KEY);
    }
    for (const additionalData of [new Uint8Array(1), new TextEncoder().encode(ID)]) {
      const iv = new Uint8Array(16);
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain);
      await refused(ID, Buffer.concat([iv, Buffer.from(sealed)]).toString('base64'), KEY);
    }
  });
});

describe('SA-14 keys', () => {
  const [old, fresh] = [keyOf(32, 1), keyOf(16, 2)];

  test('the first of several seals, each of them opens', async () => {
    const before = await encryptBoundArgs(ID, TEXT, old);
    const after = await encryptBoundArgs(ID, TEXT, [fresh, old]);
    expect(await decryptBoundArgs(ID, before, [fresh, old])).toBe(TEXT);
    expect(await decryptBoundArgs(ID, after, [fresh, old])).toBe(TEXT);
    expect(await openedByNext(ID, after, fresh)).toBe(TEXT);
    await refused(ID, after, old);
    await refused(ID, before, [fresh]);
  });

  test('more keys than are remembered', async () => {
    const sealed = [];
    for (let i = 0; i < 20; i++) sealed.push(await encryptBoundArgs(ID, `${i}`, keyOf(32, 100 + i)));
    for (let i = 0; i < 20; i++) expect(await decryptBoundArgs(ID, sealed[i], keyOf(32, 100 + i))).toBe(`${i}`);
    const all = Array.from({ length: 20 }, (_, i) => keyOf(32, 100 + i));
    expect(await decryptBoundArgs(ID, sealed[19], all)).toBe('19');
    await refused(ID, sealed[0], all.slice(1));
  });

  test('a key is read as Next reads it', async () => {
    for (const key of [`${KEY}\n`, KEY.replace('=', ''), ` ${KEY}`]) expect(await decryptBoundArgs(ID, SEALED, key)).toBe(TEXT);
  });

  test.each([undefined, null, '', 'x', 'not base64', [], [''], [KEY, 'x'], keyOf(15), keyOf(17), keyOf(33), keyOf(64), 5, [5], {}])('%j is no key', async (key) => {
    for (const call of [() => encryptBoundArgs(ID, TEXT, key), () => decryptBoundArgs(ID, SEALED, key), () => decryptBoundArgs('', '', key)]) {
      await expect(call()).rejects.toMatchObject({
        code: 'CONFIG',
        message: 'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY must be 16, 24 or 32 bytes in base64. Make one with `openssl rand -base64 32`.',
      });
    }
  });
});

test.each([
  ['', TEXT, 'INVALID_ACTION_ID'],
  [ID.slice(1), TEXT, 'INVALID_ACTION_ID'],
  [ID.toUpperCase(), TEXT, 'INVALID_ACTION_ID'],
  [`${ID}\n`, TEXT, 'INVALID_ACTION_ID'],
  [undefined, TEXT, 'INVALID_ACTION_ID'],
  [ID, undefined, 'NOT_SERIALIZABLE'],
  [ID, {}, 'NOT_SERIALIZABLE'],
])('sealing %j %j is %s', async (id, text, code) => {
  await expect(encryptBoundArgs(id, text, KEY)).rejects.toMatchObject({ code });
});
