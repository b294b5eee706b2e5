import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OnboardingState } from '../../model/onboarding.ts';
import { onboardingId } from '../../model/temporal-names.ts';
import type { OnboardingKey } from '../../client/sdk/orchestration.ts';
import { giveStep } from '../../client/onboarding/give-step.ts';
import { portalStepDone } from '../../workflows/messages.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { answersOf, settled, walkPortal } from './walk.ts';

let service: Service;

beforeAll(async () => {
  service = await startService('real');
}, 120_000);

afterAll(() => service.close());

const keyOf = (label: string): OnboardingKey => ({ owner: label, platform: 'youtube', label: 'main' });

/** An onboarding that stands at consent. */
async function atConsent(label: string): Promise<{ key: OnboardingKey; state: OnboardingState }> {
  const key = keyOf(label);
  await service.orchestration.startOnboarding(key);
  return { key, state: await walkPortal(service, key) };
}

function linkOf(state: OnboardingState): string {
  const link = state.waitingFor?.consentLink;
  if (link === null || link === undefined)
    throw new Error(`It waits for ${state.waitingFor?.step.id ?? 'nothing'}, not for consent.`);
  return link;
}

test('a person walks the portal, agrees, and the connection is active with channel, scopes and expiry', async () => {
  const { key, state } = await atConsent('walks');
  const page = await service.consent(linkOf(state));
  expect(page.status).toBe(200);
  const end = await settled(service, key);
  expect(end.status).toBe('completed');
  const [facts] = await service.store.connections.list({ owner: key.owner });
  expect(facts).toMatchObject({ status: 'active', mode: 'live', accountName: 'Creator Channel', id: end.connectionId });
  expect(facts?.scopes).toHaveLength(2);
  expect(Date.parse(facts?.expiresAt ?? '')).toBeGreaterThan(Date.now());
  expect(Date.parse(facts?.nextRefreshAt ?? '')).toBeGreaterThan(Date.now());
  expect(service.notices.map(({ type }) => type)).toContain('connection.connected');
});

test('a wrong client secret is refused at once, with cause and remedy, and the step stays open', async () => {
  const key = keyOf('refused');
  await service.orchestration.startOnboarding(key);
  await walkPortal(service, key, { until: 'client' });
  const { steps } = answersOf(service, 'youtube');
  const values = { ...steps['client'], client_secret: 'GOCSPX-somebody-elses' };
  const judgement = await giveStep({ ...service, platforms: [...service.platforms.values()] }, key, {
    step: 'client',
    values,
  });
  expect(judgement).toMatchObject({ outcome: 'refused' });
  const state = await service.orchestration.onboardingState(key);
  expect(state.waitingFor?.step.id).toBe('client');
  expect(state.refusal?.remedy.remedy).not.toBe('');
  expect((await walkPortal(service, key)).waitingFor?.step.id).toBe('consent');
});

test('a secret in a message is refused, because Temporal would keep it', async () => {
  const key = keyOf('secret-in-message');
  await service.orchestration.startOnboarding(key);
  await walkPortal(service, key, { until: 'client' });
  const values = { client_id: '1-a.apps.googleusercontent.com', client_secret: 'GOCSPX-leaked' };
  await service.temporal.client.workflow
    .getHandle(onboardingId(key))
    .signal(portalStepDone, { step: 'client', values });
  await expect
    .poll(async () => (await service.orchestration.onboardingState(key)).refusal?.field)
    .toBe('client_secret');
});

test('signals sent in a burst walk the steps as if each had been waited for', async () => {
  const key = keyOf('burst');
  await service.orchestration.startOnboarding(key);
  const workflow = service.temporal.client.workflow.getHandle(onboardingId(key));
  for (const step of ['project', 'enable-api', 'branding']) await workflow.signal(portalStepDone, { step });
  await workflow.signal(portalStepDone, { step: 'audience', values: { publishing_status: 'production' } });
  await expect
    .poll(async () => (await service.orchestration.onboardingState(key)).waitingFor?.step.id, { timeout: 10_000 })
    .toBe('data-access');
  await workflow.signal(portalStepDone, { step: 'consent' });
  await expect
    .poll(async () => (await service.orchestration.onboardingState(key)).refusal?.remedy.remedy)
    .toContain('data-access');
});

test('a missing upload scope is asked for again, with its consequence, and then the connection can post', async () => {
  const { key, state } = await atConsent('declined');
  const page = await service.consent(linkOf(state), { scopes: ['youtube.readonly'] });
  expect(page.text).toMatch(/upload/i);
  const again = await settled(service, key);
  expect(again.waitingFor?.step.id).toBe('consent');
  expect(again.waitingFor?.because?.cause).toMatch(/upload/i);
  await service.consent(linkOf(again));
  expect((await settled(service, key)).status).toBe('completed');
});

test('a second account of an owner takes over the app, so signals without values walk its portal', async () => {
  const owner = 'walks';
  const key: OnboardingKey = { owner, platform: 'youtube', label: 'second' };
  await service.orchestration.startOnboarding(key);
  const workflow = service.temporal.client.workflow.getHandle(onboardingId(key));
  for (const step of ['project', 'enable-api', 'branding', 'audience', 'data-access', 'client']) {
    await workflow.signal(portalStepDone, { step });
  }
  const state = await expectWaiting(key, 'consent');
  await service.consent(linkOf(state));
  await settled(service, key);
  // The same channel once more: its row lives on under its id, with the new credentials, and no second row appears.
  expect(await service.store.connections.list({ owner, statuses: ['active', 'pending'] })).toHaveLength(1);
});

test('a cancelled consent changes nothing and the page says what to do', async () => {
  const { key, state } = await atConsent('cancelled');
  const page = await service.consent(linkOf(state), { approve: false });
  expect(page.status).toBe(422);
  expect((await service.orchestration.onboardingState(key)).waitingFor?.step.id).toBe('consent');
});

test('an abandoned onboarding leaves no row behind', async () => {
  const { key } = await atConsent('abandoned');
  await service.orchestration.abandonOnboarding(key);
  await expect.poll(async () => (await service.orchestration.onboardingState(key)).status).toBe('abandoned');
  expect(await service.store.connections.list({ owner: key.owner })).toHaveLength(0);
});

async function expectWaiting(key: OnboardingKey, step: string): Promise<OnboardingState> {
  const waiting = async (): Promise<string | undefined> =>
    (await service.orchestration.onboardingState(key)).waitingFor?.step.id;
  await expect.poll(waiting, { timeout: 15_000 }).toBe(step);
  return service.orchestration.onboardingState(key);
}
