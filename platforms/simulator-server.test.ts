import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSimulatedNetwork, type Network } from './network.ts';
import { startSimulators, type Simulators, type SimulatorsOptions } from './simulator-server.ts';
import { toy } from './simulator-toy.ts';

const served = z.object({ url: z.string(), body: z.string(), served: z.number(), now: z.string() });

let simulators: Simulators;
let network: Network;

async function start(options: Partial<SimulatorsOptions> = {}): Promise<void> {
  simulators = await startSimulators({ port: 0, simulators: [toy], ...options });
  network = createSimulatedNetwork(simulators.url);
}

async function stop(): Promise<void> {
  await network.close();
  await simulators.close();
}

function admin(pathname: string, init?: RequestInit): Promise<Response> {
  return fetch(`${simulators.url}/_simulator/${pathname}`, init);
}

function post(pathname: string, body: unknown): Promise<Response> {
  return admin(pathname, { method: 'POST', body: JSON.stringify(body) });
}

async function call(url: string): Promise<z.infer<typeof served>> {
  return served.parse(await (await network.fetch(url)).json());
}

beforeEach(async () => {
  await start();
});

afterEach(async () => {
  await stop();
});

describe('routing', () => {
  it('serves a host under its real URL', async () => {
    expect((await call('https://api.toy.example/a%20b?c=d&c=e')).url).toBe('https://api.toy.example/a%20b?c=d&c=e');
  });

  it('passes a body on, byte for byte', async () => {
    const body = 'ä=ü&\u0000';
    const response = await network.fetch('https://api.toy.example/', { method: 'POST', body });
    expect(served.parse(await response.json()).body).toBe(body);
  });

  it('answers an unknown host with 599 and says so, without the query', async () => {
    const warned: unknown[] = [];
    await stop();
    await start({ warn: (event) => warned.push(event) });
    const response = await network.fetch('https://graph.facebook.example/me?access_token=canary');
    expect(response.status).toBe(599);
    expect(warned).toEqual([{ event: 'unknown_host', host: 'graph.facebook.example', path: '/me' }]);
    expect(simulators.requests.list({})).toMatchObject([{ host: 'graph.facebook.example', path: '/me', status: 599 }]);
  });

  it('answers an unknown host with 599 in a browser too', async () => {
    expect((await fetch(`${simulators.url}/evil.example/x`)).status).toBe(599);
  });

  it('is reached by a browser through the first segment of the path', async () => {
    const url = network.browserUrl(new URL('https://www.toy.example/page?q=1'));
    expect(served.parse(await (await fetch(url)).json()).url).toBe('https://www.toy.example/page?q=1');
  });

  it('keeps a browser among the simulators when it is redirected to another simulated host', async () => {
    const response = await fetch(`${simulators.url}/www.toy.example/login`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe('/api.toy.example/home?x=1');
  });

  it('lets a redirect to the callback pass', async () => {
    const response = await fetch(`${simulators.url}/www.toy.example/leave`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe('http://localhost:8422/callback?code=c');
  });

  it('leaves redirects alone for a client that swaps the socket', async () => {
    const response = await network.fetch('https://www.toy.example/login', { redirect: 'manual' });
    expect(response.headers.get('location')).toBe('https://api.toy.example/home?x=1');
  });

  it('does not take a path that starts with two slashes for another host', async () => {
    expect((await call('https://api.toy.example//evil.example/x')).url).toBe('https://api.toy.example//evil.example/x');
  });

  it('tells of a simulator that failed instead of hiding it', async () => {
    const response = await network.fetch('https://api.toy.example/broken');
    expect([response.status, await response.text()]).toMatchObject([500, expect.stringContaining('a bug')]);
  });

  it('refuses to start when two simulators answer for one host', async () => {
    await expect(startSimulators({ port: 0, simulators: [toy, { ...toy, platform: 'twin' }] })).rejects.toThrow(
      'Two simulators answer for api.toy.example',
    );
  });

  it('listens on the loopback only', async () => {
    expect(simulators.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const refused = await new Promise((resolve) => {
      const socket = net.connect(simulators.port, '::1');
      socket.once('error', () => resolve(true));
      socket.once('connect', () => resolve(false));
    });
    expect(refused).toBe(true);
  });
});

describe('faults', () => {
  it('drops a connection before the platform sees the request', async () => {
    expect((await post('faults', { host: 'api.toy.example', drop: 'before' })).status).toBe(201);
    await expect(network.fetch('https://api.toy.example/')).rejects.toThrow();
    expect((await call('https://api.toy.example/')).served).toBe(1);
  });

  it('drops a connection after the platform acted on the request', async () => {
    await post('faults', { host: 'api.toy.example', drop: 'after' });
    await expect(network.fetch('https://api.toy.example/')).rejects.toThrow();
    expect((await call('https://api.toy.example/')).served).toBe(2);
    expect(simulators.requests.list({}).map(({ status, fault }) => [status, fault])).toEqual([
      [null, true],
      [200, false],
    ]);
  });

  it('answers in the platform’s stead, as often as asked for', async () => {
    await post('faults', { host: 'api.toy.example', path: '/x', status: 503, body: '<html>', times: 2 });
    const statuses = [];
    for (const name of ['x', 'y', 'x', 'x'])
      statuses.push((await network.fetch(`https://api.toy.example/${name}`)).status);
    expect(statuses).toEqual([503, 200, 503, 200]);
  });

  it('sends a body that is no text as JSON, with headers', async () => {
    const fault = { host: 'api.toy.example', status: 429, body: { error: 'slow' }, headers: { 'retry-after': '7' } };
    await post('faults', fault);
    const response = await network.fetch('https://api.toy.example/');
    expect([response.headers.get('retry-after'), await response.json()]).toEqual(['7', { error: 'slow' }]);
  });

  it('meets the beginning of a path that ends in a star, and a method', async () => {
    await post('faults', { host: 'api.toy.example', path: '/v2/*', method: 'post', status: 500 });
    expect((await network.fetch('https://api.toy.example/v2/me')).status).toBe(200);
    expect((await network.fetch('https://api.toy.example/v2/me', { method: 'POST' })).status).toBe(500);
  });

  it('delays an answer', async () => {
    await post('faults', { host: 'api.toy.example', delayMs: 80 });
    const started = performance.now();
    await call('https://api.toy.example/');
    expect(performance.now() - started).toBeGreaterThan(75);
  });

  it('can be listed and taken back', async () => {
    await post('faults', { host: 'api.toy.example', status: 500, times: 3 });
    await network.fetch('https://api.toy.example/');
    expect(await (await admin('faults')).json()).toMatchObject([{ host: 'api.toy.example', times: 2 }]);
    await admin('faults', { method: 'DELETE' });
    expect((await network.fetch('https://api.toy.example/')).status).toBe(200);
  });

  it.each([
    [{ host: 'nobody.example', status: 500 }, 'No simulator answers for this host'],
    [{ host: 'api.toy.example' }, 'at least one of status'],
    [{ host: 'api.toy.example', status: 500, drop: 'after' }, 'either answers'],
    [{ host: 'api.toy.example', drop: 'sometimes' }, 'drop'],
    [{ host: 'api.toy.example', status: 500, tiems: 2 }, 'tiems'],
  ])('refuses %j with a reason', async (fault, reason) => {
    const response = await post('faults', fault);
    expect([response.status, await response.text()]).toMatchObject([400, expect.stringContaining(reason)]);
  });
});
