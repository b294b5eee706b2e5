import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { applyMigrations } from '../infra/apply-migrations.ts';
import { planDatabase, schemaName, type PlannedGrant } from '../infra/database-plan.ts';

/** Set by global-setup.ts: the address of the server, and the name of the migrated template on it. */
export const serverVariable = 'CONNECTOR_TEST_SERVER';
export const templateVariable = 'CONNECTOR_TEST_TEMPLATE';

// Names of their own, so that a run on a shared server never touches the roles of a real environment.
const rolePrefix = 'connector_test';
const rolePassword = 'connector_test';

/** A migrated database of its own, empty, with one address a role. */
export interface TestDatabase {
  /** Owns the schema; row-level security does not bind it. */
  readonly adminUrl: string;
  readonly workerUrl: string;
  readonly readerUrl: string;
  /** Removes it, ending what is still connected. */
  drop(): Promise<void>;
}

/** Clones the template: 50 ms. Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env[serverVariable];
  const template = process.env[templateVariable];
  if (server === undefined || template === undefined) {
    throw new Error('No test server: run tests with vitest and its vitest.config.ts, which starts one.');
  }
  const name = `connector_test_${randomBytes(6).toString('hex')}`;
  const { roles } = planDatabase({ database: name, rolePrefix });
  await onServer(server, async (client) => {
    await client.query(`create database ${name} template ${template}`);
    await client.query(`grant connect on database ${name} to ${roles.worker}, ${roles.reader}`);
  });
  return {
    adminUrl: address(server, name),
    workerUrl: address(server, name, roles.worker),
    readerUrl: address(server, name, roles.reader),
    drop: async () => {
      await query(server, `drop database ${name} with (force)`);
    },
  };
}

/** Creates the roles where they are missing, and a database with the schema and the grants of a real environment. */
export async function createTemplate(server: string): Promise<string> {
  const name = `connector_template_${randomBytes(6).toString('hex')}`;
  const plan = planDatabase({ database: name, rolePrefix });
  await onServer(server, async (client) => {
    for (const role of [plan.roles.worker, plan.roles.reader]) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
      if (rowCount === 0) await client.query(`create role ${role} login password '${rolePassword}'`);
    }
    await client.query(`create database ${name}`);
  });
  const databaseUrl = address(server, name);
  await onServer(databaseUrl, (client) => client.query(`create schema ${schemaName}`));
  const folder = join(import.meta.dirname, '../infra/migrations');
  await applyMigrations({ databaseUrl, folder, workerRole: plan.roles.worker, readerRole: plan.roles.reader });
  await onServer(databaseUrl, async (client) => {
    for (const grant of [...plan.grantsBefore, ...plan.grantsAfter]) {
      const statement = grantStatement(grant, name);
      if (statement !== null) await client.query(statement);
    }
  });
  return name;
}

/** Removes the template of this run; the roles stay, because other runs may use them. */
export async function dropTemplate(server: string): Promise<void> {
  const template = process.env[templateVariable];
  if (template === undefined) return;
  await onServer(server, (client) => client.query(`drop database if exists ${template} with (force)`));
}

function grantStatement(grant: PlannedGrant, database: string): string | null {
  if (grant.privileges.length === 0) return null;
  const objects = {
    database: () => `database ${database}`,
    schema: () => `schema ${schemaName}`,
    table: () => `table ${grant.objects.map((table) => `${schemaName}.${table}`).join(', ')}`,
    function: () => `function ${grant.objects.map((name) => `${schemaName}.${name}`).join(', ')}`,
  }[grant.objectType]();
  return `grant ${grant.privileges.join(', ')} on ${objects} to ${grant.role}`;
}

function address(server: string, database: string, role?: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  if (role !== undefined) {
    url.username = role;
    url.password = rolePassword;
  }
  return url.href;
}

/** Does something over a connection of its own. */
export async function onServer<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The rows of one statement, over a connection of its own. */
export function query(url: string, sql: string): Promise<unknown[]> {
  return onServer(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}
