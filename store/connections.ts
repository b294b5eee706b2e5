import type { ConnectionFacts } from '../model/connection.ts';
import { type ConnectionRow, factsColumns, isUuid, openRow, rowColumns } from './connection-row.ts';
import { type Database, first } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { mergeConnections } from './merge-connections.ts';
import { changeAssignments, changesOf, type RowChanges } from './row-changes.ts';
import { isSealed, sealCredentials, UnreadableCredentialsError } from './sealing.ts';
import type { Connections, StoredConnection } from './store.ts';

const insertPending = `
  insert into connector.platform_connections (id, owner, platform, label, credentials, status)
  values ($1, $2, $3, $4, $5, 'pending')
  on conflict (id) do nothing`;

const selectFacts = {
  name: 'connector_facts',
  text: `select ${factsColumns} from connector.platform_connections c where c.id = $1`,
};

const selectRow = {
  name: 'connector_load',
  text: `select ${rowColumns} from connector.platform_connections c where c.id = $1`,
};

const listFacts = `
  select ${factsColumns} from connector.platform_connections c
  where ($1::text is null or c.owner = $1)
    and ($2::text[] is null or c.platform = any ($2))
    and ($3::text[] is null or c.status = any ($3))
  order by c.owner, c.platform, c.created_at, c.id`;

const readRows = {
  name: 'connector_read',
  text: `
    select ${rowColumns} from connector.platform_connections c
    where c.owner = $1 and c.platform = $2 and c.status in ('active', 'needs_consent')
      and ($3::text is null or c.account_id = $3 or c.account_name = $3)
    order by (c.status = 'active') desc, c.created_at desc, c.id`,
};

// A save that brings secrets ($5) makes a refresh of the old ones that is under way lose lease and version. One that
// brings none (a probe's findings) must not: that refresh may hold the only copy of a rotated token.
const saveGrant = `
  update connector.platform_connections c
  set ${changeAssignments}, credentials = c.credentials || $2::jsonb,
    version = case when $5 then c.version + 1 else c.version end,
    lease_owner = case when $5 then null else c.lease_owner end,
    lease_until = case when $5 then null else c.lease_until end
  where c.id = $3 and c.version = $4 and c.status <> 'revoked'
  returning ${factsColumns}`;

// The version stays: a refresh under way must not lose what the platform gave it because a status changed.
const changeState = `
  update connector.platform_connections c
  set ${changeAssignments}
  where c.id = $2 and c.status <> 'revoked' and ($3::bigint is null or c.version = $3)
  returning ${factsColumns}`;

// Kept is what is a text and not sealed: identifiers and instants. Anything malformed goes too. What a refresh under way
// will answer no longer matters, so its attempt is closed.
const revoke = `
  with revoked as (
    select id from connector.platform_connections where id = $1 and ($3::bigint is null or version = $3) for update
  ), forgotten as (
    delete from connector.consent_requests r using revoked where r.connection_id = revoked.id
  ), closed as (
    update connector.refresh_attempts a set outcome = 'revoked', finished_at = clock_timestamp()
    from revoked where a.connection_id = revoked.id and a.outcome is null
  )
  update connector.platform_connections c
  set status = 'revoked', status_reason = $2, next_refresh_at = null, lease_owner = null, lease_until = null,
    version = c.version + 1, updated_at = now(),
    credentials = case when jsonb_typeof(c.credentials) <> 'object' then '{}' else coalesce(
      (select jsonb_object_agg(key, value) from jsonb_each(c.credentials)
       where jsonb_typeof(value) = 'string' and value #>> '{}' not like 'sealed:%'), '{}') end
  from revoked where c.id = revoked.id
  returning ${factsColumns}`;

const findAccount = `
  select ${factsColumns} from connector.platform_connections c
  where c.owner = $1 and c.platform = $2 and c.account_id = $3 and c.id <> $4 and c.status in ('active', 'needs_consent')`;

/** The rows of `connector.platform_connections`. */
export function createConnections(database: Database, ring: KeyRing): Connections {
  return {
    ...createConnectionReads(database, ring),
    open: async (request) => {
      if (!isUuid(request.id)) throw new Error(`A connection's id is a UUID, not "${request.id}".`);
      const sealed = sealCredentials(ring, request.id, request.credentials, request.readable);
      const { id, owner, platform, label } = request;
      await database.write({ text: insertPending }, [id, owner, platform, label, JSON.stringify(sealed)]);
      const [facts] = await database.read<ConnectionFacts>(selectFacts, [id]);
      if (facts === undefined) throw new Error(`Connection ${id} was removed while its onboarding opened it.`);
      return facts;
    },
    saveGrant: async (save) => {
      const sealed = sealCredentials(ring, save.connectionId, save.grant.credentials, save.readable);
      const bringsSecrets = Object.values(sealed).some(isSealed);
      const { connectionId, version } = save;
      const values = [JSON.stringify(changesOf(save)), JSON.stringify(sealed), connectionId, version, bringsSecrets];
      return first(await database.write<ConnectionFacts>({ text: saveGrant }, values));
    },
    merge: (pendingId, survivorId, readable) => mergeConnections(database, ring, { pendingId, survivorId, readable }),
    ...createStateChanges(database),
  };
}

function createConnectionReads(
  database: Database,
  ring: KeyRing,
): Pick<Connections, 'facts' | 'list' | 'load' | 'read' | 'findAccount'> {
  return {
    facts: async (id) => (isUuid(id) ? first(await database.read<ConnectionFacts>(selectFacts, [id])) : null),
    list: ({ owner, platforms, statuses } = {}) =>
      database.read<ConnectionFacts>({ text: listFacts }, [owner ?? null, platforms ?? null, statuses ?? null]),
    load: async (id) => {
      const row = isUuid(id) ? first(await database.read<ConnectionRow>(selectRow, [id])) : null;
      return row === null ? null : openRow(ring, row);
    },
    read: async ({ owner, platform, account }) =>
      openRows(ring, await database.read<ConnectionRow>(readRows, [owner, platform, account ?? null])),
    findAccount: async ({ owner, platform, accountId, except }) =>
      first(await database.read<ConnectionFacts>({ text: findAccount }, [owner, platform, accountId, except])),
  };
}

function createStateChanges(
  database: Database,
): Pick<Connections, 'setStatus' | 'setNextRefresh' | 'noteProbe' | 'noteRead' | 'revoke' | 'abandon'> {
  const change = async (id: string, changes: RowChanges, version?: number): Promise<ConnectionFacts | null> =>
    first(await database.write<ConnectionFacts>({ text: changeState }, [JSON.stringify(changes), id, version ?? null]));
  const revokeRow = async (id: string, reason: string | null, version?: number): Promise<ConnectionFacts | null> =>
    first(await database.write<ConnectionFacts>({ text: revoke }, [id, reason, version ?? null]));
  return {
    setStatus: ({ connectionId, version, ...changes }) =>
      // A revoked row has no secrets, whichever way it became one.
      changes.status === 'revoked'
        ? revokeRow(connectionId, changes.statusReason, version)
        : change(connectionId, changes, version),
    setNextRefresh: async (id, at, version) => {
      await change(id, { nextRefreshAt: at }, version);
    },
    noteProbe: async (id, at) => {
      await change(id, { lastProbeAt: at });
    },
    noteRead: async (id) => {
      await database.write({ text: 'select connector.note_read($1)' }, [id]);
    },
    revoke: revokeRow,
    abandon: async (id) => {
      const text = `delete from connector.platform_connections where id = $1 and status = 'pending'`;
      await database.write({ text }, [id]);
    },
  };
}

/**
 * Opens rows, best first. One that cannot be opened fails the read only as the best one: behind it, it must not take
 * a good token away.
 */
function openRows(ring: KeyRing, rows: readonly ConnectionRow[]): StoredConnection[] {
  const [best, ...others] = rows;
  if (best === undefined) return [];
  const opened = [openRow(ring, best)];
  for (const row of others) {
    try {
      opened.push(openRow(ring, row));
    } catch (error) {
      if (!(error instanceof UnreadableCredentialsError)) throw error;
    }
  }
  return opened;
}
