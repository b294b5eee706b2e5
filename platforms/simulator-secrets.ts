import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RandomSource } from './simulator.ts';

/** The operating system's randomness. */
export const systemRandom: RandomSource = { bytes: (length) => randomBytes(length) };

/** Repeatable randomness: the same seed gives the same ids, tokens and codes in the same order. Never outside tests. */
export function seededRandom(seed: string): RandomSource {
  let drawn = 0;
  return {
    bytes: (length) => {
      const blocks: Buffer[] = [];
      for (let filled = 0; filled < length; filled += 32) {
        drawn += 1;
        blocks.push(createHash('sha256').update(`${seed}/${drawn}`).digest());
      }
      return Buffer.concat(blocks).subarray(0, length);
    },
  };
}

const urlSafe = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** `length` unguessable characters of an alphabet of at most 256; the 64 URL-safe ones unless said. */
export function randomText(random: RandomSource, length: number, alphabet: string = urlSafe): string {
  const characters = Array.from(random.bytes(length), (byte) => alphabet.charAt(byte % alphabet.length));
  return characters.join('');
}

/** SHA-256 in base64url: how a simulator remembers a token, a code or a secret without holding it. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameSecret(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}
