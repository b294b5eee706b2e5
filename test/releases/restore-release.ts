import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { z } from 'zod';
import { startEmbeddedPostgres } from '../../infra/embedded-postgres.ts';
import { environmentHome, makeHome, type EnvironmentHome } from '../../infra/environment/home.ts';
import { readSecrets, writeRecord, writeSecrets, type EnvironmentRecord } from '../../infra/environment/record.ts';
import { startSimulators, type Simulators } from '../../platforms/simulator-server.ts';
import { startOwnTemporal } from '../bench/faults/own-temporal.ts';
import { parseDump } from './dump-database.ts';
import { restoreDatabase } from './restore-database.ts';

/** An environment as the release left it; its processes are not started. */
export interface RestoredRelease {
  readonly home: EnvironmentHome;
  readonly connectorHome: string;
  readonly record: EnvironmentRecord;
  /** The release's own worker and server, on the packages of this checkout. */
  readonly program: string;
  readonly adminUrl: string;
  readonly simulators: Simulators;
  remove(): Promise<void>;
}

const aboutSchema = z.object({ recordedAt: z.iso.datetime() });
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Stands the environment of a recorded release up, with an own Postgres, an own Temporal and the accounts simulated. */
export async function restoreRelease(version: string): Promise<RestoredRelease> {
  const connectorHome = await mkdtemp(join(tmpdir(), 'connector-upgrade-'));
  const home = environmentHome({ CONNECTOR_HOME: connectorHome });
  makeHome(home);
  const program = join(connectorHome, 'program');
  await mkdir(program);
  await Promise.all([unpack(version, 'environment.tgz', home.directory), unpack(version, 'program.tgz', program)]);
  await symlink(join(import.meta.dirname, '../../node_modules'), join(program, 'node_modules'));
  const { recordedAt } = aboutSchema.parse(JSON.parse(await readFile(join(home.directory, 'release.json'), 'utf8')));
  const olderByMs = Date.now() - Date.parse(recordedAt);

  const [port, postgresPort] = [await getPort(), await getPort()];
  const [postgres, temporal, simulators] = await Promise.all([
    startEmbeddedPostgres({ dataDirectory: home.postgres, port: postgresPort, password: 'of-this-test', settings }),
    startOwnTemporal(home.directory),
    startSimulators({
      ...{ port: 0, stateFile: home.simulators, redirectUri: `http://localhost:${port}/callback` },
      // What they have given out is as fresh as when it was recorded.
      clock: { now: () => new Date(Date.now() - olderByMs) },
    }),
  ]);
  const secrets = readSecrets(home);
  const databaseUrls = movedTo(secrets.databaseUrls, postgresPort);
  writeSecrets(home, { ...secrets, databaseUrls: { admin: postgres.url, ...databaseUrls } });
  const dump = parseDump(await readFile(join(home.directory, 'database.json'), 'utf8'));
  const migrations = join(program, 'infra/migrations');
  await restoreDatabase({ serverUrl: postgres.url, databaseUrls, migrations, dump, olderByMs });
  const record: EnvironmentRecord = {
    ...{ publicUrl: `http://localhost:${port}`, host: '127.0.0.1', ports: { public: port } },
    temporal: { address: temporal.address, namespace: temporal.namespace, embedded: false },
    ...{ simulatorUrl: simulators.url, embeddedPostgres: false, processes: {}, pathEntries: [], readyAt: null },
  };
  writeRecord(home, record);
  return {
    ...{ home, connectorHome, record, program, adminUrl: postgres.url, simulators },
    remove: async () => {
      await Promise.all([temporal.stop(), simulators.close()]);
      await postgres.stop();
      await rm(connectorHome, { recursive: true, force: true });
    },
  };
}

async function unpack(version: string, archive: string, folder: string): Promise<void> {
  await execa('tar', ['-C', folder, '--no-same-owner', '-xzf', join(import.meta.dirname, version, archive)]);
}

type RoleUrls = Record<'migrator' | 'worker' | 'reader', string>;

function movedTo(urls: Readonly<Record<keyof RoleUrls, string | null>>, port: number): RoleUrls {
  const moved = (role: keyof RoleUrls): string => {
    const url = new URL(urls[role] ?? '');
    url.host = `127.0.0.1:${String(port)}`;
    return url.href;
  };
  return { migrator: moved('migrator'), worker: moved('worker'), reader: moved('reader') };
}
