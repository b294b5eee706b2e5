import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleContentSchema } from '../../client/cli/bundle/bundle-content.ts';
import { importBundle } from '../../client/cli/bundle/import-bundle.ts';
import { importPlain, plainSchema } from '../../client/cli/bundle/import-plain.ts';
import { sealBundle } from '../../client/cli/bundle/sealed-bundle.ts';
import { keeperId, workflowQueue } from '../../model/temporal-names.ts';
import { followKeyRing } from '../../store/index.ts';
import { notePause } from '../../store/paused-connections.ts';
import type { StoredConnection } from '../../store/store.ts';
import { connectionState, refreshNow, resume } from '../../workflows/messages.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { newKey } from '../store.ts';
import { approveReview, walkToEnd } from './walk.ts';

/** Every platform, in every way in which its credentials can be. */
const kinds = [
  { name: 'facebook', platform: 'facebook', accounts: {} },
  { name: 'youtube', platform: 'youtube', accounts: {} },
  { name: 'X with signed calls', platform: 'twitter', accounts: { method: 'oauth1' } },
  { name: 'X with tokens', platform: 'twitter', accounts: { method: 'oauth2' } },
  { name: 'TikTok with tokens of two hours', platform: 'tiktok', accounts: { tokenProfile: '2h_180d' } },
  { name: 'TikTok with tokens of a day', platform: 'tiktok', accounts: { tokenProfile: '24h_365d' } },
  { name: 'TikTok after its review', platform: 'tiktok', accounts: {}, isReviewed: true },
] as const;

const passphrase = 'correct horse battery';
const connected = new Map<string, StoredConnection>();
let ring = [newKey('k1')];
let service: Service;

beforeAll(async () => {
  service = await startService('real', undefined, { keyRing: followKeyRing(() => ring) });
  for (const kind of kinds) connected.set(kind.name, await connect(kind));
}, 180_000);
afterAll(() => service.close());

async function connect(kind: (typeof kinds)[number]): Promise<StoredConnection> {
  const { platform } = kind;
  service.simulators.platforms.get(platform)?.setAccounts(kind.accounts);
  const key = { owner: kind.name.replaceAll(' ', '-'), platform, label: 'main' };
  await service.orchestration.startOnboarding(key);
  let state = await walkToEnd(service, key);
  if ('isReviewed' in kind) {
    await approveReview(service, key);
    state = await walkToEnd(service, key);
  }
  const loaded = await service.store.connections.load(state.connectionId ?? '');
  if (loaded === null) throw new Error(`${kind.name} was not connected.`);
  return loaded;
}

const session = (): Parameters<typeof importPlain>[0] => ({
  store: service.store,
  platforms: () => Promise.resolve([...service.platforms.values()]),
  settings: { publicUrl: 'http://localhost:8422' },
});

function keeperOf(id: string): WorkflowHandle {
  return service.temporal.client.workflow.getHandle(keeperId(id));
}

/** As an environment is before its first connection: no rows, no keepers, a key ring of its own. */
async function loseEverything(): Promise<void> {
  for (const { id } of await service.store.connections.list()) {
    await keeperOf(id)
      .terminate()
      .catch(() => undefined);
  }
  await service.database.admin.query('truncate connector.platform_connections, connector.connection_events cascade');
  ring = [newKey(`other-${String(Math.random()).slice(2)}`)];
}

async function startKeepers(): Promise<void> {
  const { client } = service.temporal;
  await client.workflow.execute('reconcile', { workflowId: 'reconcile', taskQueue: workflowQueue, args: [] });
}

/** The platform still takes what was brought back, and gives new tokens for it. */
async function expectRefreshes(id: string, platform: string): Promise<void> {
  const before = await service.store.connections.load(id);
  const { outcome } = await keeperOf(id).executeUpdate(refreshNow, { args: [{}] });
  const after = await service.store.connections.load(id);
  expect(after?.facts.status).toBe('active');
  const token = (stored: StoredConnection | null): string | null =>
    service.platforms.get(platform)?.refreshToken(stored?.credentials ?? {}) ?? null;
  if (token(before) === null) return;
  expect(outcome).toBe('refreshed');
  if (service.platforms.get(platform)?.refreshPolicy.kind === 'derived') return;
  expect(after?.credentials['access_token']).not.toBe(before?.credentials['access_token']);
}

describe('an export', () => {
  beforeAll(async () => {
    const paused = connected.get('X with tokens');
    if (paused === undefined) throw new Error('X was not connected.');
    await notePause(service.store, paused.facts, 'pause');
    const { copies } = await service.store.copies.take();
    const content = bundleContentSchema.parse({ environment: 'test', connections: copies });
    const bundle = await sealBundle(JSON.stringify(content), passphrase, new Date());
    await loseEverything();
    const imported = await importBundle(session(), bundle, passphrase);
    expect(imported.map(({ outcome }) => outcome)).toEqual(kinds.map(() => 'imported'));
    await startKeepers();
  }, 60_000);

  test.each(kinds)('brings back $name, and its keeper refreshes it', async ({ name, platform }) => {
    const { facts, credentials } = connected.get(name) ?? { facts: null, credentials: null };
    const id = facts?.id ?? '';
    expect((await service.store.connections.load(id))?.credentials).toEqual(credentials);
    await expectRefreshes(id, platform);
  });

  test('leaves paused what was paused, until a person resumes it', async () => {
    for (const [name, { facts }] of connected) {
      const isPaused = name === 'X with tokens';
      expect(await keeperOf(facts.id).query(connectionState), name).toMatchObject({ paused: isPaused });
    }
    const paused = keeperOf(connected.get('X with tokens')?.facts.id ?? '');
    await paused.signal(resume);
    expect(await paused.query(connectionState)).toMatchObject({ paused: false });
  });
});

describe('credentials in plain JSON', () => {
  const imported = new Map<string, string>();
  beforeAll(async () => {
    const stored = new Map<string, StoredConnection | null>();
    for (const [name, { facts }] of connected) stored.set(name, await service.store.connections.load(facts.id));
    await loseEverything();
    for (const { name, platform } of kinds) {
      const { credentials = {}, facts } = stored.get(name) ?? {};
      const { shape = [] } = service.platforms.get(platform) ?? {};
      const given = Object.fromEntries(Object.entries(credentials).filter(([field]) => shape.includes(field)));
      const entries = plainSchema.parse({ platform, credentials: given, scopes: facts?.scopes });
      const [one] = await importPlain(session(), service.network, { entries, owner: facts?.owner ?? '' });
      expect(one, `${name}: ${one?.why?.cause ?? ''}`).toMatchObject({ outcome: 'imported' });
      imported.set(name, one?.connectionId ?? '');
    }
    await startKeepers();
  }, 60_000);

  test.each(kinds)('of $name become a connection that its keeper refreshes', async ({ name, platform }) => {
    const id = imported.get(name) ?? '';
    expect(await service.store.connections.facts(id)).toMatchObject({
      status: 'active',
      accountId: connected.get(name)?.facts.accountId,
    });
    await expectRefreshes(id, platform);
  });
});
