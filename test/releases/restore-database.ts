import type pg from 'pg';
import { applyMigrations } from '../../infra/apply-migrations.ts';
import { onServer } from '../database.ts';
import type { DatabaseDump } from './dump-database.ts';

export interface DatabaseToRestore {
  /** Of a superuser, on a server where nothing of it is there yet. */
  readonly serverUrl: string;
  /** As the roles log in; host and port are those of `serverUrl`. */
  readonly databaseUrls: Readonly<Record<'migrator' | 'worker' | 'reader', string>>;
  readonly migrations: string;
  readonly dump: DatabaseDump;
  /** Every instant in a row is moved by so much, as if the dump had been made just now. */
  readonly olderByMs: number;
}

/** Makes roles and database as they were: the schema by the release's own migrations, then rights, then rows. */
export async function restoreDatabase(wanted: DatabaseToRestore): Promise<void> {
  const { serverUrl, databaseUrls, dump } = wanted;
  const { migrator, worker, reader } = databaseUrls;
  const database = new URL(migrator).pathname.slice(1);
  const inside = new URL(serverUrl);
  inside.pathname = `/${database}`;
  await onServer(serverUrl, async (client) => {
    for (const url of [migrator, worker, reader]) {
      const { username, password } = new URL(url);
      await client.query(`create role ${username} login password '${decodeURIComponent(password)}'`);
    }
    await client.query(`create database ${database} owner ${nameOf(migrator)}`);
  });
  const [roles, rights] = split(dump.grants, (statement) => statement.startsWith('alter role'));
  await onServer(inside.href, async (client) => {
    await client.query(`create schema connector authorization ${nameOf(migrator)}`);
    for (const statement of roles) await client.query(statement);
  });
  const names = { workerRole: nameOf(worker), readerRole: nameOf(reader) };
  await applyMigrations({ databaseUrl: migrator, folder: wanted.migrations, ...names });
  await onServer(inside.href, async (client) => {
    for (const statement of rights) await client.query(statement);
    // Rows come in any order: what they refer to is complete at the end.
    await client.query('set session_replication_role = replica');
    for (const [table, rows] of Object.entries(dump.rows)) await restoreRows(client, table, { rows, ...wanted });
  });
}

interface RowsToRestore {
  readonly rows: readonly unknown[];
  readonly olderByMs: number;
}

async function restoreRows(client: pg.Client, table: string, { rows, olderByMs }: RowsToRestore): Promise<void> {
  await client.query(
    `insert into connector.${table} overriding system value
     select * from json_populate_recordset(null::connector.${table}, $1)`,
    [JSON.stringify(rows)],
  );
  const columns = await client.query<{ name: string; type: string; identity: string }>(
    `select attname as name, atttypid::regtype::text as type, attidentity as identity
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [`connector.${table}`],
  );
  for (const { name, type, identity } of columns.rows) {
    if (identity !== '') {
      const sequence = `pg_get_serial_sequence('connector.${table}', '${name}')`;
      await client.query(`select setval(${sequence}, coalesce(max("${name}"), 1)) from connector.${table}`);
    }
    if (!type.startsWith('timestamp')) continue;
    const moved = `"${name}" + make_interval(secs => $1)`;
    await client.query(`update connector.${table} set "${name}" = ${moved}`, [olderByMs / 1_000]);
  }
}

function nameOf(url: string): string {
  return new URL(url).username;
}

function split<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
