import { createHash, randomBytes } from 'node:crypto';

/** A new PKCE verifier: 43 unreserved characters, 256 random bits (RFC 7636, 4.1). */
export function createVerifier(): string {
  return randomBytes(32).toString('base64url');
}

/** The S256 challenge as RFC 7636 (4.2) has it: base64url without padding. Google and X take this form. */
export function challengeBase64url(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url');
}

/** The S256 challenge in hexadecimal digits, which TikTok wants from desktop apps. */
export function challengeHex(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('hex');
}

/** The scopes in a list that an answer carries, without repetitions; an empty text has none. */
export function splitScopes(text: string, separator: ' ' | ','): string[] {
  const scopes = text.split(separator).map((scope) => scope.trim());
  return [...new Set(scopes.filter((scope) => scope !== ''))];
}

/** The scopes as one parameter. A scope that holds the separator would ask for something else: refused by RangeError. */
export function joinScopes(scopes: readonly string[], separator: ' ' | ','): string {
  const broken = scopes.find((scope) => scope === '' || scope.includes(separator));
  if (broken !== undefined)
    throw new RangeError(`The scope "${broken}" cannot stand in a list separated by "${separator}".`);
  return scopes.join(separator);
}
