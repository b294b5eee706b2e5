import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Credentials } from '../model/credentials.ts';
import type { KeyRing } from './key-ring.ts';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const marker = 'sealed:';
const prefix = `${marker}v1:`;

/** Which fields of a platform's credentials may stand readable in the database; all others are sealed. */
export type ReadableFields = readonly string[];

/** Where a value belongs; it opens nowhere else. */
export interface SealedPlace {
  /** The row's uuid. */
  readonly rowId: string;
  readonly field: string;
}

/** A row whose credentials cannot be had: a key is missing, a value was damaged or moved, or the row is malformed. */
export class UnreadableCredentialsError extends Error {
  override name = 'UnreadableCredentialsError';
  readonly connectionId: string;
  /** Null: the whole of the credentials. */
  readonly field: string | null;
  /** Of the key that sealed the value; null where no key is named. */
  readonly keyId: string | null;

  constructor(place: { rowId: string; field: string | null; keyId?: string }, problem: string) {
    const what = place.field === null ? 'its credentials' : `its field "${place.field}"`;
    super(`Connection ${place.rowId}: ${what} ${problem}`);
    this.connectionId = place.rowId;
    this.field = place.field;
    this.keyId = place.keyId ?? null;
  }
}

/** Seals one text with the newest key, as `sealed:v1:<key id>:<base64url of iv, tag, ciphertext>`. */
export function seal(ring: KeyRing, place: SealedPlace, text: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, ring.newest.key, iv, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${prefix}${ring.newest.id}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/**
 * Opens what `seal` made for the same place.
 *
 * @throws UnreadableCredentialsError naming row, field and key, never the value.
 */
export function open(ring: KeyRing, place: SealedPlace, value: string): string {
  const separator = value.indexOf(':', prefix.length);
  if (!value.startsWith(prefix) || separator === -1) {
    throw new UnreadableCredentialsError(place, 'is sealed in a form that this version does not know.');
  }
  const keyId = value.slice(prefix.length, separator);
  const sealingKey = ring.find(keyId);
  if (sealingKey === undefined) {
    throw new UnreadableCredentialsError(
      { ...place, keyId },
      `was sealed with the key "${keyId}", which is not in the key ring. Add that key to the ring.`,
    );
  }
  const bytes = Buffer.from(value.slice(separator + 1), 'base64url');
  try {
    const iv = bytes.subarray(0, ivBytes);
    const decipher = createDecipheriv(algorithm, sealingKey.key, iv, { authTagLength: tagBytes });
    decipher.setAAD(associatedData(place));
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const sealed = bytes.subarray(ivBytes + tagBytes);
    // One call of each, joined as text only when final has proved the tag.
    return decipher.update(sealed, undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw new UnreadableCredentialsError(
      { ...place, keyId },
      `does not open with the key "${keyId}": it was damaged or moved, or the key has changed. Connect the account again.`,
    );
  }
}

/** The same value sealed with the newest key; as it is when that is so already, or when it is not sealed. */
export function reseal(ring: KeyRing, place: SealedPlace, value: string): string {
  if (!isSealed(value) || value.startsWith(`${prefix}${ring.newest.id}:`)) return value;
  return seal(ring, place, open(ring, place, value));
}

/** True for what only `open` makes sense of. */
export function isSealed(value: string): boolean {
  return value.startsWith(marker);
}

/**
 * Seals every field that is not listed as readable. A readable value that looks sealed is sealed as well, so that
 * nothing a person typed is ever taken for one of our own seals.
 */
export function sealCredentials(
  ring: KeyRing,
  rowId: string,
  credentials: Credentials,
  readable: ReadableFields,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(credentials).map(([field, value]) => {
      const stays = readable.includes(field) && !isSealed(value);
      return [field, stays ? value : seal(ring, { rowId, field }, value)];
    }),
  );
}

/**
 * Opens the sealed fields of a row and passes the readable ones through.
 *
 * @throws UnreadableCredentialsError also when the row holds anything but an object of texts.
 */
export function openCredentials(ring: KeyRing, rowId: string, stored: unknown): Credentials {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) {
    throw new UnreadableCredentialsError({ rowId, field: null }, 'are not an object of texts. Mend or remove the row.');
  }
  const opened: Record<string, string> = {};
  for (const [field, value] of Object.entries(stored)) {
    if (typeof value !== 'string') {
      throw new UnreadableCredentialsError({ rowId, field }, 'is not a text. Mend or remove the row.');
    }
    opened[field] = isSealed(value) ? openOnce(ring, { rowId, field }, value) : value;
  }
  return opened;
}

/** A seal is unlike any other and never changes, so what it opened to a moment ago in its place still holds. */
function openOnce(ring: KeyRing, place: SealedPlace, value: string): string {
  const key = `${place.rowId}/${place.field}/${value}`;
  const known = ring.opened.find(key);
  if (known !== undefined) return known;
  const text = open(ring, place, value);
  ring.opened.keep(key, text);
  return text;
}

// Ids compare without case in Postgres, and come back in lower case.
function associatedData({ rowId, field }: SealedPlace): Buffer {
  return Buffer.from(`${rowId.toLowerCase()}/${field}`);
}
