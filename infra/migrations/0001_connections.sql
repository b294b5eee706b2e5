-- Who is connected, with what, and until when. The first eight columns are the table that users know from the
-- specification; the rest are ours. Secret fields inside credentials are sealed one by one by the program: what
-- stands here in plain text are identifiers and instants.
create table platform_connections (
  id uuid primary key default gen_random_uuid(),
  platform text not null,
  account_name text,
  credentials jsonb not null,
  scopes text[],
  status text default 'active' check (status in ('pending', 'active', 'needs_consent', 'revoked')),
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  owner text not null default 'default',
  label text not null default 'main',
  account_id text,
  mode text not null default 'live' check (mode in ('live', 'restricted', 'manual')),
  mode_reason text,
  status_reason text,
  expires_at timestamptz,
  refresh_expires_at timestamptz,
  consent_expires_at timestamptz,
  next_refresh_at timestamptz,
  last_refresh_at timestamptz,
  last_read_at timestamptz,
  last_probe_at timestamptz,
  -- The fencing token: every write of credentials is a compare-and-swap on it.
  version bigint not null default 1,
  lease_owner uuid,
  lease_until timestamptz
);

-- One live row an account. A revoked one may be followed by a new row, and a pending one may find out only at its end
-- that the account is connected already: it is merged then.
create unique index platform_connections_account on platform_connections (owner, platform, account_id)
  where status in ('active', 'needs_consent');
create index platform_connections_lookup on platform_connections (owner, platform, status);

-- One row a use of a refresh token, with its fingerprint only. No outcome means in doubt: the process died between
-- the call and the save.
create table refresh_attempts (
  id bigint generated always as identity primary key,
  connection_id uuid not null references platform_connections on delete cascade,
  version bigint not null,
  fingerprint text not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  outcome text
);
create index refresh_attempts_connection on refresh_attempts (connection_id, id desc);

-- Who did what, when: append-only, without secrets, and it outlives the connection.
create table connection_events (
  id bigint generated always as identity primary key,
  connection_id uuid not null,
  owner text not null,
  platform text not null,
  at timestamptz not null default now(),
  actor text not null,
  kind text not null,
  detail jsonb not null default '{}'
);
create index connection_events_connection on connection_events (connection_id, id desc);

-- The inbox: what only a person can do. One open task a cause.
create table human_tasks (
  id uuid primary key default gen_random_uuid(),
  connection_id uuid references platform_connections on delete cascade,
  owner text not null,
  platform text not null,
  dedupe_key text not null,
  title text not null,
  why text not null,
  link text,
  due_at timestamptz,
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  closed_because text
);
create unique index human_tasks_open on human_tasks (dedupe_key) where closed_at is null;

-- One row a use of a consent link: single-use state (its hash), bound to the browser (the hash of a cookie), ten
-- minutes. verifier and code are sealed.
create table consent_requests (
  id uuid primary key,
  connection_id uuid not null references platform_connections on delete cascade,
  state_hash bytea not null unique,
  browser_hash bytea not null,
  redirect_uri text not null,
  verifier text not null,
  code text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Counted by us, because most platforms tell nobody how much is left.
create table quota_windows (
  platform text not null,
  app text not null,
  bucket text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  used bigint not null default 0,
  reserved bigint not null default 0,
  "limit" bigint not null,
  primary key (platform, app, bucket, window_start)
);

-- A read marks its connection as in use, so that it is refreshed ahead; the reader role may do just that.
create function note_read(connection uuid) returns void
  language sql security definer set search_path from current
  as $$ update platform_connections set last_read_at = now() where id = connection $$;
revoke all on function note_read(uuid) from public;
