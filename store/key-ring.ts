import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { createOpenedValues, type OpenedValues } from './opened-values.ts';

/** One key that seals; its id stands in the sealed value. */
export interface SealingKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of an environment: the first seals, every one of them opens what it sealed. */
export interface KeyRing {
  readonly newest: SealingKey;
  find(id: string): SealingKey | undefined;
  /** What was opened a moment ago with these keys: deciphering costs a token read a third more. */
  readonly opened: OpenedValues;
}

const keyBytes = 32;

const entrySchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'use up to 32 letters, digits, dashes and underscores'),
  key: z.base64('is not base64').refine((text) => Buffer.from(text, 'base64').length === keyBytes, 'is not 32 bytes'),
});

const ringSchema = z
  .array(entrySchema)
  .min(1, 'has no key')
  .refine((entries) => new Set(entries.map((entry) => entry.id)).size === entries.length, 'names a key twice');

/**
 * Reads a key ring: `[{ id, key }]` or that as JSON, each key 32 bytes in base64, the one for new values first.
 *
 * @throws Error that says which entry is wrong and in what, never with a key in it.
 */
export function parseKeyRing(input: unknown): KeyRing {
  const parsed = ringSchema.safeParse(typeof input === 'string' ? parseJson(input) : input);
  if (!parsed.success) {
    // Paths and messages only: an issue may carry the input.
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`);
    throw new Error(`The key ring is not usable (${problems.join('; ')}). It is a list of {id, key}, keys in base64.`);
  }
  const keys = parsed.data.map(({ id, key }) => ({ id, key: createSecretKey(Buffer.from(key, 'base64')) }));
  const byId = new Map(keys.map((key) => [key.id, key]));
  const [newest] = keys;
  if (newest === undefined) throw new Error('The key ring has no key.');
  return { newest, find: (id) => byId.get(id), opened: createOpenedValues() };
}

/**
 * A ring that changes under a running process: `read` gives the same object as before while nothing has changed. It is
 * asked before each sealing, and when a value names a key that is not known yet, so that nobody has to be restarted.
 */
export function followKeyRing(read: () => unknown): KeyRing {
  const opened = createOpenedValues();
  let source = read();
  let ring = parseKeyRing(source);
  const latest = (): KeyRing => {
    const now = read();
    if (now !== source) ring = parseKeyRing(now);
    source = now;
    return ring;
  };
  return {
    get newest() {
      return latest().newest;
    },
    find: (id) => ring.find(id) ?? latest().find(id),
    opened,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: the parser quotes what it read.
    throw new Error('The key ring is not JSON. It is a list of {id, key}, keys in base64.');
  }
}
