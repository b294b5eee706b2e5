import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Settings } from '../../infra/environment/settings.ts';

/** How long a client may take, and how much of the server he may hold. */
export interface ConnectionLimits {
  /** Until all headers are there, from the first moment of the connection. */
  readonly headersMs: number;
  /** Until the body is there as well. */
  readonly requestMs: number;
  /** Between two requests; longer than proxies keep an idle connection, so that none is cut as it is used again. */
  readonly keepAliveMs: number;
  /** Without a byte in either direction: somebody does not read his answer. */
  readonly silenceMs: number;
  /** How often the first two are looked after. */
  readonly checkMs: number;
  readonly headerBytes: number;
  readonly connections: number;
}

/** Generous to whoever is slow by nature: what is sent here fits into one packet or a few. */
export const connectionLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 20_000,
  keepAliveMs: 65_000,
  silenceMs: 90_000,
  checkMs: 1_000,
  headerBytes: 16 * 1024,
  connections: 1_000,
};

/** How long requests under way may take to end after SIGTERM. */
const endPatienceMs = 6_000;

/**
 * Listens, and cuts off who dribbles a request, sits on a connection or does not read his answer, so that he keeps nobody
 * else from being served. Throws, with the setting to change, when the port is taken.
 */
export async function listen(
  { host, port }: Settings['listen'],
  fetch: Parameters<typeof getRequestListener>[0],
  log: Pick<Logger, 'warn'>,
  limits: ConnectionLimits = connectionLimits,
): Promise<Server> {
  const answer = getRequestListener(fetch, { hostname: host });
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
      maxHeaderSize: limits.headerBytes,
    },
    (request, response) => void answer(request, response),
  );
  server.timeout = limits.silenceMs;
  server.maxConnections = limits.connections;
  sayWhenFull(server, log);
  server.listen(port, host);
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

/** Stops listening, and resolves when the requests under way have ended or had their time. */
export async function ended(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  // Kept-alive connections without a request would hold the process up.
  server.closeIdleConnections();
  const cutOff = setTimeout(() => {
    server.closeAllConnections();
  }, endPatienceMs);
  await closed;
  clearTimeout(cutOff);
}

/** Once a minute at most: a flood of connections is no reason for a flood of lines. */
function sayWhenFull(server: Server, log: Pick<Logger, 'warn'>): void {
  let saidMs = -Infinity;
  server.on('drop', () => {
    if (performance.now() - saidMs < 60_000) return;
    saidMs = performance.now();
    log.warn({ connections: server.maxConnections }, 'a connection too many is refused');
  });
}
