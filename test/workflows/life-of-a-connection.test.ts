import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OnboardingKey } from '../../client/sdk/orchestration.ts';
import type { ConnectionFacts } from '../../model/connection.ts';
import { keeperId } from '../../model/temporal-names.ts';
import { connectionState, refreshNow, revoke } from '../../workflows/messages.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { settled, walkPortal } from './walk.ts';

let service: Service;

beforeAll(async () => {
  // Not encrypted: that is the second wall, and here the first one is looked at.
  service = await startService('real', undefined, { encrypted: false });
}, 120_000);

afterAll(() => service.close());

/** A connection of its own owner, with its keeper. */
async function connect(owner: string): Promise<{ facts: ConnectionFacts; keeper: WorkflowHandle }> {
  const key: OnboardingKey = { owner, platform: 'youtube', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const atConsent = await walkPortal(service, key);
  await service.consent(atConsent.waitingFor?.consentLink ?? '');
  const { connectionId } = await settled(service, key);
  const facts = await factsOf(connectionId ?? '');
  return { facts, keeper: service.temporal.client.workflow.getHandle(keeperId(facts.id)) };
}

async function factsOf(id: string): Promise<ConnectionFacts> {
  const facts = await service.store.connections.facts(id);
  if (facts === null) throw new Error(`There is no connection ${id}.`);
  return facts;
}

const google = (): ReturnType<typeof simulator> => simulator();

function simulator() {
  const youtube = service.simulators.platforms.get('youtube');
  if (youtube === undefined) throw new Error('There is no simulator of YouTube.');
  return youtube;
}

test('tokens of a few seconds are refreshed in a row, each before the last one ends', async () => {
  google().setAccounts({ tokenLifetimeSeconds: 4 });
  const { facts, keeper } = await connect('short-lived');
  await expect
    .poll(async () => (await keeper.query(connectionState)).refreshes, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(3);
  const { recent } = await keeper.query(connectionState);
  expect(recent.every(({ outcome }) => outcome === 'refreshed')).toBe(true);
  expect(Date.parse((await factsOf(facts.id)).expiresAt ?? '')).toBeGreaterThan(Date.now());
  google().setAccounts({ tokenLifetimeSeconds: 3600 });
  await keeper.executeUpdate(refreshNow, { args: [{}] });
});

test('a grant that was revoked at Google opens one task, and a new consent brings the same row back', async () => {
  const { facts, keeper } = await connect('revoked-there');
  const before = await service.store.connections.load(facts.id);
  const body = new URLSearchParams({ token: before?.credentials['refresh_token'] ?? '' });
  await service.network.fetch('https://oauth2.googleapis.com/revoke', { method: 'POST', body });
  const answer = await keeper.executeUpdate(refreshNow, { args: [{}] });
  expect(answer).toMatchObject({ outcome: 'failed' });
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  expect(await factsOf(facts.id)).toMatchObject({ status: 'needs_consent', statusReason: 'invalid_grant' });
  const tasks = await service.store.tasks.list({ owner: 'revoked-there' });
  expect(tasks).toHaveLength(1);

  const page = await service.consent(tasks[0]?.link ?? '');
  expect(page.status).toBe(200);
  await expect.poll(async () => (await factsOf(facts.id)).status, { timeout: 10_000 }).toBe('active');
  expect(await service.store.tasks.list({ owner: 'revoked-there' })).toHaveLength(0);
  await expect.poll(async () => (await keeper.query(connectionState)).status).toBe('active');
  expect((await keeper.executeUpdate(refreshNow, { args: [{}] })).outcome).toBe('refreshed');
});

test('an answer that is lost on its way is asked for again, and nothing is lost', async () => {
  const { facts, keeper } = await connect('dropped');
  service.simulators.faults.add({ host: 'oauth2.googleapis.com', path: '/token', drop: 'after', times: 1 });
  expect((await keeper.executeUpdate(refreshNow, { args: [{}] })).outcome).toBe('failed');
  expect((await factsOf(facts.id)).status).toBe('active');
  expect((await keeper.executeUpdate(refreshNow, { args: [{}] })).outcome).toBe('refreshed');
  expect((await keeper.query(connectionState)).failuresInARow).toBe(0);
});

test('disconnecting ends the grant at Google, erases every secret and ends the keeper', async () => {
  const { facts, keeper } = await connect('disconnected');
  const before = await service.store.connections.load(facts.id);
  await keeper.signal(revoke);
  await keeper.result();
  const { rows } = await service.database.admin.query<{ credentials: object; status: string }>(
    'select credentials, status from connector.platform_connections where id = $1',
    [facts.id],
  );
  expect(rows[0]?.status).toBe('revoked');
  expect(JSON.stringify(rows[0]?.credentials)).not.toContain('sealed:');
  const token = before?.credentials['access_token'] ?? '';
  const info = await service.network.fetch(`https://oauth2.googleapis.com/tokeninfo?access_token=${token}`);
  expect(info.status).toBe(400);
});

test('the keeper of a live connection that has none is started by reconcile', async () => {
  const { facts, keeper } = await connect('lost-keeper');
  await keeper.terminate('lost');
  const run = { taskQueue: 'connector', workflowId: `reconcile-${facts.id}` };
  const started = async (): Promise<string> => {
    await service.temporal.client.workflow.execute('reconcile', run);
    return (await keeper.describe()).status.name;
  };
  // Temporal's index of running workflows lags by a moment.
  await expect.poll(started, { timeout: 10_000 }).toBe('RUNNING');
});

test('no token, secret or code stands in any history', async () => {
  const { facts } = await connect('searched');
  const loaded = await service.store.connections.load(facts.id);
  const secrets = ['client_secret', 'access_token', 'refresh_token'].map((name) => loaded?.credentials[name] ?? '');
  const texts: string[] = [];
  for await (const { workflowId, runId } of service.temporal.client.workflow.list()) {
    texts.push(await payloadsOf(workflowId, runId));
  }
  const text = texts.join('\n');
  expect(text.includes(facts.id)).toBe(true);
  expect(secrets.filter((secret) => secret === '' || text.includes(secret))).toEqual([]);
  expect(/ya29\.[\w-]{16,}|1\/\/[\w-]{16,}|4\/0A[\w-]{16,}|GOCSPX-[\w-]{12,}/.exec(text)?.[0]).toBeUndefined();
});

/** The payloads of a history as text: JSON.stringify shows them in base64. */
async function payloadsOf(workflowId: string, runId: string): Promise<string> {
  const history = await service.temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString());
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(history);
  return texts.join('\n');
}
