import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../infra/embedded-postgres.ts';
import { choosePort } from '../../../infra/environment/ports.ts';
import { createTemplate, createTestDatabase, serverVariable, templateVariable } from '../../database.ts';
import type { TestDatabase } from '../../database.ts';

/** A Postgres that may be stopped under the service and comes back at the same address. */
export interface OwnPostgres {
  readonly database: TestDatabase;
  readonly dataDirectory: string;
  /** Ends it and whatever it was doing, as an operator would. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts one below `directory` with the settings of a real environment: what it has committed is on the disk. */
export async function startOwnPostgres(directory: string): Promise<OwnPostgres> {
  const dataDirectory = join(directory, 'postgres');
  const port = await choosePort(undefined, []);
  const password = randomBytes(18).toString('base64url');
  const launch = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDirectory, port, password });
  let running: EmbeddedPostgres | null = await launch();
  const database = await createDatabase(running.url);
  return {
    database,
    dataDirectory,
    stop: async () => {
      await running?.stop();
      running = null;
    },
    start: async () => {
      running ??= await launch();
    },
  };
}

/** Test databases are made on the server that the environment names; for this one call it names ours. */
async function createDatabase(server: string): Promise<TestDatabase> {
  const before = { [serverVariable]: process.env[serverVariable], [templateVariable]: process.env[templateVariable] };
  process.env[serverVariable] = server;
  process.env[templateVariable] = await createTemplate(server);
  try {
    return await createTestDatabase();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}
