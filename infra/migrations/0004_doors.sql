-- Who may come in. May be run again. Each row holds the SHA-256 of a random value of 256 bits and never the value, so that
-- whoever reads the table can come in by none of them.

-- Links to the console that nobody has used yet: the use deletes the row.
create table if not exists login_tickets (
  digest bytea primary key check (octet_length(digest) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

-- Browsers that are signed in to the console. Signing out deletes the row.
create table if not exists console_sessions (
  digest bytea primary key check (octet_length(digest) = 32),
  created_at timestamptz not null default now(),
  -- A session that is not seen for a while ends before its time.
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);

-- API keys beside those of the stack. A revoked one stays, as a record of who could come in until when.
create table if not exists api_keys (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  digest bytea not null unique check (octet_length(digest) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null default now(),
  -- Null: never.
  expires_at timestamptz,
  -- To the minute: a key may be used thousands of times a second.
  last_used_at timestamptz,
  revoked_at timestamptz
);
create unique index if not exists api_keys_name on api_keys (name) where revoked_at is null;

-- A server that may only read serves tokens too: noting that a key was used is all that it may change.
create or replace function note_key_use(key uuid) returns void
  language sql security definer set search_path from current
  as $$
    update api_keys set last_used_at = now()
    where id = key and (last_used_at is null or last_used_at < now() - interval '1 minute')
  $$;
revoke all on function note_key_use(uuid) from public;

do $$
declare
  worker text := current_setting('connector.worker_role');
  reader text := current_setting('connector.reader_role');
  protected_table text;
begin
  execute format('alter function note_key_use(uuid) set search_path = %I, pg_temp', current_schema());
  foreach protected_table in array array['login_tickets', 'console_sessions', 'api_keys'] loop
    execute format('alter table %I enable row level security', protected_table);
    execute format('drop policy if exists worker_all on %I', protected_table);
    execute format('create policy worker_all on %I to %I using (true) with check (true)', protected_table, worker);
    execute format('drop policy if exists reader_select on %I', protected_table);
  end loop;
  execute format('create policy reader_select on api_keys for select to %I using (true)', reader);
end
$$;
