import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { startEmbeddedPostgres } from '../infra/embedded-postgres.ts';
import { createTemplate, dropTemplate, serverVariable, templateVariable } from './database.ts';

/**
 * Starts one Postgres for the whole run and migrates the template that every test file clones. TEST_DATABASE_URL given:
 * that server is used instead; its role must be allowed to create databases and roles.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const server = given === undefined ? await startServer() : { url: given, stop: () => Promise.resolve() };
  process.env[serverVariable] = server.url;
  process.env[templateVariable] = await createTemplate(server.url);
  return async () => {
    if (given !== undefined) await dropTemplate(server.url);
    await server.stop();
  };
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'connector-test-'));
  const server = await startEmbeddedPostgres({
    dataDirectory: join(directory, 'postgres'),
    port: await getPort({ host: '127.0.0.1' }),
    // What is lost with a crash of the machine is made anew by the next run.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}
