import pg from 'pg';
import { z } from 'zod';

const dumpSchema = z.object({
  /** Statements that give each role what it had. */
  grants: z.array(z.string()),
  /** By table, as Postgres writes rows as JSON. */
  rows: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

/** What a database held beside what its migrations make: who may do what, and the rows. */
export type DatabaseDump = z.infer<typeof dumpSchema>;

/** Reads a dump that was written as JSON. */
export function parseDump(text: string): DatabaseDump {
  return dumpSchema.parse(JSON.parse(text));
}

const objects = `
  select 'database ' || quote_ident(datname) as object, datdba as owner, datacl as acl
    from pg_database where datname = current_database()
  union all
  select 'schema connector', nspowner, nspacl from pg_namespace where nspname = 'connector'
  union all
  select 'table ' || oid::regclass, relowner, relacl from pg_class
    where relnamespace = 'connector'::regnamespace and relkind in ('r', 'p')
  union all
  select 'function ' || oid::regprocedure, proowner, proacl from pg_proc
    where pronamespace = 'connector'::regnamespace`;

const grantStatements = `
  with objects as (${objects})
  select statement from (
    select 0 as step, format('alter role %s set %s to %s', oid::regrole, split_part(setting, '=', 1),
      substr(setting, strpos(setting, '=') + 1)) as statement
      from pg_roles, unnest(rolconfig) as setting
      where oid in (select owner from objects union select grantee from objects, aclexplode(acl))
    union all
    select 1, format('revoke all on %s from public', object)
      from objects where acl is not null
    union all
    select 2, format('grant %s on %s to %s', string_agg(privilege_type, ', '), object,
      case grantee when 0 then 'public' else grantee::regrole::text end)
      from objects, aclexplode(acl) where grantee <> owner group by object, grantee
    union all
    select 3, format('alter default privileges for role %s revoke all on functions from public', defaclrole::regrole)
      from pg_default_acl where defaclobjtype = 'f' and defaclnamespace = 0
  ) as statements order by step, statement`;

const tableNames = `
  select relname as name from pg_class
  where relnamespace = 'connector'::regnamespace and relkind = 'r' and relname <> 'migrations' order by relname`;

/** Writes down what the schema's owner sees. The migrations' own table is left out: running them makes it. */
export async function dumpDatabase(ownerUrl: string): Promise<DatabaseDump> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // Named in full, or a restore would depend on a search path.
    await client.query("set search_path to ''");
    const grants = await client.query<{ statement: string }>(grantStatements);
    const tables = await client.query<{ name: string }>(tableNames);
    const rows: Record<string, unknown> = {};
    for (const { name } of tables.rows) {
      const all = await client.query<{ rows: unknown }>(
        `select coalesce(json_agg(one), '[]') as rows from connector.${name} one`,
      );
      rows[name] = all.rows[0]?.rows;
    }
    return dumpSchema.parse({ grants: grants.rows.map(({ statement }) => statement), rows });
  } finally {
    await client.end();
  }
}
