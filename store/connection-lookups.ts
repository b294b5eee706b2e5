import type { ConnectionFacts } from '../model/connection.ts';
import { type ConnectionRow, factsColumns, openRow, rowColumns } from './connection-row.ts';
import type { Database } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import type { ConnectionLookups } from './store.ts';

// One row an app: a thousand connections of one app are one answer.
const selectApps = `
  select distinct on (c.credentials ->> $2) ${rowColumns} from connector.platform_connections c
  where c.platform = $1 and c.status <> 'revoked' and c.credentials ? $2
  order by c.credentials ->> $2, c.created_at desc`;

const selectByField = `
  select ${factsColumns} from connector.platform_connections c
  where c.platform = $1 and c.status <> 'revoked' and c.credentials ->> $2 = $3
  order by c.created_at, c.id`;

/** Finds connections by what a platform knows of them. */
export function createConnectionLookups(database: Database, ring: KeyRing): ConnectionLookups {
  return {
    apps: async ({ platform, idField, fields }) => {
      const rows = await database.read<ConnectionRow>({ text: selectApps }, [platform, idField]);
      return rows.map((row) => {
        const { credentials } = openRow(ring, row);
        return Object.fromEntries(Object.entries(credentials).filter(([name]) => fields.includes(name)));
      });
    },
    byField: ({ platform, field, value }) =>
      database.read<ConnectionFacts>({ text: selectByField }, [platform, field, value]),
  };
}
