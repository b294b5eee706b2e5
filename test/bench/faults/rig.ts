import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import pg from 'pg';
import type { ConnectionFacts } from '../../../model/connection.ts';
import { keeperId } from '../../../model/temporal-names.ts';
import { createSimulatedNetwork } from '../../../platforms/network.ts';
import type { Network } from '../../../platforms/network.ts';
import { startSimulators } from '../../../platforms/simulator-server.ts';
import type { Simulators } from '../../../platforms/simulator-server.ts';
import { simulator } from '../../../platforms/tiktok/simulator/index.ts';
import { createDataConverter } from '../../../store/data-converter.ts';
import { createStore, parseKeyRing } from '../../../store/index.ts';
import type { Store } from '../../../store/index.ts';
import { bundleWorkflows } from '../../../worker/create-workers.ts';
import { createKeepers } from '../../../worker/keepers.ts';
import { newKey } from '../../store.ts';
import { connectAtTiktok, publicUrl, redirectUri } from './consent.ts';
import { startOwnPostgres, type OwnPostgres } from './own-postgres.ts';
import { startOwnTemporal, type OwnTemporal } from './own-temporal.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';
import { witness, type Witness } from './witness.ts';

/**
 * The service with every part in a process of its own, over a TikTok whose refresh tokens work once. Each part can be
 * stopped, killed or slowed down; nothing is faked.
 */
export interface Rig {
  readonly directory: string;
  readonly postgres: OwnPostgres;
  readonly temporal: OwnTemporal;
  readonly simulators: Simulators;
  readonly network: Network;
  readonly witness: Witness;
  readonly store: Store;
  /** The owner's connections, for looking behind the store's back. */
  readonly admin: pg.Pool;
  readonly client: Client;
  /** The environment of every process that belongs to this service. */
  readonly env: NodeJS.ProcessEnv;
  /** An active connection of an owner of its own, as its onboarding would leave it. Its keeper does not run yet. */
  connect(owner: string): Promise<ConnectionFacts>;
  /** Starts the keeper of a connection. */
  keep(facts: ConnectionFacts): Promise<WorkflowHandle>;
  /** A worker process, loaded; it polls once it is told to. Whatever still runs at the end is killed. */
  worker(): Promise<WorkerProcess>;
  close(): Promise<void>;
}

/** Starts it without a worker. */
export async function startRig(): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'connector-bench-'));
  const ring = [newKey('k1')];
  const keyRing = parseKeyRing(ring);
  const seen = witness(simulator);
  const bundleFile = join(directory, 'workflows.json');
  const [postgres, temporal, simulators] = await Promise.all([
    startOwnPostgres(directory),
    startOwnTemporal(directory),
    startSimulators({ port: 0, redirectUri, simulators: [seen.simulator] }),
    bundleWorkflows().then((bundle) => writeFile(bundleFile, JSON.stringify(bundle))),
  ]);
  const network = createSimulatedNetwork(simulators.url);
  const { workerUrl, readerUrl, adminUrl } = postgres.database;
  const store = createStore({ connection: { databaseUrl: workerUrl }, keyRing });
  const admin = new pg.Pool({ connectionString: adminUrl, max: 2 });
  admin.on('error', () => undefined);
  const { address, namespace } = temporal;
  const connection = Connection.lazy({ address });
  const client = new Client({ connection, namespace, dataConverter: createDataConverter(keyRing) });
  const keepers = createKeepers(client);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...{ CONNECTOR_HOME: join(directory, 'home'), CONNECTOR_ENV: 'sandbox', CONNECTOR_URL: publicUrl },
    ...{ DATABASE_URL_WORKER: workerUrl, DATABASE_URL_READER: readerUrl, CONNECTOR_KEY_RING: JSON.stringify(ring) },
    ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, CONNECTOR_SIMULATOR_URL: simulators.url },
    BENCH_WORKFLOW_BUNDLE: bundleFile,
  };
  const workers: WorkerProcess[] = [];
  return {
    ...{ directory, postgres, temporal, simulators, network, witness: seen, store, admin, client, env },
    connect: (owner) => connectAtTiktok({ store, simulators, network }, owner),
    keep: async (facts) => {
      await keepers.ensure(facts);
      return client.workflow.getHandle(keeperId(facts.id));
    },
    worker: async () => {
      const worker = await startWorkerProcess(env, join(directory, 'worker.log'));
      workers.push(worker);
      return worker;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
      await Promise.all([connection.close(), store.close(), admin.end(), network.close(), simulators.close()]);
      await Promise.all([temporal.stop(), postgres.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
