import type { Capability } from '../../model/platform.ts';

interface NeededScope {
  readonly scope: string;
  /** What does not work without it, as the end of a sentence. */
  readonly withoutIt: string;
}

/**
 * What every OAuth 2.0 consent asks for; change it here and nowhere else.
 * https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (2026-11-23) [O]
 */
export const neededScopes: readonly NeededScope[] = [
  { scope: 'tweet.read', withoutIt: 'posts cannot be read' },
  { scope: 'tweet.write', withoutIt: 'nothing can be posted or deleted' },
  { scope: 'users.read', withoutIt: 'the connector cannot see whose account this is' },
  { scope: 'media.write', withoutIt: 'no picture or video can be posted' },
  { scope: 'offline.access', withoutIt: 'the permission ends after two hours' },
];

/**
 * What the header `x-access-level` says of a signed call; a connection by OAuth 1.0a keeps it as its only scope.
 * (2026-11-23) [C for the header, U for the values]
 */
export const accessLevels = ['read', 'read-write', 'read-write-directmessages'] as const;
export type AccessLevel = (typeof accessLevels)[number];

/** The level that a header states; null when it states none that is known. */
export function readAccessLevel(header: string | undefined): AccessLevel | null {
  return accessLevels.find((level) => level === header) ?? null;
}

/**
 * What a connection can do. The legacy free plan neither deletes nor reads analytics (the users' specification); a signed
 * connection whose level nobody has seen yet counts as able to write, because its onboarding refuses a reading one.
 */
export function capabilitiesOf(
  scopes: readonly string[],
  about: { readonly method: 'oauth1' | 'oauth2'; readonly tier: string | undefined },
): readonly Capability[] {
  const able = about.method === 'oauth1' ? signedCapabilities(scopes) : grantedCapabilities(scopes);
  if (about.tier !== 'free_legacy') return able;
  return able.filter((capability) => capability !== 'delete' && capability !== 'analytics');
}

function signedCapabilities(scopes: readonly string[]): readonly Capability[] {
  return scopes.includes('read') ? ['read', 'analytics'] : ['post', 'read', 'delete', 'analytics'];
}

function grantedCapabilities(scopes: readonly string[]): readonly Capability[] {
  const reads = scopes.includes('tweet.read') && scopes.includes('users.read');
  if (!reads) return [];
  return scopes.includes('tweet.write') ? ['post', 'read', 'delete', 'analytics'] : ['read', 'analytics'];
}

/** The needed scopes that were not granted. */
export function missingScopes(granted: readonly string[]): readonly NeededScope[] {
  return neededScopes.filter(({ scope }) => !granted.includes(scope));
}
