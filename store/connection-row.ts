import type { ConnectionFacts } from '../model/connection.ts';
import type { KeyRing } from './key-ring.ts';
import { openCredentials } from './sealing.ts';
import type { Credentials } from '../model/credentials.ts';

/** A connection with its credentials unsealed: keep it short-lived, never log it. */
export interface StoredConnection {
  readonly facts: ConnectionFacts;
  readonly credentials: Credentials;
  /** The database's clock at the moment of the read, in ISO 8601. */
  readonly readAt: string;
}

/** A row with its credentials as they stand in the table, sealed. */
export interface ConnectionRow extends ConnectionFacts {
  readonly credentials: unknown;
  readonly readAt: string;
}

/** The columns of `connector.platform_connections c` under the names of ConnectionFacts, which a row then is. */
export const factsColumns = `
  c.id, c.owner, c.platform, c.label, c.account_id as "accountId", c.account_name as "accountName",
  c.status, c.status_reason as "statusReason", c.mode, c.mode_reason as "modeReason",
  coalesce(c.scopes, '{}') as scopes, c.expires_at as "expiresAt", c.refresh_expires_at as "refreshExpiresAt",
  c.consent_expires_at as "consentExpiresAt", c.next_refresh_at as "nextRefreshAt",
  c.last_refresh_at as "lastRefreshAt", c.last_read_at as "lastReadAt", c.last_probe_at as "lastProbeAt",
  c.created_at as "createdAt", c.version`;

/** All that a ConnectionRow has. */
export const rowColumns = `${factsColumns}, c.credentials, clock_timestamp() as "readAt"`;

/**
 * Opens a row's credentials.
 *
 * @throws UnreadableCredentialsError
 */
export function openRow(ring: KeyRing, row: ConnectionRow): StoredConnection {
  const { credentials, readAt, ...facts } = row;
  return { facts, credentials: openCredentials(ring, row.id, credentials), readAt };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** False for ids that people mistype; Postgres would answer them with an error instead of with nothing. */
export function isUuid(id: string): boolean {
  return uuid.test(id);
}
