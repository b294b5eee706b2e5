import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { keyRingReader } from '../infra/environment/key-ring-reader.ts';
import { readSettings } from '../infra/environment/settings.ts';
import { temporalOptions } from '../infra/environment/temporal-options.ts';
import { urlForNode } from '../infra/postgres-tls.ts';
import { loadPlatforms } from '../platforms/load.ts';
import { createNetwork, createSimulatedNetwork, systemClock } from '../platforms/network.ts';
import { createDataConverter } from '../store/data-converter.ts';
import { createStore, followKeyRing } from '../store/index.ts';
import { bundleWorkflows, createWorkers } from './create-workers.ts';
import { createKeepers } from './keepers.ts';
import { createNoticePoster, createNotices, readWebhookSettings } from './notices.ts';
import { ensureReconcileSchedule } from './reconcile-schedule.ts';

/** The worker process. Says `{"ready":true}` on its output once it polls; ends in order on SIGTERM. */
async function main(): Promise<void> {
  const settings = readSettings();
  const { address, namespace } = settings.temporal;
  const webhook = readWebhookSettings(process.env);
  const databaseUrl = settings.databaseUrls.worker;
  if (databaseUrl === null) throw new Error('The worker has no database: set DATABASE_URL_WORKER, or run `npm start`.');

  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const platforms = await loadPlatforms();
  const keyRing = followKeyRing(keyRingReader(settings));
  const store = createStore({ connection: { databaseUrl: urlForNode(databaseUrl) }, keyRing });
  const network = settings.simulatorUrl === null ? createNetwork() : createSimulatedNetwork(settings.simulatorUrl);
  const [workflowBundle, native, connection] = await Promise.all([
    bundleWorkflows(),
    NativeConnection.connect(temporalOptions(address)),
    Connection.connect(temporalOptions(address)),
  ]);
  const dataConverter = createDataConverter(keyRing);
  const client = new Client({ connection, namespace, dataConverter });
  const activities = createActivities({
    store,
    platforms: new Map(platforms.map((platform) => [platform.id, platform])),
    network,
    clock: systemClock,
    publicUrl: settings.publicUrl,
    redirectUri: new URL('/callback', settings.publicUrl).href,
    keepers: createKeepers(client),
    ...(webhook === null ? {} : { notices: createNotices(client) }),
    postNotice: webhook === null ? noWebhook : createNoticePoster(webhook),
  });
  const ids = platforms.map((platform) => platform.id);
  const plan = { connection: native, namespace, activities, workflowBundle, dataConverter, platforms: ids };
  const workers = await createWorkers(plan);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      for (const worker of workers) worker.shutdown();
    });
  }
  const running = Promise.all(workers.map((worker) => worker.run()));
  await ensureReconcileSchedule(client);
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  await running;
  await Promise.all([connection.close(), native.close(), store.close(), network.close()]);
}

/** Notices of a time when there was a webhook are dropped. */
function noWebhook(): Promise<void> {
  return Promise.resolve();
}

await main();
