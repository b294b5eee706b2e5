import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleContentSchema } from '../../client/cli/bundle/bundle-content.ts';
import { importBundle } from '../../client/cli/bundle/import-bundle.ts';
import { importPlain, plainSchema } from '../../client/cli/bundle/import-plain.ts';
import type { Imported } from '../../client/cli/bundle/imported.ts';
import { sealBundle, type SealedBundle } from '../../client/cli/bundle/sealed-bundle.ts';
import { keeperId, workflowQueue } from '../../model/temporal-names.ts';
import { followKeyRing } from '../../store/index.ts';
import type { StoredConnection } from '../../store/store.ts';
import { connectionState, refreshNow } from '../../workflows/messages.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { newKey } from '../store.ts';
import { settled, walkPortal } from './walk.ts';

const passphrase = 'correct horse battery';
let ring = [newKey('k1')];
let service: Service;
let connected: StoredConnection;

beforeAll(async () => {
  service = await startService('real', undefined, { keyRing: followKeyRing(() => ring) });
}, 120_000);
afterAll(() => service.close());

beforeEach(async () => {
  const key = { owner: `owner-${Math.random().toString(36).slice(2)}`, platform: 'youtube', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const atConsent = await walkPortal(service, key);
  await service.consent(atConsent.waitingFor?.consentLink ?? '');
  const { connectionId } = await settled(service, key);
  const loaded = await service.store.connections.load(connectionId ?? '');
  if (loaded === null) throw new Error('Nothing was connected.');
  connected = loaded;
});

const session = (): Parameters<typeof importPlain>[0] => ({
  store: service.store,
  platforms: () => Promise.resolve([...service.platforms.values()]),
  settings: { publicUrl: 'http://localhost:8422' },
});

async function exported(): Promise<SealedBundle> {
  const { copies } = await service.store.copies.take();
  const content = bundleContentSchema.parse({ environment: 'test', connections: copies });
  return sealBundle(JSON.stringify(content), passphrase, new Date());
}

/** As an environment is before its first connection, with a key ring of its own. */
async function loseEverything(): Promise<void> {
  await service.database.admin.query('delete from connector.platform_connections');
  await keeperOf(connected.facts.id).terminate();
  ring = [newKey('other')];
}

function keeperOf(id: string): WorkflowHandle {
  return service.temporal.client.workflow.getHandle(keeperId(id));
}

async function importPlainly(file: unknown, owner: string): Promise<Imported[]> {
  return importPlain(session(), service.network, { entries: plainSchema.parse(file), owner });
}

test('an export brings connections back under other keys, and their keepers refresh them', async () => {
  const bundle = await exported();
  await loseEverything();
  await expect(importBundle(session(), bundle, 'a wrong one')).rejects.toThrow('The passphrase does not open');
  const { id, owner } = connected.facts;
  expect(await importBundle(session(), bundle, passphrase)).toMatchObject([
    { outcome: 'imported', connectionId: id, owner },
  ]);
  expect(await importBundle(session(), bundle, passphrase)).toMatchObject([{ outcome: 'present' }]);
  expect((await service.store.connections.load(id))?.credentials).toEqual(connected.credentials);

  const { client } = service.temporal;
  await client.workflow.execute('reconcile', { workflowId: 'reconcile', taskQueue: workflowQueue, args: [] });
  const answer = await keeperOf(id).executeUpdate(refreshNow, { args: [{}] });
  expect(answer).toMatchObject({ outcome: 'refreshed' });
  expect(await keeperOf(id).query(connectionState)).toMatchObject({ status: 'active', refreshes: 1 });
});

test('credentials that a program had are proved and become a connection like any other', async () => {
  const { client_id, client_secret, refresh_token } = connected.credentials;
  const file = { platform: 'youtube', credentials: { client_id, client_secret, refresh_token, token_expiry: null } };
  const [imported] = await importPlainly(file, 'imported');
  expect(imported).toMatchObject({ outcome: 'imported', owner: 'imported', account: connected.facts.accountName });
  const row = await service.store.connections.load(imported?.connectionId ?? '');
  expect(row?.facts).toMatchObject({ status: 'active', accountId: connected.facts.accountId });
  expect(Date.parse(row?.facts.expiresAt ?? '')).toBeGreaterThan(Date.now());
  expect(row?.facts.scopes.length).toBeGreaterThan(0);
  expect(row?.credentials['access_token']).toBeDefined();
  expect(await importPlainly([file], 'imported')).toMatchObject([{ outcome: 'updated', connectionId: row?.facts.id }]);
});

test('credentials that do not work are refused with cause and remedy, and nothing of them is kept', async () => {
  const { credentials } = connected;
  const before = await service.store.connections.list();
  const dead = { ...credentials, refresh_token: '1//made-up-and-refused' };
  const incomplete = { ...credentials, client_secret: '' };
  const imported = await importPlainly(
    [dead, incomplete].map((one) => ({ platform: 'youtube', credentials: one })),
    'refused',
  );
  expect(imported.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  expect(imported[0]?.why?.cause).toMatch(/refresh token/);
  expect(imported[1]?.why?.cause).toMatch(/client_secret/);
  expect(imported[1]?.why?.remedy).toMatch(/Add it to the file/);
  expect(JSON.stringify(imported)).not.toContain('made-up');
  expect(await service.store.connections.list()).toEqual(before);
});
