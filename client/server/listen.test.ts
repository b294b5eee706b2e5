import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectionLimits, ended, listen } from './listen.ts';

const warnings: object[] = [];
const log = { warn: (facts: object) => void warnings.push(facts) };
const limits = {
  ...{ headersMs: 400, requestMs: 800, keepAliveMs: 400, silenceMs: 1_200, checkMs: 50 },
  ...{ headerBytes: 4_096, connections: 30 },
};
const large = 'x'.repeat(64 * 1024 * 1024);

let server: Awaited<ReturnType<typeof listen>>;
let port: number;
let clients: Socket[];

beforeEach(async () => {
  clients = [];
  const answer = async (request: Request): Promise<Response> => {
    if (request.url.endsWith('/large')) return new Response(large);
    return new Response(request.method === 'POST' ? await request.text() : 'served');
  };
  server = await listen({ host: '127.0.0.1', port: 0 }, answer, log, limits);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  port = address.port;
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await ended(server);
});

interface Client {
  readonly socket: Socket;
  readonly said: () => string;
  /** How long it took until the server closed the connection. */
  readonly closedAfterMs: Promise<number>;
}

/** A connection that sends `text` one byte at a time; the interval 0 sends it at once. */
function dribble(text: string, everyMs = 20): Client {
  const socket = connect(port, '127.0.0.1');
  clients.push(socket);
  let said = '';
  const startedMs = performance.now();
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closedAfterMs = new Promise<number>((resolve) => {
    socket.on('close', () => {
      resolve(performance.now() - startedMs);
    });
  });
  void sendSlowly(socket, text, everyMs);
  return { socket, said: () => said, closedAfterMs };
}

async function sendSlowly(socket: Socket, text: string, everyMs: number): Promise<void> {
  if (everyMs === 0) {
    socket.write(text);
    return;
  }
  for (const byte of Buffer.from(text)) {
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
    await sleep(everyMs);
  }
}

const openConnections = (): Promise<number> =>
  new Promise((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count);
    });
  });

const isServed = async (): Promise<boolean> => (await (await fetch(`http://127.0.0.1:${port}/`)).text()) === 'served';

const endless = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'a'.repeat(2_000)}`;

test('whoever dribbles his headers is cut off, while others are served', async () => {
  const slow = Array.from({ length: 20 }, () => dribble(endless));
  await sleep(100);
  for (let times = 0; times < 10; times += 1) expect(await isServed()).toBe(true);
  for (const { closedAfterMs, said } of slow) {
    expect(await closedAfterMs).toBeLessThan(1_500);
    expect(said()).toMatch(/^HTTP\/1.1 408 /);
  }
});

test('whoever dribbles his body is cut off, while others are served', async () => {
  const slow = Array.from({ length: 10 }, () => {
    const client = dribble('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n', 0);
    void sendSlowly(client.socket, 'b'.repeat(500), 20);
    return client;
  });
  await sleep(100);
  expect(await isServed()).toBe(true);
  for (const { closedAfterMs } of slow) expect(await closedAfterMs).toBeLessThan(2_000);
});

test('whoever connects and says nothing is cut off, and so is whoever has nothing more to ask', async () => {
  const silent = dribble('');
  const idle = dribble('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 0);
  expect(await silent.closedAfterMs).toBeLessThan(1_500);
  expect(await idle.closedAfterMs).toBeLessThan(2_500);
  expect(idle.said()).toContain('served');
});

test('whoever does not read his answer is cut off', async () => {
  const client = dribble('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n', 0);
  client.socket.pause();
  await expect.poll(openConnections).toBe(1);
  await expect.poll(openConnections, { timeout: 5_000 }).toBe(0);
});

test('headers without end are refused as soon as they are too long', async () => {
  const client = dribble(`GET / HTTP/1.1\r\nX-Long: ${'a'.repeat(8_000)}`, 0);
  expect(await client.closedAfterMs).toBeLessThan(1_000);
  expect(client.said()).toMatch(/^HTTP\/1.1 431 /);
});

test('however many connections are held, the server says so once and serves again when they are cut off', async () => {
  const slow = Array.from({ length: 40 }, () => dribble(endless));
  await Promise.all(slow.map(({ closedAfterMs }) => closedAfterMs));
  expect(warnings).toEqual([{ connections: 30 }]);
  expect(await isServed()).toBe(true);
});

test('the limits of the real server leave time to clients that are slow by nature, and none to others', () => {
  expect(connectionLimits.headersMs).toBeLessThanOrEqual(connectionLimits.requestMs);
  expect(connectionLimits.requestMs).toBeLessThanOrEqual(30_000);
  // Proxies keep idle connections for a minute.
  expect(connectionLimits.keepAliveMs).toBeGreaterThan(60_000);
});
