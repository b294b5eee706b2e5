import type pg from 'pg';
import { z } from 'zod';
import type { TokenState } from './gaps.ts';

// Written by Postgres itself with every change, so that no state is missed, however short.
const journal = `
  create table connector.row_journal (
    n bigint generated always as identity primary key,
    connection_id uuid not null,
    status text not null,
    proven_at timestamptz not null,
    ends_at timestamptz
  );
  create function connector.write_row_journal() returns trigger
    language plpgsql security definer set search_path = connector, pg_temp
    as $$ begin
      insert into row_journal (connection_id, status, proven_at, ends_at)
      values (new.id, new.status, coalesce(greatest(new.last_refresh_at, new.last_probe_at), new.created_at),
        least(new.expires_at, new.consent_expires_at));
      return null;
    end $$;
  create trigger row_journal after insert or update of status, expires_at, consent_expires_at, last_refresh_at, last_probe_at
    on connector.platform_connections for each row execute function connector.write_row_journal()`;

const states = `
  select extract(epoch from proven_at)::float8 * 1000 as "fromMs", extract(epoch from ends_at)::float8 * 1000 as "endsMs"
  from connector.row_journal where connection_id = $1 and status = 'active' order by n`;

const tokenStates = z.array(z.object({ fromMs: z.number(), endsMs: z.number().nullable() }));

/** From now on every state of every row is kept. */
export async function startRowJournal(admin: pg.Pool): Promise<void> {
  await admin.query(journal);
}

/** What stood in the row of an active connection, from when to when it was worth something. */
export async function readRowJournal(admin: pg.Pool, connectionId: string): Promise<readonly TokenState[]> {
  const { rows } = await admin.query(states, [connectionId]);
  return tokenStates.parse(rows);
}
