import type { Database } from './database.ts';
import type { ConnectionEvent, ConnectionEvents } from './store.ts';

const insertEvent = `
  insert into connector.connection_events (connection_id, owner, platform, actor, kind, detail)
  values ($1, $2, $3, $4, $5, $6)`;

const listEvents = `
  select id::text, at, connection_id as "connectionId", owner, platform, actor, kind, detail
  from connector.connection_events e
  where ($1::text is null or e.owner = $1) and ($2::uuid is null or e.connection_id = $2)
    and ($4::text[] is null or e.kind = any ($4))
  order by e.id desc limit $3`;

type PastEvent = ConnectionEvent & { readonly id: string; readonly at: string };

/** The rows of `connector.connection_events`, newest first. */
export function createConnectionEvents(database: Database): ConnectionEvents {
  return {
    append: async ({ connectionId, owner, platform, actor, kind, detail }) => {
      const values = [connectionId, owner, platform, actor, kind, JSON.stringify(detail)];
      await database.write({ text: insertEvent }, values);
    },
    list: ({ owner, connectionId, kinds, limit }) =>
      database.read<PastEvent>({ text: listEvents }, [owner ?? null, connectionId ?? null, limit, kinds ?? null]),
  };
}
