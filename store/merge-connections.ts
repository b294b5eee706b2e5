import type { ConnectionFacts } from '../model/connection.ts';
import { type ConnectionRow, factsColumns, openRow, rowColumns } from './connection-row.ts';
import { type Database, first } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { changeAssignments, type RowChanges } from './row-changes.ts';
import { sealCredentials } from './sealing.ts';
import type { ReadableFields } from './store.ts';

// In the order of their ids: two merges that cross wait for each other instead of for ever.
const lockBoth = `
  select ${rowColumns} from connector.platform_connections c
  where c.id = any ($1::uuid[]) and c.status <> 'revoked'
  order by c.id for update`;

const deletePending = `delete from connector.platform_connections where id = $1`;

const updateSurvivor = `
  update connector.platform_connections c
  set ${changeAssignments}, credentials = c.credentials || $2::jsonb, version = c.version + 1,
    lease_owner = null, lease_until = null
  where c.id = $3
  returning ${factsColumns}`;

/**
 * Moves a pending row's grant to the row that already holds the account. Fields that the pending row lacks keep their
 * value there, so a platform that sends a refresh token only the first time does not take it away. Null when either row
 * is gone, revoked, or of another owner or platform.
 */
export async function mergeConnections(
  database: Database,
  ring: KeyRing,
  merge: { pendingId: string; survivorId: string; readable: ReadableFields },
): Promise<ConnectionFacts | null> {
  const { pendingId, survivorId } = merge;
  return database.transaction(async (run) => {
    const rows = await run<ConnectionRow>({ text: lockBoth }, [[pendingId, survivorId]]);
    const pending = rows.find((row) => row.id === pendingId.toLowerCase());
    const survivor = rows.find((row) => row.id === survivorId.toLowerCase());
    if (pending?.status !== 'pending' || survivor === undefined || survivor.id === pending.id) return null;
    if (pending.owner !== survivor.owner || pending.platform !== survivor.platform) return null;
    const { credentials } = openRow(ring, pending);
    const sealed = sealCredentials(ring, survivor.id, credentials, merge.readable);
    const changes = changesFrom(pending, survivor, Object.keys(credentials));
    // First the pending row: until it is gone, no other may hold its account.
    await run({ text: deletePending }, [pending.id]);
    const values = [JSON.stringify(changes), JSON.stringify(sealed), survivor.id];
    return first(await run<ConnectionFacts>({ text: updateSurvivor }, values));
  });
}

/** A grant with all of the old one's fields replaces its instants; one that lacks some keeps those it does not state. */
function changesFrom(pending: ConnectionRow, survivor: ConnectionRow, fields: readonly string[]): RowChanges {
  const old = typeof survivor.credentials === 'object' ? Object.keys(survivor.credentials ?? {}) : [];
  const complete = old.every((field) => fields.includes(field));
  const kept = <Value>(value: Value | null): Value | null | undefined => (complete ? value : (value ?? undefined));
  return {
    scopes: pending.scopes,
    expiresAt: pending.expiresAt,
    refreshExpiresAt: kept(pending.refreshExpiresAt),
    consentExpiresAt: kept(pending.consentExpiresAt),
    accountId: pending.accountId ?? undefined,
    accountName: pending.accountName ?? undefined,
    mode: pending.mode,
    modeReason: pending.modeReason,
    nextRefreshAt: pending.nextRefreshAt ?? undefined,
    lastRefreshAt: pending.lastRefreshAt ?? undefined,
    lastProbeAt: pending.lastProbeAt ?? undefined,
  };
}
