import diagnostics from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import { createActivities } from '../../../activities/index.ts';
import { readSettings } from '../../../infra/environment/settings.ts';
import { createSimulatedNetwork, systemClock } from '../../../platforms/network.ts';
import type { Network } from '../../../platforms/network.ts';
import { platform } from '../../../platforms/tiktok/index.ts';
import { createDataConverter } from '../../../store/data-converter.ts';
import { createPool, createStore, parseKeyRing } from '../../../store/index.ts';
import type { Refreshes, Store } from '../../../store/index.ts';
import { createWorkers } from '../../../worker/create-workers.ts';
import { createKeepers } from '../../../worker/keepers.ts';
import { toWorker } from './messages.ts';
import type { FromWorker, Point, ToWorker } from './messages.ts';
import { WatchedSocket } from './watched-socket.ts';
import { fingerprint } from './witness.ts';

// A worker as worker/main.ts makes it, but with one platform, a bundle made before, and a seam around store and network
// through which it can be told to die or to wait at an instant. What is between is the code that everybody runs.

let armed: Extract<ToWorker, { kind: 'arm' }> | null = null;
let release = Promise.withResolvers<undefined>();
const go = Promise.withResolvers<undefined>();
let answeredAt = 0n;
// The connections whose saves are on their way to the kernel, and when the last one was there.
const saving = new Set<string>();
let handedAt = 0n;

function tell(message: FromWorker): void {
  process.send?.(message);
}

function micros(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1_000;
}

async function reach(point: Point, connectionId: string): Promise<void> {
  if (armed?.point !== point || armed.connectionId !== connectionId) return;
  const { act } = armed;
  armed = null;
  if (act === 'die') process.kill(process.pid, 'SIGKILL');
  release = Promise.withResolvers();
  tell({ kind: 'reached', point });
  await release.promise;
}

function withSeam(store: Store): Store {
  const { refreshes } = store;
  const seamed: Refreshes = {
    ...refreshes,
    take: async (request) => {
      const lease = await refreshes.take(request);
      if (lease !== null) await reach('beforeCall', request.connectionId);
      return lease;
    },
    save: async (lease, save) => {
      if (armed !== null) await reach('afterCall', lease.connectionId);
      saving.add(lease.connectionId);
      const saved = await refreshes.save(lease, save);
      const savedAt = process.hrtime.bigint();
      await reach('afterSave', lease.connectionId);
      tell({ kind: 'saved', windowMicros: micros(handedAt - answeredAt), savedMicros: micros(savedAt - answeredAt) });
      return saved;
    },
    fail: async (lease, result) => {
      const failed = await refreshes.fail(lease, result);
      if (result.status !== undefined) await reach('afterVerdict', lease.connectionId);
      return failed;
    },
  };
  return { ...store, refreshes: seamed };
}

// The prepared statement of a save. Others that name the connection may be on their way at the same time.
const saveStatement = 'connector_save_refresh';

function noteHandover(bytes: readonly Buffer[]): void {
  for (const id of saving) {
    if (![id, saveStatement].every((text) => bytes.some((part) => part.includes(text)))) continue;
    saving.delete(id);
    handedAt = process.hrtime.bigint();
    if (armed?.point === 'afterHandover' && armed.connectionId === id) process.kill(process.pid, 'SIGKILL');
  }
}

function withTold(network: Network): Network {
  return {
    ...network,
    fetch: async (input, init) => {
      const sent = init?.body instanceof URLSearchParams ? init.body.get('refresh_token') : null;
      if (sent === null) return network.fetch(input, init);
      const token = fingerprint(sent);
      tell({ kind: 'call', state: 'open', token, atMs: Date.now() });
      try {
        return await network.fetch(input, init);
      } finally {
        // Not now: it would take its time out of the window that is measured.
        const atMs = Date.now();
        setTimeout(() => {
          tell({ kind: 'call', state: 'closed', token, atMs });
        }, 10);
      }
    },
  };
}

// Said by undici itself once the last byte of an answer is here, so that nothing of ours lies in between.
const answered = z.object({ request: z.object({ path: z.string() }) });
diagnostics.subscribe('undici:request:trailers', (message) => {
  if (answered.safeParse(message).data?.request.path === '/v2/oauth/token/') answeredAt = process.hrtime.bigint();
});

process.on('message', (raw) => {
  const message = toWorker.parse(raw);
  if (message.kind === 'go') go.resolve(undefined);
  if (message.kind === 'release') release.resolve(undefined);
  if (message.kind !== 'arm') return;
  armed = message;
  tell({ kind: 'armed' });
});
// Whoever started it has gone: nobody is left to measure for.
process.on('disconnect', () => process.exit(0));

const bundle = z.object({ code: z.string(), sourceMap: z.string() });

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const settings = readSettings();
const { address, namespace } = settings.temporal;
const keyRing = parseKeyRing(settings.keyRing);
const dataConverter = createDataConverter(keyRing);
const pool = createPool({ databaseUrl: settings.databaseUrls.worker ?? '' });
pool.options.stream = () => new WatchedSocket(noteHandover);
const store = withSeam(createStore({ pool, keyRing }));
const [native, connection] = await Promise.all([
  NativeConnection.connect({ address }),
  Connection.connect({ address }),
]);
const redirectUri = new URL('/callback', settings.publicUrl).href;
const activities = createActivities({
  store,
  platforms: new Map([[platform.id, platform]]),
  network: withTold(createSimulatedNetwork(settings.simulatorUrl ?? '')),
  clock: systemClock,
  ...{ publicUrl: settings.publicUrl, redirectUri },
  keepers: createKeepers(new Client({ connection, namespace, dataConverter })),
  postNotice: () => Promise.resolve(),
});
const workers = await createWorkers({
  ...{ connection: native, namespace, activities, dataConverter },
  workflowBundle: bundle.parse(JSON.parse(readFileSync(process.env['BENCH_WORKFLOW_BUNDLE'] ?? '', 'utf8'))),
  platforms: [platform.id],
});
process.on('SIGTERM', () => {
  for (const worker of workers) worker.shutdown();
});
tell({ kind: 'loaded' });
await go.promise;
const running = Promise.all(workers.map((worker) => worker.run()));
tell({ kind: 'polling' });
await running;
process.exit(0);
