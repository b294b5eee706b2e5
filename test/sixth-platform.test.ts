import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { keeperId } from '../model/temporal-names.ts';
import type { loadPlatforms } from '../platforms/load.ts';
import type { discoverSimulators } from '../platforms/simulator-discovery.ts';
import { refreshNow } from '../workflows/messages.ts';
import { startService } from './service.ts';
import type { GivenPlatforms, Service } from './service.ts';
import { settled, walkPortal } from './workflows/walk.ts';

const root = join(import.meta.dirname, '..');
let copy: string;
let service: Service;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'connector-sixth-'));
  await Promise.all([
    cp(join(root, 'platforms'), join(copy, 'platforms'), { recursive: true }),
    cp(join(root, 'model'), join(copy, 'model'), { recursive: true }),
    cp(join(root, 'package.json'), join(copy, 'package.json')),
    symlink(join(root, 'node_modules'), join(copy, 'node_modules')),
  ]);
  await addFolder();
  service = await startService('real', await platformsOfCopy());
}, 120_000);

afterAll(async () => {
  await service.close();
  await rm(copy, { recursive: true, force: true });
});

/** The one thing that is done to add a platform. */
async function addFolder(): Promise<void> {
  const folder = join(copy, 'platforms/sixth');
  await cp(join(import.meta.dirname, 'sixth-platform'), folder, { recursive: true });
  // It lies two folders deep here and one there.
  for (const file of ['index.ts', 'simulator/index.ts']) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll('../platforms/', ''));
  }
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
const loader = z.object({ loadPlatforms: z.custom<typeof loadPlatforms>(isFunction) });
const discovery = z.object({ discoverSimulators: z.custom<typeof discoverSimulators>(isFunction) });

async function platformsOfCopy(): Promise<GivenPlatforms> {
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(copy, 'platforms', file)).href);
  const { loadPlatforms } = loader.parse(await load('load.ts'));
  const { discoverSimulators } = discovery.parse(await load('simulator-discovery.ts'));
  const [platforms, simulators] = await Promise.all([loadPlatforms(), discoverSimulators()]);
  return { platforms, simulators };
}

test('a sixth platform is one folder: it is walked, connected and refreshed like the others', async () => {
  const key = { owner: 'default', platform: 'sixth', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const atConsent = await walkPortal(service, key);
  const page = await service.consent(atConsent.waitingFor?.consentLink ?? '');
  expect(page.status).toBe(200);
  const { connectionId, status } = await settled(service, key);
  expect(status).toBe('completed');
  const before = await service.store.connections.load(connectionId ?? '');
  const keeper = service.temporal.client.workflow.getHandle(keeperId(connectionId ?? ''));
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  const after = await service.store.connections.load(connectionId ?? '');
  expect(after?.facts.status).toBe('active');
  expect(after?.credentials['refresh_token']).not.toBe(before?.credentials['refresh_token']);
});
