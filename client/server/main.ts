import { once } from 'node:events';
import { keyRingReader } from '../../infra/environment/key-ring-reader.ts';
import { readSettings } from '../../infra/environment/settings.ts';
import { loadPlatforms } from '../../platforms/load.ts';
import { systemClock } from '../../platforms/network.ts';
import { followKeyRing } from '../../store/index.ts';
import { createPayloadCodec } from '../../store/payload-codec.ts';
import { createConnector } from '../sdk/connector.ts';
import { networkOf } from '../sdk/index.ts';
import { openOrchestration } from '../sdk/open-orchestration.ts';
import { openStore } from '../sdk/open-store.ts';
import { createApp } from './app.ts';
import { digestKeys } from './known-keys.ts';
import { ended, listen } from './listen.ts';
import { createLog } from './log.ts';

/** The server process. Says `{"ready":true}` in its output once it listens; ends in order on SIGTERM. */
async function main(): Promise<void> {
  // The keys themselves are forgotten here: their digests are enough to know them by.
  const { apiKeys, ...others } = readSettings();
  const settings = { ...others, apiKeys: [] };
  const environmentKeys = digestKeys(apiKeys);
  const log = createLog();
  const store = openStore(settings);
  const network = networkOf(settings);
  const orchestration = openOrchestration(settings);
  const platforms = await loadPlatforms();
  const connector = createConnector({
    store,
    platforms,
    network,
    publicUrl: settings.publicUrl,
    orchestration: () => Promise.resolve(orchestration),
    refreshesInline: settings.databaseUrls.worker !== null,
  });
  const payloadCodec = createPayloadCodec(followKeyRing(keyRingReader(settings)));
  const shared = { settings, store, platforms, connector, orchestration, network, payloadCodec };
  const app = createApp({ ...shared, environmentKeys, clock: systemClock, log });
  const server = await listen(settings.listen, app.fetch, log);
  log.info({ url: settings.publicUrl, environment: settings.environment }, 'listening');
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);

  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await ended(server);
  await connector.close();
  await Promise.all([store.close(), network.close(), orchestration.close()]);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// Pools and timers of a start that failed half-way must not keep the process.
process.exit();
