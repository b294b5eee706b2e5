import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { z } from 'zod';
import { openTemporalClient } from '../../../client/sdk/temporal-connection.ts';
import { keyRingReader } from '../../../infra/environment/key-ring-reader.ts';
import { followKeyRing } from '../../../store/index.ts';
import { createPayloadCodec } from '../../../store/payload-codec.ts';
import type { Sandbox } from './sandbox.ts';

/** Somewhere that secrets could have leaked to, and all that stands there. */
export interface Place {
  readonly place: string;
  readonly read: () => Promise<Buffer[]>;
}

/** Everywhere that outlives a call or that others can look at. The database is read as root of it would read it. */
export function placesOf(sandbox: Sandbox): readonly Place[] {
  const { home } = sandbox;
  return [
    { place: 'database files, with the write-ahead log', read: () => databaseFiles(sandbox) },
    { place: 'a dump of all tables', read: () => dump(sandbox) },
    { place: "Temporal's database file", read: () => filesBelow(home.directory, /^temporal\.db/) },
    { place: 'all histories, decrypted', read: () => histories(sandbox) },
    { place: "Pulumi's state", read: () => filesBelow(home.pulumi) },
    { place: 'logs of all processes', read: () => filesBelow(home.logs) },
    { place: 'an export of all connections', read: async () => [await readFile(sandbox.bundle)] },
    {
      place: 'what commands and crashing programs printed',
      read: () => Promise.resolve([Buffer.from(sandbox.printed())]),
    },
    { place: 'answers over HTTP without a key', read: () => answersToStrangers(sandbox) },
    { place: 'command lines and environments of all processes', read: () => processes(sandbox) },
    { place: 'environment.json', read: () => filesBelow(home.directory, /^environment\.json/) },
  ];
}

async function databaseFiles(sandbox: Sandbox): Promise<Buffer[]> {
  await onDatabase(sandbox, 'postgres', (client) => client.query('checkpoint'));
  return filesBelow(sandbox.home.postgres);
}

async function dump(sandbox: Sandbox): Promise<Buffer[]> {
  const names = await onDatabase(sandbox, 'postgres', async (client) => {
    const text = 'select datname as name from pg_database where not datistemplate';
    return (await client.query<{ name: string }>(text)).rows;
  });
  const texts: Buffer[] = [];
  for (const { name } of names) {
    await onDatabase(sandbox, name, async (client) => {
      const tables = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      for (const table of tables.rows) {
        const { rows } = await client.query<{ row: string }>(`select t::text as row from ${table.name} t`);
        texts.push(...rows.map(({ row }) => Buffer.from(row)));
      }
    });
  }
  return texts;
}

async function onDatabase<Result>(
  { record, secrets }: Sandbox,
  database: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const password = secrets.postgresPassword ?? '';
  const port = record.ports['postgres'] ?? 0;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const payload = z.object({
  metadata: z.record(z.string(), z.instanceof(Uint8Array)),
  data: z.instanceof(Uint8Array),
});

async function histories({ settings }: Sandbox): Promise<Buffer[]> {
  const ring = followKeyRing(keyRingReader(settings));
  const client = openTemporalClient(settings.temporal, ring);
  const codec = createPayloadCodec(ring);
  const found: Buffer[] = [];
  const visit = async (value: unknown): Promise<void> => {
    if (value instanceof Uint8Array) found.push(Buffer.from(value));
    else if (typeof value === 'string') found.push(Buffer.from(value));
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    const parsed = payload.safeParse(value);
    if (parsed.success) {
      for (const { data } of await codec.decode([parsed.data])) found.push(Buffer.from(data ?? []));
      return;
    }
    for (const part of Object.values(value)) await visit(part);
  };
  for await (const { workflowId, runId } of client.workflow.list()) {
    await visit(await client.workflow.getHandle(workflowId, runId).fetchHistory());
  }
  await client.connection.close();
  return found;
}

const pages = ['/', '/metrics', '/openapi.json', '/callback?state=forged&code=forged', '/no-such-page'];
const openApi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** All that is described, asked for without a key and with a wrong one. */
async function answersToStrangers({ settings }: Sandbox): Promise<Buffer[]> {
  const described = openApi.parse(await (await fetch(new URL('/openapi.json', settings.publicUrl))).json());
  const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path: path.replaceAll(/\{\w+\}/g, 'youtube'), method })),
  );
  const asked = [...pages.map((path) => ({ path, method: 'get' })), ...operations];
  const texts: string[] = [];
  for (const { path, method } of asked) {
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const response = await fetch(new URL(path, settings.publicUrl), {
        method: method.toUpperCase(),
        headers: { 'content-type': 'application/json', ...headers },
        redirect: 'manual',
        ...(method === 'get' ? {} : { body: '{}' }),
      });
      texts.push(JSON.stringify([...response.headers]), await response.text());
    }
  }
  return texts.map((text) => Buffer.from(text));
}

async function processes({ record }: Sandbox): Promise<Buffer[]> {
  const listed = await promisify(execFile)('ps', ['-ef', '-ww']).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const files = Object.values(record.processes).flatMap(({ pid }) =>
    ['environ', 'cmdline'].map((name) => `/proc/${String(pid)}/${name}`),
  );
  // Where a system has no /proc, the list of processes must do.
  const read = files.map((file) => readFile(file).catch(() => Buffer.alloc(0)));
  return [Buffer.from(listed), ...(await Promise.all(read))];
}

async function filesBelow(directory: string, name = /(?:)/): Promise<Buffer[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: name.source === '(?:)' });
  const files = entries.filter((entry) => entry.isFile() && name.test(entry.name));
  // A file that its process has just removed holds nothing any more.
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0))));
}
