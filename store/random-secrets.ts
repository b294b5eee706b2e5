import { hash, randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const keyPrefix = 'pac_';
const [bodyLength, checkLength] = [43, 6];
const keyForm = new RegExp(`^${keyPrefix}[0-9A-Za-z]{${String(bodyLength + checkLength)}}$`);

/** A value that nobody guesses: 256 bits in 43 characters that stand unquoted in links and cookies. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** True of what `newSecret` could have made. */
export function isSecret(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/**
 * An API key of 256 bits: `pac_`, by which scanners find one that has leaked, and in its end a check, by which a mistyped
 * or made-up one is told without asking anybody.
 */
export function newApiKey(): string {
  const body = Array.from({ length: bodyLength }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
  return keyPrefix + body + checkOf(body);
}

/** True of what `newApiKey` could have made. */
export function isApiKey(text: string): boolean {
  if (!keyForm.test(text)) return false;
  const body = text.slice(keyPrefix.length, -checkLength);
  return checkOf(body) === text.slice(-checkLength);
}

/** What is kept of such a value. One round is enough: there is nothing to guess. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

function checkOf(body: string): string {
  let [rest, check] = [crc32(body), ''];
  for (let at = 0; at < checkLength; at += 1) {
    check = alphabet.charAt(rest % alphabet.length) + check;
    rest = Math.floor(rest / alphabet.length);
  }
  return check;
}
