import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { TemporalUnreachableError } from '../../../client/sdk/orchestration.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { parseKeyRing, type Store } from '../../../store/index.ts';
import { openConnection, storedSecrets } from '../../clients.ts';
import { startService, type Service } from '../../service.ts';
import { newKey } from '../../store.ts';
import { walkPortal, walkToEnd } from '../../workflows/walk.ts';
import { createAsk, type Ask } from './ask.ts';
import { startServer, type ServerProcess } from './server-process.ts';

/** Owners of connections: those of `fuzzed` may be changed by whoever has a key for it, those of `untouched` by nobody. */
export const owners = { fuzzed: 'fuzzed', untouched: 'untouched', pending: 'pending' } as const;

/** What a forger of `signed_request` would have to know, and whose connections it would end. */
export const metaApp = { app_id: '1234567890', app_secret: 'secret-of-the-fuzzed-meta-app', user_id: '777000777' };

/** The whole service with its server in a process of its own, and connections in every state. */
export interface Scene {
  readonly service: Service;
  readonly server: ServerProcess;
  readonly port: number;
  /** The host by which the server is known. */
  readonly host: string;
  readonly ask: Ask;
  readonly keys: readonly ApiKey[];
  /** The key that an operation takes. */
  readonly keyFor: (scopes: readonly string[]) => string;
  /** The variables of every process of this service, the command line's included. */
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
  /** Connections that may be changed, that may not, and one that waits for consent. */
  readonly fuzzedIds: readonly string[];
  readonly untouchedIds: readonly string[];
  readonly pendingId: string;
  /** Takes out what nobody may read. */
  readonly redact: (text: string) => string;
  close(): Promise<void>;
}

interface ApiKey {
  readonly name: string;
  readonly key: string;
  readonly scopes: readonly string[];
}

const keys: readonly ApiKey[] = [
  { name: 'full', key: 'fuzz-key-that-may-do-everything', scopes: ['tokens:read', 'connections:write'] },
  { name: 'tokens', key: 'fuzz-key-that-may-read-tokens', scopes: ['tokens:read'] },
  { name: 'codec', key: 'fuzz-key-that-may-open-payloads', scopes: ['codec'] },
];

function keyFor(wanted: readonly string[]): string {
  const found = keys.find(({ scopes }) => wanted.every((scope) => scopes.includes(scope)));
  if (found === undefined) throw new Error(`No key of the scene has ${wanted.join(' and ')}: give it one.`);
  return found.key;
}

/** Starts it: real Postgres, real Temporal with encrypted payloads, real sockets. */
export async function openScene(): Promise<Scene> {
  const ring = [newKey('k1')];
  const service = await startService('real', undefined, { keyRing: parseKeyRing(ring) });
  try {
    return await sceneOf(service, JSON.stringify(ring));
  } catch (error) {
    await service.close();
    throw error;
  }
}

async function sceneOf(service: Service, keyRing: string): Promise<Scene> {
  const connections = await connectAll(service);
  const directory = await mkdtemp(join(tmpdir(), 'connector-fuzz-'));
  const port = await getPort({ host: '127.0.0.1' });
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    ...{ CONNECTOR_HOME: directory, CONNECTOR_URL: service.publicUrl, CONNECTOR_PORT: String(port) },
    ...{ DATABASE_URL_WORKER: service.database.database.workerUrl, CONNECTOR_KEY_RING: keyRing },
    ...{ TEMPORAL_ADDRESS: service.temporal.address, TEMPORAL_NAMESPACE: service.temporal.namespace ?? 'default' },
    ...{ CONNECTOR_SIMULATOR_URL: service.simulators.url, CONNECTOR_API_KEYS: JSON.stringify(keys) },
  };
  const server = await startServer(env);
  const { host } = new URL(service.publicUrl);
  const ask = createAsk(port, host);
  const secrets = [...keys.map(({ key }) => key), ...Object.values(storedSecrets), metaApp.app_secret, keyRing];
  return {
    ...{ service, server, port, host, ask, keys, keyFor, env, directory, ...connections },
    redact: (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text),
    close: async () => {
      ask.close();
      await server.stop();
      await service.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function connectAll(service: Service): Promise<Pick<Scene, 'fuzzedIds' | 'untouchedIds' | 'pendingId'>> {
  const platforms = [...service.platforms.values()];
  const { store } = service;
  const open = (owner: string): Promise<string[]> =>
    Promise.all(platforms.map((platform) => connected(store, platform, owner)));
  const untouchedIds = await open(owners.untouched);
  const kept = await patiently(async () => walkToEnd(service, await started(service, owners.fuzzed)));
  const pending = await patiently(async () => walkPortal(service, await started(service, owners.pending)));
  if (kept.connectionId === null || pending.connectionId === null) throw new Error('The scene could not be set.');
  return { untouchedIds, fuzzedIds: [kept.connectionId, await signing(service)], pendingId: pending.connectionId };
}

/** A busy machine may take longer than clients wait; an onboarding goes on from where it stands. */
async function patiently<Result>(walk: () => Promise<Result>, tries = 5): Promise<Result> {
  try {
    return await walk();
  } catch (error) {
    if (!(error instanceof TemporalUnreachableError) || tries === 1) throw error;
    return patiently(walk, tries - 1);
  }
}

/** As an onboarding would leave it, with a value in each field that the platform has. */
async function connected(store: Store, platform: Platform, owner: string): Promise<string> {
  const { id, version } = await openConnection(store, platform, { owner, expiresInMs: lifetimeMs });
  const fields = platform.shape.filter((name) => !name.endsWith('_expiry'));
  const credentials = Object.fromEntries(fields.map((name) => [name, `stored-${name}`]));
  await store.connections.saveGrant({
    connectionId: id,
    version,
    readable: platform.readableFields,
    grant: { credentials },
  });
  return id;
}

const lifetimeMs = 24 * 3_600_000;

async function started({ orchestration }: Service, owner: string): Promise<{ owner: string } & typeof onboarded> {
  const key = { owner, ...onboarded };
  await orchestration.startOnboarding(key);
  return key;
}

const onboarded = { platform: 'youtube', label: 'main' };

/** A connection whose app's secret signs what Meta sends. */
async function signing({ store, platforms }: Service): Promise<string> {
  const platform = platforms.get('facebook');
  if (platform === undefined) throw new Error('There is no platform that signs its calls.');
  const readable = platform.readableFields;
  const id = randomUUID();
  await store.connections.open({
    id,
    owner: owners.fuzzed,
    platform: platform.id,
    label: 'signing',
    credentials: {},
    readable,
  });
  const grant = { credentials: metaApp, scopes: [], account: { id: 'page-1', name: 'Page' } };
  await store.connections.saveGrant({ connectionId: id, version: 1, readable, grant, status: 'active' });
  return id;
}
