import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { expect, test } from 'vitest';
import { newKey } from '../test/store.ts';
import { parseKeyRing } from './key-ring.ts';
import { createPayloadCodec, sealingKeyOf, UnreadablePayloadError } from './payload-codec.ts';
import { open, seal } from './sealing.ts';

const [older, newer] = [newKey('k1'), newKey('k2')];
const secret = 'a sentence that nobody else may read';

const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

async function encoded(codec: ReturnType<typeof createPayloadCodec>, value: unknown): Promise<Payload> {
  const [payload] = await codec.encode([payloadOf(value)]);
  if (payload === undefined) throw new Error('Nothing was encoded.');
  return payload;
}

test('a payload comes back as it was, and shows nothing but how it is encrypted', async () => {
  const codec = createPayloadCodec(parseKeyRing([newer, older]));
  const payload = await encoded(codec, { secret });
  expect(sealingKeyOf(payload)).toBe('k2');
  const shown = Object.entries(payload.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()]);
  expect(Object.fromEntries(shown)).toEqual({ encoding: 'binary/encrypted', 'encryption-key-id': 'k2' });
  expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('sentence');
  const [opened] = await codec.decode([payload]);
  expect(opened === undefined ? null : defaultPayloadConverter.fromPayload(opened)).toEqual({ secret });
});

test('two encryptions of one value have nothing in common', async () => {
  const codec = createPayloadCodec(parseKeyRing([newer]));
  expect((await encoded(codec, secret)).data).not.toEqual((await encoded(codec, secret)).data);
});

test('what an older key of the ring encrypted opens', async () => {
  const before = createPayloadCodec(parseKeyRing([older]));
  const after = createPayloadCodec(parseKeyRing([newer, older]));
  const [opened] = await after.decode([await encoded(before, secret)]);
  expect(opened === undefined ? null : defaultPayloadConverter.fromPayload(opened)).toBe(secret);
});

test('plain payloads pass, as the bare command line sends them', async () => {
  const codec = createPayloadCodec(parseKeyRing([newer]));
  const plain = [payloadOf('plain'), payloadOf(undefined), {}];
  expect(await codec.decode(plain)).toEqual(plain);
});

test('a key that is missing is named; damage is told from it', async () => {
  const payload = await encoded(createPayloadCodec(parseKeyRing([older])), secret);
  const other = createPayloadCodec(parseKeyRing([newer]));
  await expect(other.decode([payload])).rejects.toThrow(/"k1", which is not in the key ring/);
  const data = Buffer.from(payload.data ?? []);
  data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
  const codec = createPayloadCodec(parseKeyRing([older]));
  await expect(codec.decode([{ ...payload, data }])).rejects.toThrow(UnreadablePayloadError);
  await expect(codec.decode([{ ...payload, data }])).rejects.toThrow(/damaged/);
});

test('whoever can have payloads opened cannot have a sealed field of the database opened', async () => {
  const ring = parseKeyRing([newer]);
  const place = { rowId: '3b241101-e2bb-4255-8caf-4136c566a962', field: 'access_token' };
  const sealed = seal(ring, place, secret);
  const data = Buffer.from(sealed.slice(sealed.lastIndexOf(':') + 1), 'base64url');
  const { metadata } = await encoded(createPayloadCodec(ring), 'any');
  await expect(createPayloadCodec(ring).decode([{ metadata: metadata ?? {}, data }])).rejects.toThrow(/damaged/);
  expect(open(ring, place, sealed)).toBe(secret);
});
