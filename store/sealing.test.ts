import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newKey } from '../test/store.ts';
import { parseKeyRing } from './key-ring.ts';
import { isSealed, open, openCredentials, seal, sealCredentials, UnreadableCredentialsError } from './sealing.ts';

const ring = parseKeyRing([newKey('k1')]);
const place = { rowId: randomUUID(), field: 'access_token' };
const texts = fc.string({ unit: 'binary', maxLength: 300 });
const fields = fc.stringMatching(/^[a-z_]{1,20}$/);

test('any text comes back as it was, from any field of any row', () => {
  fc.assert(
    fc.property(texts, fc.uuid(), fields, (text, rowId, field) => {
      const sealed = seal(ring, { rowId, field }, text);
      expect(sealed).toMatch(/^sealed:v1:k1:[A-Za-z0-9_-]+$/);
      expect(open(ring, { rowId, field }, sealed)).toBe(text);
    }),
  );
});

test('credentials come back as they were, whatever is readable and whatever a person typed', () => {
  const values = fc.oneof(
    texts,
    fc.string().map((text) => `sealed:v1:${text}`),
    fc.constant('sealed:'),
  );
  fc.assert(
    fc.property(fc.dictionary(fields, values), fc.array(fields), fc.uuid(), (credentials, listed, rowId) => {
      const sealed = sealCredentials(ring, rowId, credentials, [...listed, ...Object.keys(credentials).slice(1)]);
      expect(openCredentials(ring, rowId, sealed)).toEqual({ ...credentials });
    }),
  );
});

test('a value that looks sealed is sealed even in a readable field, so that it cannot pass for a seal', () => {
  const forged = seal(ring, { rowId: place.rowId, field: 'client_secret' }, 'stolen');
  const stored = sealCredentials(ring, place.rowId, { client_id: forged }, ['client_id']);
  expect(stored['client_id']).not.toBe(forged);
  expect(openCredentials(ring, place.rowId, stored)).toEqual({ client_id: forged });
});

test('readable fields stay readable and all others do not', () => {
  const stored = sealCredentials(ring, place.rowId, { page_id: '42', token: 'hush' }, ['page_id']);
  expect(stored['page_id']).toBe('42');
  expect(isSealed(stored['token'] ?? '')).toBe(true);
  expect(JSON.stringify(stored)).not.toContain('hush');
});

test('the same text never looks the same twice', () => {
  expect(seal(ring, place, 'token')).not.toBe(seal(ring, place, 'token'));
});

test('a value moved to another row or another field refuses to open', () => {
  const sealed = seal(ring, place, 'token');
  expect(() => open(ring, { ...place, rowId: randomUUID() }, sealed)).toThrow(UnreadableCredentialsError);
  expect(() => open(ring, { ...place, field: 'refresh_token' }, sealed)).toThrow(UnreadableCredentialsError);
});

test('a value that was opened in its place still refuses to open in another', () => {
  const stored = sealCredentials(ring, place.rowId, { access_token: 'token' }, []);
  expect(openCredentials(ring, place.rowId, stored)).toEqual({ access_token: 'token' });
  const moved = { refresh_token: stored['access_token'] };
  expect(() => openCredentials(ring, place.rowId, moved)).toThrow(UnreadableCredentialsError);
  expect(() => openCredentials(ring, randomUUID(), stored)).toThrow(UnreadableCredentialsError);
  expect(openCredentials(ring, place.rowId, stored)).toEqual({ access_token: 'token' });
});

test('what is remembered of opened values has a limit', () => {
  const busy = parseKeyRing([newKey('k1')]);
  for (let row = 0; row < 2_100; row += 1) {
    openCredentials(busy, place.rowId, sealCredentials(busy, place.rowId, { access_token: `token-${row}` }, []));
  }
  expect(busy.opened.size).toBeLessThanOrEqual(2_000);
});

test('an id opens in whatever case it is written', () => {
  const sealed = seal(ring, { ...place, rowId: place.rowId.toUpperCase() }, 'token');
  expect(open(ring, place, sealed)).toBe('token');
});

test('a value with any bit changed, or cut anywhere, refuses to open and is not quoted', () => {
  const sealed = seal(ring, place, 'a token worth stealing');
  const [, body = ''] = /^sealed:v1:k1:(.*)$/.exec(sealed) ?? [];
  const bytes = Buffer.from(body, 'base64url');
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), fc.boolean(), (bit, cut) => {
      const damaged = Buffer.from(cut ? bytes.subarray(0, bit >> 3) : bytes);
      if (!cut) damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = damaged.toString('base64url');
      const error = errorOf(() => open(ring, place, `sealed:v1:k1:${text}`));
      expect(error).toMatchObject({ connectionId: place.rowId, field: 'access_token', keyId: 'k1' });
      if (text.length > 8) expect(error.message).not.toContain(text);
      expect(error.message).not.toContain('worth stealing');
    }),
  );
});

test('a ring with a new first key opens what the old one sealed and seals with the new one', () => {
  const [older, newer] = [newKey('2025'), newKey('2026')];
  const sealed = seal(parseKeyRing([older]), place, 'token');
  const rotated = parseKeyRing([newer, older]);
  expect(open(rotated, place, sealed)).toBe('token');
  expect(seal(rotated, place, 'token')).toMatch(/^sealed:v1:2026:/);
});

test('a key that is missing from the ring is named, with row and field', () => {
  const sealed = seal(parseKeyRing([newKey('lost')]), place, 'token');
  const error = errorOf(() => open(ring, place, sealed));
  expect(error).toMatchObject({ connectionId: place.rowId, field: 'access_token', keyId: 'lost' });
  expect(error.message).toContain('Add that key');
});

test('a key that changed under its id does not open the value', () => {
  const sealed = seal(ring, place, 'token');
  expect(errorOf(() => open(parseKeyRing([newKey('k1')]), place, sealed)).message).toContain('"k1"');
});

test('a seal of a later version is said to be unknown instead of handed out', () => {
  for (const value of ['sealed:v2:k1:AAAA', 'sealed:', 'sealed:v1:k1']) {
    expect(() => open(ring, place, value)).toThrow(UnreadableCredentialsError);
  }
});

test('credentials that are no object of texts are refused by row and field, never by value', () => {
  for (const malformed of [null, 'token', ['token'], 7]) {
    expect(errorOf(() => openCredentials(ring, place.rowId, malformed)).field).toBeNull();
  }
  const error = errorOf(() => openCredentials(ring, place.rowId, { access_token: { nested: 'hush' } }));
  expect(error).toMatchObject({ connectionId: place.rowId, field: 'access_token' });
  expect(error.message).not.toContain('hush');
});

test('a key ring that is not usable says which entry is wrong, without a key', () => {
  const { key } = newKey('k1');
  const rings = [
    'nonsense' + key,
    [],
    [{ id: 'a:b', key }],
    [{ id: 'k1', key: `${key}AAAA` }],
    [{ id: 'k1', key: `!${key}` }],
  ];
  for (const input of [...rings, [{ id: 'k1', key }, newKey('k1')]]) {
    expect(() => parseKeyRing(input)).toThrow('The key ring is not');
    expect(() => parseKeyRing(input)).not.toThrow(key);
  }
  expect(parseKeyRing(JSON.stringify([{ id: 'k1', key }])).newest.id).toBe('k1');
});

function errorOf(act: () => unknown): UnreadableCredentialsError {
  try {
    act();
  } catch (error) {
    if (error instanceof UnreadableCredentialsError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
