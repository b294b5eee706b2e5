import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { schemaName } from './database-plan.ts';
import { urlForNode } from './postgres-tls.ts';
import { splitStatements } from './sql-statements.ts';

/** Where to migrate, as whom, and the roles that row-level security names. */
export interface MigrationTarget {
  /** Logs in as the owner of the schema. A pooler in transaction mode will not do: the lock belongs to a session. */
  readonly databaseUrl: string;
  readonly folder: string;
  readonly workerRole: string;
  readonly readerRole: string;
}

/** A migration that Postgres refused; nothing of the run was kept. */
export class MigrationFailedError extends Error {
  override name = 'MigrationFailedError';
}

const migrationsTable = 'migrations';
const fileName = /^\d{4}_[a-z0-9_]+\.sql$/;

/** The names of the migrations in `folder` without `.sql`, in the order in which they run. */
export async function availableMigrations(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith('.')).sort();
  const odd = files.find((file) => !fileName.test(file));
  if (odd !== undefined) {
    throw new Error(
      `infra/migrations holds "${odd}". Name migrations 0003_what_it_does.sql and keep other files elsewhere.`,
    );
  }
  return files.map((file) => basename(file, '.sql'));
}

/** The names of the migrations that the database says it has, oldest first; none if it has no such table. */
export async function appliedMigrations(databaseUrl: string): Promise<string[]> {
  return withClient(databaseUrl, async (client) => {
    const table = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
      `${schemaName}.${migrationsTable}`,
    ]);
    if (table.rows[0]?.found !== true) return [];
    const rows = await client.query<{ name: string }>(`select name from ${schemaName}.${migrationsTable} order by id`);
    return rows.rows.map((row) => row.name);
  });
}

/**
 * Runs what is missing, all of it in one transaction, and returns the names of all migrations the database now has.
 * Throws MigrationFailedError with file, line and statement; the database is then as it was before.
 */
export async function applyMigrations(target: MigrationTarget): Promise<string[]> {
  await availableMigrations(target.folder);
  await withClient(target.databaseUrl, async (client) => {
    await refuseSharedSession(client, target.databaseUrl);
    await client.query(
      "select set_config('connector.worker_role', $1, false), set_config('connector.reader_role', $2, false), set_config('lock_timeout', '60s', false)",
      [target.workerRole, target.readerRole],
    );
    await client.query(liftLimits);
    await runMissing(client, target.folder);
  });
  return appliedMigrations(target.databaseUrl);
}

// Hosts limit statements for the sake of web requests, and a migration may rightly take longer. Which of these limits
// there are depends on the version. https://www.postgresql.org/docs/current/runtime-config-client.html (checked 2026-11-23)
const liftLimits = `
  select set_config(name, '0', false) from pg_settings
  where name in ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')`;

/**
 * A pooler in transaction mode gives the session of one client to the next as soon as that one is idle: then two clients
 * are served by the same process of Postgres, which neither lock nor settings would survive.
 */
async function refuseSharedSession(client: pg.Client, databaseUrl: string): Promise<void> {
  const mine = await backendOf(client);
  const other = await withClient(databaseUrl, backendOf);
  if (mine !== other) return;
  throw new Error(
    'The administrator’s database URL leads to a pooler in transaction mode, through which migrations cannot run. Set it to ' +
      'the address of Postgres itself, or of a pooler in session mode (DATABASE_ADMIN_URL or connector:databaseAdminUrl), and ' +
      'this one as the pooler’s (DATABASE_POOLED_URL or connector:databasePooledUrl).',
  );
}

async function backendOf(client: pg.Client): Promise<number | undefined> {
  return (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
}

async function runMissing(client: pg.Client, folder: string): Promise<void> {
  let refused = '';
  const ignore = (): void => undefined;
  try {
    await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      schema: schemaName,
      migrationsTable,
      checkOrder: true,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      migrationLoaderStrategies: [{ extensions: ['.sql'], loader: loadByStatement }],
      // The library tells which statement was refused only here; loadByStatement put file and line in front of it.
      logger: { info: ignore, warn: ignore, error: (message: string) => (refused ||= message) },
    });
  } catch (error) {
    throw explained(error, refused);
  }
}

interface MigrationSteps {
  sql(statement: string): void;
}

async function loadByStatement(paths: string[]): Promise<MigrationUnit[]> {
  return Promise.all(
    paths.map(async (path) => {
      const statements = splitStatements(await readFile(path, 'utf8'));
      const up = (steps: MigrationSteps): void => {
        for (const { text, line } of statements) steps.sql(`/* ${basename(path)}:${line} */ ${text}`);
      };
      return { id: path, filePaths: [path], actions: { up, down: false as const } };
    }),
  );
}

interface MigrationUnit {
  id: string;
  filePaths: string[];
  actions: { up: (steps: MigrationSteps) => void; down: false };
}

function explained(error: unknown, refused: string): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const statement = /\/\* (\S+\.sql):(\d+) \*\/ ([\s\S]*)/.exec(refused);
  if (statement === null) {
    return new MigrationFailedError(
      `The migrations could not run: ${reason}. Nothing was changed. Compare the folder infra/migrations with the table ${schemaName}.${migrationsTable}.`,
      { cause: error },
    );
  }
  const [, file = '', line = ''] = statement;
  return new MigrationFailedError(
    `Migration ${join('infra/migrations', file)}, line ${line}, was refused: ${reason}.\n${shortened(statement[3] ?? '')}\n` +
      'Nothing was changed. Mend the file and run `pulumi up` again.',
    { cause: error },
  );
}

// The library marks the place with a line of ^^^^ under it and repeats the reason at the end: neither is ours to parse.
function shortened(statement: string): string {
  const lines = statement.split('\n').slice(0, 12);
  return lines.map((line) => `    ${line}`).join('\n');
}

async function withClient<Result>(databaseUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({
    connectionString: urlForNode(databaseUrl),
    application_name: 'connector-migrations',
    connectionTimeoutMillis: 15_000,
  });
  // A server that goes away between two queries is reported by the next query.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
