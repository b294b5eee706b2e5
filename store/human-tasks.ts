import { type Database, first } from './database.ts';
import type { HumanTask, HumanTasks } from './store.ts';

// A row that was inserted, rather than updated, has no transaction that locked or deleted it: xmax is 0.
// The lock lets a change of the connection's status wait, so that whoever changes it closes this task afterwards.
const openTask = `
  insert into connector.human_tasks (connection_id, owner, platform, dedupe_key, title, why, link, due_at)
  select $1::uuid, $2, $3, $4, $5, $6, $7, $8::timestamptz
  where $1::uuid is null or exists (
    select from connector.platform_connections c
    where c.id = $1 and c.status <> 'revoked' and c.status = coalesce($9, c.status) for share)
  on conflict (dedupe_key) where closed_at is null
    do update set title = excluded.title, why = excluded.why, link = excluded.link, due_at = excluded.due_at
  returning xmax = 0 as "isNew"`;

const closeTasks = `
  update connector.human_tasks set closed_at = now(), closed_because = $3
  where connection_id = $1 and closed_at is null and ($2::text is null or dedupe_key = $2)
  returning id`;

const listOpen = `
  select id, connection_id as "connectionId", owner, platform, dedupe_key as "dedupeKey", title, why, link,
    due_at as "dueAt", opened_at as "openedAt"
  from connector.human_tasks
  where closed_at is null and ($1::text is null or owner = $1) and ($2::uuid is null or connection_id = $2)
  order by due_at nulls last, opened_at, id`;

/** The rows of `connector.human_tasks`. */
export function createHumanTasks(database: Database): HumanTasks {
  return {
    open: async ({ connectionId, owner, platform, dedupeKey, title, why, link, dueAt }, onlyWhile) => {
      const values = [connectionId, owner, platform, dedupeKey, title, why, link, dueAt, onlyWhile ?? null];
      return first(await database.write<{ isNew: boolean }>({ text: openTask }, values))?.isNew ?? false;
    },
    close: async ({ connectionId, dedupeKey, because }) => {
      const closed = await database.write({ text: closeTasks }, [connectionId, dedupeKey ?? null, because]);
      return closed.length;
    },
    list: ({ owner, connectionId } = {}) =>
      database.read<HumanTask>({ text: listOpen }, [owner ?? null, connectionId ?? null]),
  };
}
