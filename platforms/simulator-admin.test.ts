import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSimulatedNetwork, type Network } from './network.ts';
import { seededRandom } from './simulator-secrets.ts';
import { startSimulators, type Simulators, type SimulatorsOptions } from './simulator-server.ts';
import { toy } from './simulator-toy.ts';
import type { Simulator } from './simulator.ts';

const served = z.object({ url: z.string(), body: z.string(), served: z.number(), now: z.string() });
const logged = z.array(z.looseObject({ host: z.string(), path: z.string(), status: z.number().nullable() }));

let directory: string;
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
  directory = mkdtempSync(path.join(tmpdir(), 'simulators-'));
  await start();
});

afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true });
});

describe('the admin API', () => {
  it('logs requests without the values that may be secret', async () => {
    await network.fetch('https://api.toy.example/token?access_token=canary1', {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'authorization_code', code: 'canary2', client_secret: 'canary3' }),
      headers: { authorization: 'Bearer canary4' },
    });
    const text = await (await admin('requests')).text();
    expect(text).not.toContain('canary');
    expect(simulators.requests.list({})[0]?.parameters).toEqual([
      ['access_token', '[redacted]'],
      ['grant_type', 'authorization_code'],
      ['code', '[redacted]'],
      ['client_secret', '[redacted]'],
    ]);
  });

  it('filters the log by host and path, and empties it', async () => {
    for (const name of ['a', 'b']) await call(`https://api.toy.example/${name}`);
    await call('https://www.toy.example/a');
    const found = logged.parse(await (await admin('requests?host=api.toy.example&path=/a')).json());
    expect(found).toMatchObject([{ host: 'api.toy.example', path: '/a', status: 200 }]);
    expect((await admin('requests', { method: 'DELETE' })).status).toBe(204);
    expect(await (await admin('requests')).json()).toEqual([]);
  });

  it('moves the clock, which the simulators and their Date header follow', async () => {
    await stop();
    await start({ clock: { now: () => new Date('2026-11-23T10:00:00Z') } });
    await post('clock', { advanceMs: 3_600_000 });
    expect(await (await admin('clock')).json()).toEqual({ now: '2026-11-23T11:00:00.000Z', offsetMs: 3_600_000 });
    const response = await network.fetch('https://api.toy.example/');
    expect(response.headers.get('date')).toBe('Mon, 23 Nov 2026 11:00:00 GMT');
    expect(served.parse(await response.json()).now).toBe('2026-11-23T11:00:00.000Z');
  });

  it('shows and sets what accounts are like, and the answers of the portal', async () => {
    expect(await (await post('accounts/toy', { served: 7 })).json()).toMatchObject({ served: 7 });
    expect(await (await admin('accounts/toy')).json()).toEqual({ served: 7 });
    expect(await (await admin('answers/toy')).json()).toMatchObject({ consent: { account: 'me' } });
  });

  it.each([
    ['accounts/toy', '{"served":"many"}', 'expected number'],
    ['accounts/nobody', '{}', "No simulator for 'nobody'. There are: toy."],
    ['clock', '{"advanceMs":0.5}', 'advanceMs'],
    ['clock', 'now', 'must be JSON'],
  ])('refuses bad input at %s: %s', async (place, body, reason) => {
    const response = await admin(place, { method: 'POST', body });
    expect([response.status, await response.text()]).toMatchObject([400, expect.stringContaining(reason)]);
  });

  it('refuses requests that a page of another origin sends', async () => {
    const foreign = await admin('clock', {
      method: 'POST',
      body: '{"advanceMs":1}',
      headers: { origin: 'https://evil.example' },
    });
    expect([foreign.status, simulators.clock.offsetMs]).toEqual([403, 0]);
    const own = await admin('clock', { method: 'POST', body: '{"advanceMs":1}', headers: { origin: simulators.url } });
    expect([own.status, simulators.clock.offsetMs]).toEqual([200, 1]);
  });

  it('cannot be reached under another name, so a rebound DNS name shows nothing', async () => {
    const response = await network.fetch(`https://evil.example:${simulators.port}/_simulator/answers/toy`);
    expect(response.status).toBe(599);
  });

  it('gives an overview', async () => {
    expect(await (await admin('')).json()).toMatchObject({ platforms: { toy: toy.hosts }, faults: 0, requests: 0 });
  });
});

describe('the state', () => {
  it('survives a restart, with the clock and what the simulators keep', async () => {
    const stateFile = path.join(directory, 'deeper', 'state.json');
    await stop();
    await start({ stateFile });
    await call('https://api.toy.example/');
    simulators.clock.advance(5_000);
    const answers = simulators.platforms.get('toy')?.answers();
    await stop();
    await start({ stateFile });
    expect((await call('https://api.toy.example/')).served).toBe(2);
    expect(simulators.clock.offsetMs).toBe(5_000);
    expect(simulators.platforms.get('toy')?.answers()).toEqual(answers);
  });

  it('is on disk 50 ms after an answer, for its owner only', async () => {
    const stateFile = path.join(directory, 'state.json');
    await stop();
    await start({ stateFile });
    await call('https://api.toy.example/');
    await delay(50);
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ 'platform toy': { served: 1 } });
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
  });

  it('of another version is refused by name', async () => {
    const stateFile = path.join(directory, 'state.json');
    await stop();
    await start({ stateFile });
    const changed: Simulator = {
      ...toy,
      create: (surroundings) => {
        surroundings.memory.keep(z.strictObject({ other: z.string() }), () => ({ other: '' }));
        return toy.create(surroundings);
      },
    };
    await expect(startSimulators({ port: 0, stateFile, simulators: [changed] })).rejects.toThrow(
      /state\.json.*Delete it/,
    );
  });

  it('differs from one environment to another, unless the randomness is seeded', async () => {
    const first = simulators.platforms.get('toy')?.answers();
    await stop();
    await start();
    expect(simulators.platforms.get('toy')?.answers()).not.toEqual(first);
    await stop();
    await start({ random: seededRandom('one') });
    const seeded = simulators.platforms.get('toy')?.answers();
    await stop();
    await start({ random: seededRandom('one') });
    expect(simulators.platforms.get('toy')?.answers()).toEqual(seeded);
  });
});
