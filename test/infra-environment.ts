import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { execa } from 'execa';
import getPort from 'get-port';
import { z } from 'zod';
import { haveEngines, pathEntriesOf } from '../infra/engines/index.ts';
import type { PulumiCommand } from '../infra/pulumi-command.ts';
import { pulumiVariables } from '../infra/pulumi-variables.ts';
import { query, serverVariable } from './database.ts';

/** An environment to provision for real: its own names on the tests' Postgres, its own Temporal, its own checkout. */
export interface InfraEnvironment {
  /** Of roles, database and namespace. */
  readonly prefix: string;
  /** Holds state and settings. */
  readonly home: string;
  /** The copy of infra/ that is run, so that tests can add migrations. */
  readonly program: string;
  readonly adminPassword: string;
  readonly superuserUrl: string;
  readonly temporalAddress: string;
  /** Reaches Postgres at an address that `moveServers` takes away. */
  readonly command: PulumiCommand;
  /** Ends the first address; returns the command with the new one. */
  moveServers(): PulumiCommand;
  remove(): Promise<void>;
}

/** Prepares an environment whose administrator is no superuser, as with every host of Postgres; provisions nothing. */
export async function createInfraEnvironment(): Promise<InfraEnvironment> {
  const prefix = `it_${randomBytes(4).toString('hex')}`;
  const adminPassword = `pw-${randomBytes(8).toString('hex')}`;
  const superuserUrl = process.env[serverVariable] ?? '';
  const serverPort = Number(new URL(superuserUrl).port);
  const adminUrl = (port: number): string => `postgres://${prefix}_admin:${adminPassword}@127.0.0.1:${port}/postgres`;

  const engines = await haveEngines(['pulumi', 'pulumi-postgresql', 'temporal']);
  const folder = await mkdtemp(join(tmpdir(), 'connector-infra-'));
  const program = await copyProgram(folder);
  const temporal = await startTemporal(engines.temporal.path);
  await query(superuserUrl, `create role ${prefix}_admin login createdb createrole password '${adminPassword}'`);
  const forwarder = await forwardTo(serverPort);
  const home = join(folder, 'home');
  await mkdir(home);
  const settings = { rolePrefix: prefix, database: prefix, temporalNamespace: prefix };
  const lines = Object.entries(settings).map(([name, value]) => `  connector:${name}: ${value}\n`);
  await writeFile(join(home, 'Pulumi.test.yaml'), `config:\n${lines.join('')}`);
  const variables = pulumiVariables({
    folder: home,
    stack: 'test',
    programs: [...pathEntriesOf(Object.values(engines)), join(import.meta.dirname, '../node_modules/.bin')],
    path: process.env['PATH'] ?? '',
    databaseAdminUrl: adminUrl(forwarder.port),
    temporalAddress: temporal.address,
  });
  const command = { pulumiPath: engines.pulumi.path, variables, programFolder: program };
  return {
    prefix,
    home,
    program,
    adminPassword,
    superuserUrl,
    temporalAddress: temporal.address,
    command,
    moveServers: () => {
      forwarder.server.close();
      return { ...command, variables: { ...variables, DATABASE_ADMIN_URL: adminUrl(serverPort) } };
    },
    remove: async () => {
      forwarder.server.close();
      temporal.stop();
      await query(superuserUrl, `drop database if exists ${prefix} with (force)`);
      for (const role of ['migrator', 'worker', 'reader', 'admin']) {
        await query(superuserUrl, `drop role if exists ${prefix}_${role}`);
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Does something over a connection to Temporal. */
export async function onTemporal<Result>(
  address: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function copyProgram(folder: string): Promise<string> {
  const here = join(import.meta.dirname, '..');
  const program = join(folder, 'checkout/infra');
  await cp(join(here, 'infra'), program, { recursive: true });
  await symlink(join(here, 'node_modules'), join(folder, 'checkout/node_modules'));
  await cp(join(here, 'package.json'), join(folder, 'checkout/package.json'));
  return program;
}

async function startTemporal(path: string): Promise<{ address: string; stop(): void }> {
  const port = await getPort({ host: '127.0.0.1' });
  const args = ['server', 'start-dev', '--headless', '--port', String(port), '--log-level', 'never'];
  const server = execa(path, args, { reject: false, stdio: 'ignore' });
  return { address: `127.0.0.1:${port}`, stop: () => void server.kill() };
}

async function forwardTo(port: number): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    const target = connect(port, '127.0.0.1');
    socket.on('error', () => target.destroy());
    target.on('error', () => socket.destroy());
    socket.pipe(target).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: z.object({ port: z.number() }).parse(server.address()).port };
}
