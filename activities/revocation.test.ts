import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Credentials } from '../model/credentials.ts';
import { createNetwork, systemClock } from '../platforms/network.ts';
import type { Network } from '../platforms/network.ts';
import type { Platform } from '../platforms/platform.ts';
import { openConnection, storedSecrets } from '../test/clients.ts';
import { createCountingPlatform } from '../test/counting-platform.ts';
import { createTestStore, type TestStore } from '../test/store.ts';
import { createActivities, type ActivityDependencies } from './index.ts';
import { refreshConnection } from './refresh-connection.ts';
import { saveUnsaved } from './save-unsaved.ts';

let tested: TestStore;
let network: Network;
let ended: Credentials[];
/** What happens while the platform is told to end a grant. */
let meanwhile: () => Promise<unknown>;
beforeAll(async () => {
  tested = await createTestStore();
  network = createNetwork();
});
afterAll(async () => {
  await network.close();
  await tested.close();
});
beforeEach(() => {
  ended = [];
  meanwhile = () => Promise.resolve();
});

const base = createCountingPlatform(0).platform;
const platform: Platform = {
  ...base,
  revoke: async (credentials) => {
    ended.push(credentials);
    await meanwhile();
  },
};

function dependenciesOn(given: Platform): ActivityDependencies {
  const publicUrl = 'http://localhost:8422';
  return {
    ...{ store: tested.store, platforms: new Map([[given.id, given]]), network, clock: systemClock },
    ...{ publicUrl, redirectUri: `${publicUrl}/callback` },
    keepers: {
      reconnected: () => Promise.resolve(),
      ensure: () => Promise.resolve(false),
      running: () => Promise.resolve(new Set<string>()),
    },
    postNotice: () => Promise.resolve(),
  };
}

test('a revocation ends at the platform also what a refresh brought while it was under way', async () => {
  const dependencies = dependenciesOn(platform);
  const { id: connectionId } = await openConnection(tested.store, platform);
  meanwhile = async () => {
    if (ended.length === 1) await refreshConnection(dependencies, { connectionId, force: true });
  };
  const { revokeConnection } = createActivities(dependencies);
  await new MockActivityEnvironment().run(revokeConnection, { connectionId });
  expect(ended.map(({ refresh_token }) => refresh_token)).toEqual([
    storedSecrets.refresh_token,
    expect.stringMatching(/^refreshed-refresh-/),
  ]);
  expect((await tested.store.connections.load(connectionId))?.credentials['refresh_token']).toBeUndefined();
  expect((await tested.store.connections.facts(connectionId))?.status).toBe('revoked');
});

test('an answer that Postgres could not take is ended when its connection was revoked until it could', async () => {
  const dependencies = dependenciesOn(platform);
  const { id: connectionId } = await openConnection(tested.store, platform);
  const save = (): Promise<never> => Promise.reject(new Error('Postgres is away.'));
  const away = { ...tested.store, refreshes: { ...tested.store.refreshes, save } };
  const outcome = await refreshConnection({ ...dependencies, store: away }, { connectionId, force: true });
  if (outcome.outcome !== 'unsaved') throw new Error(`The refresh was ${outcome.outcome}.`);
  await tested.store.connections.revoke(connectionId, 'disconnected');
  expect(await saveUnsaved(dependencies, outcome.unsaved)).toBeNull();
  const token: unknown = expect.stringMatching(/^refreshed-refresh-/);
  expect(ended).toMatchObject([{ refresh_token: token, client_secret: storedSecrets.client_secret }]);
});

test('a grant is ended when its connection is revoked before it can be saved', async () => {
  const { store } = tested;
  const { id: connectionId } = await openConnection(store, platform);
  const credentials = { access_token: 'granted-access', refresh_token: 'granted-refresh' };
  const steps = platform.steps.map((step) =>
    step.kind === 'consent'
      ? {
          ...step,
          exchange: async () => {
            await store.connections.revoke(connectionId, 'disconnected');
            return { outcome: { outcome: 'done' as const }, save: { credentials } };
          },
        }
      : step,
  );
  const request = { state: 'state', browser: 'browser' };
  const redirectUri = 'http://localhost:8422/callback';
  const given = { ...request, connectionId, verifier: 'verifier', redirectUri, lifetimeMs: 60_000 };
  const consentRequestId = await store.consentRequests.create(given);
  await store.consentRequests.spend({ ...request, code: 'code' });
  const { completeConsent } = createActivities(dependenciesOn({ ...platform, steps }));
  const act = { connectionId, step: 'consent', consentRequestId };
  expect(await new MockActivityEnvironment().run(completeConsent, act)).toMatchObject({ outcome: 'refused' });
  expect(ended).toMatchObject([{ ...credentials, client_secret: storedSecrets.client_secret }]);
});
