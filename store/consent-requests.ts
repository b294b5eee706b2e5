import { createHash, randomUUID } from 'node:crypto';
import { type Database, first } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { open, seal } from './sealing.ts';
import type { ConsentRequest, ConsentRequests } from './store.ts';

// Requests that nobody answered go after a day, verifier and code with them.
const insertRequest = `
  with forgotten as (delete from connector.consent_requests where expires_at < now() - interval '1 day')
  insert into connector.consent_requests (id, connection_id, state_hash, browser_hash, redirect_uri, verifier, expires_at)
  values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 millisecond')`;

const selectId = `select id from connector.consent_requests where state_hash = $1`;

const spendRequest = `
  update connector.consent_requests
  set used_at = clock_timestamp(), code = $3
  where state_hash = $1 and browser_hash = $2 and used_at is null and expires_at > clock_timestamp()
  returning id, connection_id as "connectionId", redirect_uri as "redirectUri"`;

const takeRequest = `
  with taken as (
    select id, connection_id, redirect_uri, verifier, code from connector.consent_requests
    where id = $1 and used_at is not null and code is not null
    for update
  ), erased as (
    update connector.consent_requests r set verifier = '', code = null from taken where r.id = taken.id
  )
  select connection_id as "connectionId", redirect_uri as "redirectUri", verifier, code from taken`;

interface TakenRow {
  readonly connectionId: string;
  readonly redirectUri: string;
  readonly verifier: string;
  readonly code: string;
}

/** The rows of `connector.consent_requests`. */
export function createConsentRequests(database: Database, ring: KeyRing): ConsentRequests {
  return {
    create: async ({ connectionId, state, browser, verifier, redirectUri, lifetimeMs }) => {
      const id = randomUUID();
      const sealed = seal(ring, { rowId: id, field: 'verifier' }, verifier);
      const values = [id, connectionId, hash(state), hash(browser), redirectUri, sealed, lifetimeMs];
      await database.write({ text: insertRequest }, values);
      return id;
    },
    spend: async ({ state, browser, code }) => {
      // The code is sealed for its row, so the row is looked up first; whether it may be spent is decided by the update.
      const found = first(await database.read<{ id: string }>({ text: selectId }, [hash(state)]));
      if (found === null) return null;
      const sealed = code === null ? null : seal(ring, { rowId: found.id, field: 'code' }, code);
      const values = [hash(state), hash(browser), sealed];
      return first(await database.write<ConsentRequest>({ text: spendRequest }, values));
    },
    takeCode: async (id) => {
      const taken = first(await database.write<TakenRow>({ text: takeRequest }, [id]));
      if (taken === null) return null;
      return {
        ...taken,
        code: open(ring, { rowId: id, field: 'code' }, taken.code),
        verifier: open(ring, { rowId: id, field: 'verifier' }, taken.verifier),
      };
    },
  };
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
