-- Hosts such as Supabase expose schemas over HTTP, so every table refuses whoever has no policy, even after a careless
-- grant. The role names differ between environments: whoever migrates sets connector.worker_role and
-- connector.reader_role for the session. The owner stays exempt, and note_read with it. May be run again.
do $$
declare
  worker text := current_setting('connector.worker_role');
  reader text := current_setting('connector.reader_role');
  protected_table text;
begin
  for protected_table in
    select c.relname from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
  loop
    execute format('alter table %I enable row level security', protected_table);
    if protected_table = 'migrations' then
      continue;
    end if;
    execute format('drop policy if exists worker_all on %I', protected_table);
    execute format('create policy worker_all on %I to %I using (true) with check (true)', protected_table, worker);
    execute format('drop policy if exists reader_select on %I', protected_table);
    if protected_table in ('platform_connections', 'quota_windows', 'human_tasks') then
      execute format('create policy reader_select on %I for select to %I using (true)', protected_table, reader);
    end if;
  end loop;
end
$$;

-- A function that runs with its owner's rights must not find a caller's temporary table before the real one.
do $$
begin
  execute format('alter function note_read(uuid) set search_path = %I, pg_temp', current_schema());
end
$$;
