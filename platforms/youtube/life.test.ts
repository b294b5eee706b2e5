import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Credentials, Grant } from '../../model/credentials.ts';
import { findStep } from '../find-step.ts';
import { createSimulatedNetwork, type Network } from '../network.ts';
import { createVerifier } from '../oauth.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { visitConsentPage, type ConsentVisit } from '../simulated-person.ts';
import { startSimulators, type Simulators } from '../simulator-server.ts';
import type { RunningSimulator } from '../simulator.ts';
import { youtubeClient } from './client.ts';
import { platform } from './index.ts';
import { simulator } from './simulator/index.ts';

const redirectUri = 'http://localhost:8422/callback';
const dayMs = 24 * 60 * 60 * 1000;

let simulators: Simulators;
let google: RunningSimulator;
let network: Network;
/** What a connection holds, as the activities would keep it. */
let kept: { credentials: Credentials; scopes: readonly string[]; grants: Grant[] };

beforeEach(async () => {
  simulators = await startSimulators({ port: 0, simulators: [simulator], redirectUri });
  google = simulators.platforms.get('youtube')!;
  network = createSimulatedNetwork(simulators.url);
  kept = { credentials: { ...google.answers().steps['client'] }, scopes: [], grants: [] };
});
afterEach(async () => {
  await network.close();
  await simulators.close();
});

function context(): PlatformContext {
  return { network, clock: simulators.clock, redirectUri, scopes: kept.scopes };
}

function keep(grant: Grant | undefined): void {
  if (grant === undefined) return;
  kept.credentials = { ...kept.credentials, ...grant.credentials };
  kept.scopes = grant.scopes ?? kept.scopes;
  kept.grants.push(grant);
}

async function verifyClient(changes: Credentials = {}): Promise<StepResult> {
  return findStep(platform, 'portal', 'client').verify!({ ...kept.credentials, ...changes }, {}, context());
}

async function consent(visit: ConsentVisit = {}): Promise<StepResult> {
  const step = findStep(platform, 'consent', 'consent');
  const verifier = createVerifier();
  const link = step.authorizationUrl({ credentials: kept.credentials, state: 'state', verifier }, context());
  const callback = (url: URL, init: RequestInit): Promise<Response> =>
    url.href.startsWith(redirectUri) ? Promise.resolve(new Response('Thank you.')) : fetch(url, init);
  const { searchParams } = new URL((await visitConsentPage(link, { ...visit, fetch: callback })).url);
  expect(searchParams.get('state')).toBe('state');
  const code = searchParams.get('code');
  if (code === null) return { outcome: step.refused(searchParams) };
  const result = await step.exchange({ credentials: kept.credentials, code, verifier }, context());
  keep(result.save);
  return result;
}

async function run(id: string): Promise<StepResult> {
  const result = await findStep(platform, 'automatic', id).run(kept.credentials, context());
  keep(result.save);
  return result;
}

const refresh = (): Promise<Grant> => platform.refresh(kept.credentials, context());

describe('onboarding at the simulated Google', () => {
  it('goes from a client to a channel, and the token works', async () => {
    expect((await verifyClient()).outcome.outcome).toBe('done');
    expect((await consent()).outcome.outcome).toBe('done');
    expect((await run('scopes')).outcome.outcome).toBe('done');
    expect((await run('channel')).outcome.outcome).toBe('done');
    expect(kept.grants.at(-1)?.account?.name).toBe('Creator Channel');
    expect(kept.grants[0]?.mode).toEqual({ mode: 'live', reason: null });
    expect(Object.keys(kept.credentials).sort()).toEqual([...platform.shape].sort());
    expect(platform.capabilities(kept.scopes, kept.credentials)).toEqual(['post', 'read']);

    const youtube = youtubeClient({
      getAccessToken: () => Promise.resolve(kept.credentials['access_token']!),
      network,
    });
    const { data } = await youtube.channels.list({ part: ['snippet'], mine: true });
    expect(data.items?.[0]?.snippet?.title).toBe('Creator Channel');
  });

  it('tells a wrong secret from a deleted client', async () => {
    expect((await verifyClient({ client_secret: 'wrong' })).outcome).toMatchObject({ outcome: 'refused' });
    google.setAccounts({ clientDeleted: true });
    expect((await verifyClient()).outcome).toMatchObject({ outcome: 'refused', field: 'client_id' });
  });

  it('asks again for just the box that was left open, and then has both', async () => {
    await consent({ scopes: ['youtube.readonly'] });
    expect((await run('scopes')).outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    await consent();
    expect((await run('scopes')).outcome.outcome).toBe('done');
    expect(platform.capabilities(kept.scopes, kept.credentials).toSorted()).toEqual(['post', 'read']);
  });

  it('explains a person who cancels, an account without a channel, and an API that is off', async () => {
    expect((await consent({ approve: false })).outcome).toMatchObject({ outcome: 'refused' });
    google.setAccounts({ channel: null });
    await consent();
    expect((await run('channel')).outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    google.setAccounts({ apiEnabled: false });
    expect((await run('channel')).outcome).toMatchObject({ outcome: 'again', step: 'enable-api' });
  });

  it('cannot trade a code twice', async () => {
    const step = findStep(platform, 'consent', 'consent');
    const spent = { credentials: kept.credentials, code: '4/0Aspent', verifier: createVerifier() };
    expect((await step.exchange(spent, context())).outcome).toMatchObject({ outcome: 'again', step: 'consent' });
  });
});

describe('life at the simulated Google', () => {
  it('goes on for a year of monthly refreshes', async () => {
    await consent();
    for (let month = 0; month < 12; month += 1) {
      simulators.clock.advance(30 * dayMs);
      const grant = await refresh();
      keep(grant);
      expect(Date.parse(grant.expiresAt!) - simulators.clock.now().getTime()).toBeGreaterThan(3_500_000);
    }
    expect((await platform.probe(kept.credentials, context())).scopes).toHaveLength(2);
  });

  it('of an app in Testing ends when the connection said that it would', async () => {
    google.setAccounts({ publishingStatus: 'testing', testUsers: ['creator'] });
    await consent();
    const [grant] = kept.grants;
    expect(grant?.mode?.mode).toBe('restricted');
    const leftMs = Date.parse(grant!.refreshExpiresAt!) - simulators.clock.now().getTime();
    simulators.clock.advance(leftMs - 60_000);
    keep(await refresh());
    expect(
      Math.abs(Date.parse(kept.grants.at(-1)!.refreshExpiresAt!) - Date.parse(grant!.refreshExpiresAt!)),
    ).toBeLessThan(2_000);
    simulators.clock.advance(120_000);
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent', code: 'invalid_grant' } });
  });

  it('is mended by another consent after the person removed the access', async () => {
    await consent();
    google.setAccounts({ removeAccessOf: ['creator'] });
    const dead = { failure: { kind: 'needs_consent' } };
    await expect(refresh()).rejects.toMatchObject(dead);
    await expect(platform.probe(kept.credentials, context())).rejects.toMatchObject(dead);
    expect((await consent()).outcome.outcome).toBe('done');
    expect(await refresh()).toHaveProperty('credentials.access_token');
  });

  it('needs the operator after the secret was replaced', async () => {
    await consent();
    google.setAccounts({ newClientSecret: true });
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'app_rejected', code: 'invalid_client' } });
  });

  it('survives an answer that got lost: the same refresh token is good for the next try', async () => {
    await consent();
    simulators.faults.add({ host: 'oauth2.googleapis.com', path: '/token', drop: 'after' });
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'transient', code: 'ECONNRESET' } });
    expect(await refresh()).toHaveProperty('credentials.access_token');
  });

  it('ends for good, twice without complaint', async () => {
    await consent();
    await platform.revoke(kept.credentials, context());
    await platform.revoke(kept.credentials, context());
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });

  it('posts until the bucket is empty and then waits until midnight Pacific time', async () => {
    await consent();
    google.setAccounts({ uploadsUsedToday: 100 });
    const youtube = youtubeClient({
      getAccessToken: () => Promise.resolve(kept.credentials['access_token']!),
      network,
    });
    const requestBody = { snippet: { title: 'A' }, status: { privacyStatus: 'private' } };
    const media = { mimeType: 'video/mp4', body: 'bytes' };
    const error: unknown = await youtube.videos
      .insert({ part: ['snippet', 'status'], requestBody, media })
      .catch((thrown: unknown) => thrown);
    expect(platform.diagnose(error, new Date('2026-11-23T12:00:00.000Z'))).toMatchObject({
      kind: 'rate_limited',
      code: 'rateLimitExceeded',
      retryAt: '2026-11-24T08:00:00.000Z',
    });
  });
});
