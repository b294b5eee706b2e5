-- May be run again. True once the platform itself told the limit: then it counts, not what a program believes.
alter table quota_windows add column if not exists limit_told boolean not null default false;
-- When the platform last told the use: of two that ask it at once, only one may correct the books.
alter table quota_windows add column if not exists told_at timestamptz;
alter table quota_windows drop constraint if exists quota_windows_counts;
alter table quota_windows add constraint quota_windows_counts check (used >= 0 and reserved >= 0);

-- One row a reservation that nobody has settled; their sum is `reserved` of the window. A process that dies leaves its
-- row behind, and the amount stays blocked until the window ends: whether its call was counted, nobody knows.
create table if not exists quota_reservations (
  id uuid primary key default gen_random_uuid(),
  platform text not null,
  app text not null,
  bucket text not null,
  window_start timestamptz not null,
  amount bigint not null check (amount > 0),
  reserved_at timestamptz not null,
  foreign key (platform, app, bucket, window_start) references quota_windows on delete cascade
);
create index if not exists quota_reservations_window
  on quota_reservations (platform, app, bucket, window_start);

do $$
declare
  worker text := current_setting('connector.worker_role');
  reader text := current_setting('connector.reader_role');
begin
  alter table quota_reservations enable row level security;
  drop policy if exists worker_all on quota_reservations;
  execute format('create policy worker_all on quota_reservations to %I using (true) with check (true)', worker);
  drop policy if exists reader_select on quota_reservations;
  execute format('create policy reader_select on quota_reservations for select to %I using (true)', reader);
end
$$;
