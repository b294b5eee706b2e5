import { once } from 'node:events';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createTemporalOrchestration } from '../client/sdk/temporal-orchestration.ts';
import type { Orchestration } from '../client/sdk/orchestration.ts';
import type { Notice } from '../model/notice.ts';
import { loadPlatforms } from '../platforms/load.ts';
import { createSimulatedNetwork, systemClock } from '../platforms/network.ts';
import type { Clock, Network } from '../platforms/network.ts';
import type { Platform } from '../platforms/platform.ts';
import { visitConsentPage } from '../platforms/simulated-person.ts';
import type { ConsentVisit, ConsentVisitResult } from '../platforms/simulated-person.ts';
import { startSimulators } from '../platforms/simulator-server.ts';
import type { Simulator } from '../platforms/simulator.ts';
import type { Simulators } from '../platforms/simulator-server.ts';
import { type KeyRing, parseKeyRing, type Store } from '../store/index.ts';
import { createDataConverter } from '../store/data-converter.ts';
import { bundleWorkflows, createWorkers } from '../worker/create-workers.ts';
import { createKeepers } from '../worker/keepers.ts';
import { createTestServer } from './server.ts';
import { createTestStore, newKey } from './store.ts';
import type { TestStore } from './store.ts';
import { startDevServer, startTimeSkippingServer } from './temporal.ts';

/** The whole service in this process: real Postgres, real Temporal, real HTTP to the simulators. Nothing is faked. */
export interface Service {
  readonly temporal: TestWorkflowEnvironment;
  readonly orchestration: Orchestration;
  readonly store: Store;
  readonly database: TestStore;
  readonly simulators: Simulators;
  readonly network: Network;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly clock: Clock;
  /** The server's address; only with a port of its own does it listen there. */
  readonly publicUrl: string;
  readonly notices: readonly Notice[];
  /** A person opens a consent link and acts on the platform's page; ends at our callback's page. */
  consent(link: string, visit?: ConsentVisit): Promise<ConsentVisitResult>;
  close(): Promise<void>;
}

/** Platforms from elsewhere, with their simulators. */
export interface GivenPlatforms {
  readonly platforms: readonly Platform[];
  readonly simulators: readonly Simulator[];
}

export interface ServiceOptions {
  /** False: what Temporal keeps can be read, and replayed, without a key. */
  readonly encrypted?: boolean;
  /** Where it is to change. */
  readonly keyRing?: KeyRing;
  /** Given: the server listens on this port of the loopback address, for a browser. */
  readonly port?: number;
}

/** Starts it. `skipping`: weeks pass in milliseconds, for the platforms too. */
export async function startService(
  time: 'real' | 'skipping',
  given?: GivenPlatforms,
  { encrypted = true, port, keyRing = parseKeyRing([newKey('k1')]) }: ServiceOptions = {},
): Promise<Service> {
  const publicUrl = `http://localhost:${port ?? 8422}`;
  const dataConverter = encrypted ? createDataConverter(keyRing) : {};
  const [temporal, workflowBundle, database, loaded] = await Promise.all([
    time === 'skipping' ? startTimeSkippingServer(dataConverter) : startDevServer(dataConverter),
    bundleWorkflows(),
    createTestStore(keyRing),
    given?.platforms ?? loadPlatforms(),
  ]);
  const clock = time === 'skipping' ? new ServerClock() : systemClock;
  const redirectUri = `${publicUrl}/callback`;
  const simulators = await startSimulators({
    ...{ port: 0, clock, redirectUri },
    ...(given === undefined ? {} : { simulators: given.simulators }),
  });
  const network = createSimulatedNetwork(simulators.url);
  const { store } = database;
  const platforms = new Map(loaded.map((platform) => [platform.id, platform]));
  const notices: Notice[] = [];
  const activities = createActivities({
    store,
    platforms,
    network,
    clock,
    publicUrl,
    redirectUri,
    keepers: createKeepers(temporal.client),
    notices: {
      send: (notice) => {
        notices.push(notice);
        return Promise.resolve();
      },
    },
    postNotice: () => Promise.resolve(),
  });
  const namespace = temporal.namespace ?? 'default';
  const connection = temporal.nativeConnection;
  const workers = await createWorkers({
    connection,
    namespace,
    activities,
    workflowBundle,
    dataConverter,
    platforms: [...platforms.keys()],
  });
  const running = Promise.all(workers.map((worker: Worker) => worker.run()));
  const orchestration = createTemporalOrchestration(temporal.client);
  const server = createTestServer({ store, platforms: loaded, orchestration, network, clock, publicUrl });
  const listening = port === undefined ? null : await listen(server.app.fetch, port);
  return {
    ...{ temporal, orchestration, store, database, simulators, network, platforms, clock, publicUrl, notices },
    consent: (link, visit = {}) =>
      visitConsentPage(link, {
        ...visit,
        // Our own pages are answered by the app itself; the platforms' by the simulators over HTTP.
        fetch: async (url, init) => (url.origin === publicUrl ? server.app.request(url.href, init) : fetch(url, init)),
      }),
    close: async () => {
      listening?.close();
      for (const worker of workers) worker.shutdown();
      await running;
      await Promise.all([server.close(), simulators.close(), network.close(), temporal.teardown()]);
      await database.close();
    },
  };
}

async function listen(fetch: Parameters<typeof serve>[0]['fetch'], port: number): Promise<ServerType> {
  const server = serve({ fetch, hostname: '127.0.0.1', port });
  await once(server, 'listening');
  return server;
}

/** The time of the Temporal server as activities see it, for everything in this process that is no activity too. */
class ServerClock implements Clock {
  #latestMs = Date.now();

  now(): Date {
    const scheduledMs = scheduledTimeMs();
    if (scheduledMs !== null) this.#latestMs = Math.max(this.#latestMs, scheduledMs);
    return new Date(this.#latestMs);
  }
}

function scheduledTimeMs(): number | null {
  try {
    return Context.current().info.currentAttemptScheduledTimestampMs;
  } catch {
    return null;
  }
}
