import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { KeyRing } from './key-ring.ts';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const encrypted = 'binary/encrypted';
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** A payload of Temporal that cannot be opened: its key has left the ring, or it was damaged. */
export class UnreadablePayloadError extends Error {
  override name = 'UnreadablePayloadError';
  readonly keyId: string;

  constructor(keyId: string, problem: string) {
    super(`A payload in Temporal ${problem}`);
    this.keyId = keyId;
  }
}

/**
 * Encrypts everything that Temporal stores of ours with the newest key; what is readable are ids, types and times.
 * Payloads that are not encrypted pass: the `temporal` CLI sends such when it knows no codec.
 */
export function createPayloadCodec(ring: KeyRing): PayloadCodec {
  return {
    encode: (payloads) => settled(() => payloads.map((payload) => encrypt(ring, payload))),
    decode: (payloads) =>
      settled(() =>
        payloads.map((payload) => {
          const keyId = sealingKeyOf(payload);
          return keyId === null ? payload : decrypt(ring, keyId, payload);
        }),
      ),
  };
}

/** The id of the key that a payload is encrypted with; null when it is not. */
export function sealingKeyOf({ metadata }: Payload): string | null {
  if (textOf(metadata?.['encoding']) !== encrypted) return null;
  return textOf(metadata?.['encryption-key-id']);
}

function encrypt(ring: KeyRing, payload: Payload): Payload {
  const { id, key } = ring.newest;
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, payloadKey(key), iv, { authTagLength: tagBytes });
  const sealed = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]);
  return {
    metadata: { encoding: Buffer.from(encrypted), 'encryption-key-id': Buffer.from(id) },
    data: Buffer.concat([iv, cipher.getAuthTag(), sealed]),
  };
}

function decrypt(ring: KeyRing, keyId: string, { data }: Payload): Payload {
  const sealingKey = ring.find(keyId);
  if (sealingKey === undefined) {
    throw new UnreadablePayloadError(
      keyId,
      `was encrypted with the key "${keyId}", which is not in the key ring. Add that key to the ring.`,
    );
  }
  try {
    const bytes = Buffer.from(data ?? []);
    const iv = bytes.subarray(0, ivBytes);
    const decipher = createDecipheriv(algorithm, payloadKey(sealingKey.key), iv, { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const opened = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
    return PayloadMessage.decode(opened);
  } catch {
    throw new UnreadablePayloadError(
      keyId,
      `does not open with the key "${keyId}": it was damaged, or the key changed.`,
    );
  }
}

const payloadKeys = new WeakMap<KeyObject, KeyObject>();

/** A key of its own for payloads: whoever may ask to have payloads opened can't have rows of the database opened. */
function payloadKey(key: KeyObject): KeyObject {
  const known = payloadKeys.get(key);
  if (known !== undefined) return known;
  const derived = createSecretKey(Buffer.from(hkdfSync('sha256', key, '', 'temporal payload', 32)));
  payloadKeys.set(key, derived);
  return derived;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

function settled<Value>(make: () => Value): Promise<Value> {
  return new Promise((resolve) => resolve(make()));
}
