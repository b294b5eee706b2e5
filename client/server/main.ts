import { once } from 'node:events';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { keyRingReader } from '../../infra/environment/key-ring-reader.ts';
import { readSettings } from '../../infra/environment/settings.ts';
import type { Settings } from '../../infra/environment/settings.ts';
import { loadPlatforms } from '../../platforms/load.ts';
import { systemClock } from '../../platforms/network.ts';
import { followKeyRing } from '../../store/index.ts';
import { createPayloadCodec } from '../../store/payload-codec.ts';
import { createConnector } from '../sdk/connector.ts';
import { networkOf } from '../sdk/index.ts';
import { openOrchestration } from '../sdk/open-orchestration.ts';
import { openStore } from '../sdk/open-store.ts';
import { createApp } from './app.ts';
import { createLog } from './log.ts';

/** How long requests under way may take to end after SIGTERM. */
const endPatienceMs = 6_000;

/** The server process. Says `{"ready":true}` in its output once it listens; ends in order on SIGTERM. */
async function main(): Promise<void> {
  const settings = readSettings();
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
  const server = await listen(settings, createApp({ ...shared, clock: systemClock, log }).fetch);
  log.info({ url: settings.publicUrl, environment: settings.environment }, 'listening');
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);

  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await ended(server);
  await connector.close();
  await Promise.all([store.close(), network.close(), orchestration.close()]);
}

/** Throws, with the setting to change, when the port is taken. */
async function listen(
  { listen: { host, port } }: Settings,
  fetch: Parameters<typeof serve>[0]['fetch'],
): Promise<ServerType> {
  const server = serve({ fetch, hostname: host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    const isBusy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isBusy) throw error;
    const what = `Port ${port} of ${host} is taken by another program. End it, or set CONNECTOR_PORT to a free one.`;
    throw new Error(what, { cause: error });
  }
  return server;
}

async function ended(server: ServerType): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  // Kept-alive connections without a request would hold the process up.
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const cutOff = setTimeout(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, endPatienceMs);
  await closed;
  clearTimeout(cutOff);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// Pools and timers of a start that failed half-way must not keep the process.
process.exit();
