import type { Capability, Mode } from '../../model/platform.ts';
import type { Credentials } from '../../model/credentials.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { StoredConnection } from '../../store/store.ts';

/** A valid token and all that a caller needs besides. Instants are ISO 8601 in UTC; null: it never expires. */
export interface Token {
  readonly connectionId: string;
  readonly platform: string;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly accessToken: string;
  readonly expiresAt: string | null;
  readonly scopes: readonly string[];
  readonly mode: Mode;
  /** What may be done with it, by scopes, tier and the app's standing. */
  readonly capabilities: readonly Capability[];
  /** The fields of the specification, by its names and in its order. */
  readonly credentials: Credentials;
}

/** The token that a stored connection holds. Throws when the access token itself is missing. */
export function tokenOf(platform: Platform, { facts, credentials }: StoredConnection): Token {
  return {
    connectionId: facts.id,
    platform: facts.platform,
    accountId: facts.accountId,
    accountName: facts.accountName,
    accessToken: platform.accessToken(credentials),
    expiresAt: facts.expiresAt,
    scopes: facts.scopes,
    mode: facts.mode,
    capabilities: platform.capabilities(facts.scopes, credentials),
    credentials: inShape(platform, credentials),
  };
}

function inShape(platform: Platform, credentials: Credentials): Credentials {
  const shaped: Record<string, string> = {};
  for (const field of platform.shape) {
    const value = credentials[field];
    if (value !== undefined) shaped[field] = value;
  }
  return shaped;
}

/** How long the access token still lives at the moment `now`; infinite when it never expires, ≤ 0 when it is dead. */
export function lifeLeftMs(stored: StoredConnection, now: Date): number {
  const { expiresAt } = stored.facts;
  return expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - now.getTime();
}
