import type { ConnectionFacts } from '../model/connection.ts';
import type { Credentials } from '../model/credentials.ts';
import { type ConnectionRow, openRow, rowColumns } from './connection-row.ts';
import { type Database, first } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { pauseKinds } from './pause-kinds.ts';
import { sealCredentials, UnreadableCredentialsError, type ReadableFields } from './sealing.ts';

/** A connection with its credentials in the open, on its way to another environment. Never log it. */
export interface ConnectionCopy extends Omit<ConnectionFacts, 'version'> {
  readonly credentials: Credentials;
  /** Its keeper is not to refresh it until a person resumes it. */
  readonly paused: boolean;
}

/** Takes connections out of an environment, and puts them into one. */
export interface ConnectionCopies {
  /** Every connection that is active or needs consent; those whose credentials do not open are named instead. */
  take(): Promise<{ copies: readonly ConnectionCopy[]; unreadable: readonly UnreadableCredentialsError[] }>;
  /**
   * Adds a connection as it was, sealed anew. False, and nothing changes, when there is a row with its id or a live one
   * for its account: what is here may be newer than the copy.
   */
  put(copy: ConnectionCopy, readable: ReadableFields): Promise<boolean>;
}

const selectLive = `
  select ${rowColumns}, coalesce((
    select e.kind = '${pauseKinds.pause}' from connector.connection_events e
    where e.connection_id = c.id and e.kind in ('${pauseKinds.pause}', '${pauseKinds.resume}')
    order by e.id desc limit 1), false) as paused
  from connector.platform_connections c
  where c.status in ('active', 'needs_consent') order by c.owner, c.platform, c.created_at, c.id`;

// Paused in the same statement, so that no keeper starts in between.
const insertCopy = `
  with added as (
  insert into connector.platform_connections
    (id, owner, platform, label, account_id, account_name, status, status_reason, mode, mode_reason, scopes,
     expires_at, refresh_expires_at, consent_expires_at, next_refresh_at, last_refresh_at, last_read_at, last_probe_at,
     created_at, credentials)
  select id, owner, platform, label, "accountId", "accountName", status, "statusReason", mode, "modeReason",
    array(select jsonb_array_elements_text($1::jsonb -> 'scopes')),
    "expiresAt", "refreshExpiresAt", "consentExpiresAt", "nextRefreshAt", "lastRefreshAt", "lastReadAt", "lastProbeAt",
    "createdAt", $2::jsonb
  from jsonb_to_record($1::jsonb) as copy(
    id uuid, owner text, platform text, label text, "accountId" text, "accountName" text, status text,
    "statusReason" text, mode text, "modeReason" text, "expiresAt" timestamptz, "refreshExpiresAt" timestamptz,
    "consentExpiresAt" timestamptz, "nextRefreshAt" timestamptz, "lastRefreshAt" timestamptz,
    "lastReadAt" timestamptz, "lastProbeAt" timestamptz, "createdAt" timestamptz)
  on conflict do nothing
  returning id, owner, platform),
  paused as (
    insert into connector.connection_events (connection_id, owner, platform, actor, kind)
    select id, owner, platform, 'person', '${pauseKinds.pause}' from added where $3)
  select id from added`;

/** Copies of the rows of `connector.platform_connections`. */
export function createConnectionCopies(database: Database, ring: KeyRing): ConnectionCopies {
  return {
    take: async () => {
      const copies: ConnectionCopy[] = [];
      const unreadable: UnreadableCredentialsError[] = [];
      for (const row of await database.read<CopiedRow>({ text: selectLive }, [])) {
        try {
          copies.push(copyOf(ring, row));
        } catch (error) {
          if (!(error instanceof UnreadableCredentialsError)) throw error;
          unreadable.push(error);
        }
      }
      return { copies, unreadable };
    },
    put: async ({ credentials, paused, ...facts }, readable) => {
      const sealed = sealCredentials(ring, facts.id, credentials, readable);
      const values = [JSON.stringify(facts), JSON.stringify(sealed), paused];
      return first(await database.write({ text: insertCopy }, values)) !== null;
    },
  };
}

interface CopiedRow extends ConnectionRow {
  readonly paused: boolean;
}

function copyOf(ring: KeyRing, { paused, ...row }: CopiedRow): ConnectionCopy {
  const { facts, credentials } = openRow(ring, row);
  return { ...facts, credentials, paused };
}
