import { tables } from '../../infra/database-plan.ts';
import { query } from '../database.ts';

/**
 * The roles by which Supabase serves schemas over HTTP; it grants them whatever its administrator makes.
 * https://supabase.com/docs/guides/database/postgres/roles (checked 2026-11-23)
 */
export const supabaseRoles = ['anon', 'authenticated', 'service_role'] as const;

/** Makes them on a server, with default privileges that every database made later inherits. */
export async function makeSupabaseRoles(superuserUrl: string, administrator: string): Promise<void> {
  const all = supabaseRoles.join(', ');
  await query(
    inDatabase(superuserUrl, 'template1'),
    `create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
     create role authenticator login noinherit password 'x';
     grant ${all} to authenticator;
     alter default privileges for role ${administrator} grant all on tables to ${all};
     alter default privileges for role ${administrator} in schema public grant all on functions to ${all}`,
  );
}

/** What the HTTP server could read as one of them: the rows of each table. */
export async function readAs(superuserUrl: string, role: string): Promise<Record<string, unknown[]>> {
  const url = new URL(inDatabase(superuserUrl, 'connector'));
  url.searchParams.set('options', `-c role=${role}`);
  const rows: Record<string, unknown[]> = {};
  for (const table of tables) rows[table] = await query(url.href, `select * from connector.${table}`);
  return rows;
}

/** The same server's database of that name. */
export function inDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
