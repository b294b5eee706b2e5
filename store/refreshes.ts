import { randomUUID } from 'node:crypto';
import type { ConnectionFacts } from '../model/connection.ts';
import type { UnsavedGrant } from '../model/keeper.ts';
import { factsColumns, isUuid } from './connection-row.ts';
import { type Database, first } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { changeAssignments, changesOf, type RowChanges } from './row-changes.ts';
import { openCredentials, reseal, sealCredentials } from './sealing.ts';
import type { Lease, RefreshedConnection, Refreshes } from './store.ts';

const takeLease = {
  name: 'connector_take_lease',
  text: `
    with leased as (
      update connector.platform_connections
      set lease_owner = $3, lease_until = clock_timestamp() + $4 * interval '1 millisecond'
      where id = $1 and version = $2 and status = 'active'
        and (lease_until is null or lease_until < clock_timestamp())
      returning id, version
    ), doubts as (
      update connector.refresh_attempts a
      set outcome = case when a.fingerprint = $5 then 'in_doubt_retried' else 'in_doubt_superseded' end,
        finished_at = clock_timestamp()
      from leased where a.connection_id = leased.id and a.outcome is null
      returning a.fingerprint
    )
    insert into connector.refresh_attempts (connection_id, version, fingerprint, started_at)
    select id, version, $5, clock_timestamp() from leased
    returning id::text as "attemptId", exists (select from doubts where fingerprint = $5) as "inDoubt"`,
};

const selectHeld = `
  select lease_until as "heldUntil" from connector.platform_connections
  where id = $1 and lease_until > clock_timestamp()`;

const selectInDoubt = `
  select newest.id::text as "attemptId", newest.fingerprint, newest.started_at as "startedAt"
  from connector.platform_connections c
  cross join lateral (
    select * from connector.refresh_attempts a where a.connection_id = c.id order by a.id desc limit 1
  ) newest
  where c.id = $1 and newest.outcome is null and (c.lease_until is null or c.lease_until < clock_timestamp())`;

// Who saves: whoever took the lease at the version that still stands, even late, because the platform has rotated
// already; or whoever holds the lease now, even after such a late save, because the platform answered it last. A new
// grant or a revocation moves the version and clears the lease, so neither gets past those.
// The lease is freed unless somebody else holds it. An attempt that was too late is closed as such, so that nobody
// takes it for one in doubt. A verdict that came in between was about the credentials of before: it holds no longer.
const saveGrant = {
  name: 'connector_save_refresh',
  text: `
    with before as (
      select id, status from connector.platform_connections where id = $3 for update
    ), saved as (
      update connector.platform_connections c
      set ${changeAssignments}, credentials = c.credentials || $2::jsonb, version = c.version + 1,
        lease_owner = case when c.lease_owner is distinct from $5::uuid and c.lease_until > clock_timestamp() then c.lease_owner end,
        lease_until = case when c.lease_owner is distinct from $5::uuid and c.lease_until > clock_timestamp() then c.lease_until end
      from before
      where c.id = before.id and c.status <> 'revoked' and (c.version = $4 or c.lease_owner = $5::uuid)
      returning ${factsColumns}, before.status <> 'active' as revived
    ), closed as (
      update connector.refresh_attempts
      set outcome = case when exists (select from saved) then 'saved' else 'superseded' end, finished_at = clock_timestamp()
      where id = $6 and (outcome is null or exists (select from saved))
    )
    select * from saved`,
};

// The verdict is about the credentials that were sent: it changes nothing, and
// nothing is returned, once newer ones are there.
const failAttempt = `
  with judged as (
    update connector.platform_connections c
    set ${changeAssignments}, lease_owner = null, lease_until = null
    where c.id = $2 and c.version = $3 and c.lease_owner = $4 and c.status <> 'revoked'
    returning ${factsColumns}
  ), closed as (
    update connector.refresh_attempts set outcome = $5, finished_at = clock_timestamp()
    where id = $6 and outcome is null
  )
  select * from judged`;

const freeLease = `
  update connector.platform_connections set lease_owner = null, lease_until = null where id = $1 and lease_owner = $2`;

const selectOutcome = `
  select ${factsColumns}, false as revived from connector.platform_connections c
  join connector.refresh_attempts a on a.connection_id = c.id
  where c.id = $1 and a.id = $2 and a.outcome = 'saved'`;

const selectHistory = `
  select id::text as "attemptId", version, started_at as "startedAt", finished_at as "finishedAt", outcome
  from connector.refresh_attempts where connection_id = $1 order by id desc limit $2`;

/** Leases in `connector.platform_connections` and the journal `connector.refresh_attempts`. */
export function createRefreshes(database: Database, ring: KeyRing): Refreshes {
  return {
    take: async ({ connectionId, version, leaseMs, fingerprint }) => {
      const leaseOwner = randomUUID();
      const values = [connectionId, version, leaseOwner, leaseMs, fingerprint];
      const taken = first(await database.write<Pick<Lease, 'attemptId' | 'inDoubt'>>(takeLease, values));
      return taken === null ? null : { connectionId, leaseOwner, version, ...taken };
    },
    heldUntil: async (id) =>
      first(await database.read<{ heldUntil: string }>({ text: selectHeld }, [id]))?.heldUntil ?? null,
    inDoubt: async (id) => (isUuid(id) ? first(await database.read<InDoubt>({ text: selectInDoubt }, [id])) : null),
    save: (lease, save) =>
      saveAttempt(database, {
        lease,
        changes: { ...changesOf(save), ...proven },
        sealed: sealCredentials(ring, lease.connectionId, save.grant.credentials, save.readable),
      }),
    fail: (lease, { outcome, ...changes }) => failLease(database, lease, outcome, changes),
    seal: (lease, grant, obtainedAt, readable) => ({
      connectionId: lease.connectionId,
      version: lease.version,
      attemptId: lease.attemptId,
      leaseOwner: lease.leaseOwner,
      obtainedAt,
      credentials: sealCredentials(ring, lease.connectionId, grant.credentials, readable),
      scopes: grant.scopes ?? null,
      expiresAt: grant.expiresAt,
      refreshExpiresAt: grant.refreshExpiresAt,
      consentExpiresAt: grant.consentExpiresAt,
    }),
    saveSealed: (unsaved) => saveUnsaved(database, ring, unsaved),
    openSealed: ({ connectionId, credentials }) => openCredentials(ring, connectionId, credentials),
    history: (id, limit) => database.read<PastAttempt>({ text: selectHistory }, [id, limit]),
  };
}

type InDoubt = NonNullable<Awaited<ReturnType<Refreshes['inDoubt']>>>;
type PastAttempt = Awaited<ReturnType<Refreshes['history']>>[number];

/** Whoever answers a refresh takes the grant. */
const proven = { status: 'active', statusReason: null } as const;

interface AttemptSave {
  readonly lease: Pick<Lease, 'connectionId' | 'attemptId' | 'version'> & { readonly leaseOwner: string | null };
  readonly changes: RowChanges;
  readonly sealed: Readonly<Record<string, string>>;
}

async function saveAttempt(
  database: Database,
  { lease, changes, sealed }: AttemptSave,
): Promise<RefreshedConnection | null> {
  const { connectionId, version, leaseOwner, attemptId } = lease;
  const values = [JSON.stringify(changes), JSON.stringify(sealed), connectionId, version, leaseOwner, attemptId];
  return first(await database.write<RefreshedConnection>(saveGrant, values));
}

async function failLease(
  database: Database,
  lease: Lease,
  outcome: string | null,
  changes: RowChanges,
): Promise<ConnectionFacts | null> {
  const { connectionId, version, leaseOwner, attemptId } = lease;
  const values = [JSON.stringify(changes), connectionId, version, leaseOwner, outcome, attemptId];
  const judged = first(await database.write<ConnectionFacts>({ text: failAttempt }, values));
  // Still ours although the version moved on: an older attempt was saved late.
  if (judged === null) await database.write({ text: freeLease }, [connectionId, leaseOwner]);
  return judged;
}

/** A save whose answer was lost on the way may have worked: then the attempt is closed, and saving again gives the row. */
async function saveUnsaved(
  database: Database,
  ring: KeyRing,
  unsaved: UnsavedGrant,
): Promise<RefreshedConnection | null> {
  const { connectionId, version, attemptId, scopes, expiresAt, refreshExpiresAt, consentExpiresAt } = unsaved;
  // The keys may have been rotated while it waited, and the one that sealed it is soon to be dropped.
  const sealed = Object.entries(unsaved.credentials).map(
    ([field, value]) => [field, reseal(ring, { rowId: connectionId, field }, value)] as const,
  );
  const saved = await saveAttempt(database, {
    lease: { connectionId, version, attemptId, leaseOwner: unsaved.leaseOwner ?? null },
    changes: {
      scopes: scopes ?? undefined,
      expiresAt,
      refreshExpiresAt,
      consentExpiresAt,
      lastRefreshAt: unsaved.obtainedAt,
      ...proven,
    },
    sealed: Object.fromEntries(sealed),
  });
  return saved ?? first(await database.read<RefreshedConnection>({ text: selectOutcome }, [connectionId, attemptId]));
}
