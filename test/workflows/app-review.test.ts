import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OnboardingKey } from '../../client/sdk/orchestration.ts';
import type { OnboardingState } from '../../model/onboarding.ts';
import { keeperId, onboardingId } from '../../model/temporal-names.ts';
import { appReviewDecided, portalStepDone, refreshNow } from '../../workflows/messages.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { walkToEnd } from './walk.ts';

let service: Service;

beforeAll(async () => {
  service = await startService('skipping');
}, 120_000);

afterAll(() => service.close());

const days = 24 * 3_600_000;

/** A TikTok connection of its own owner, in its interim mode, with the review open. */
async function atReview(
  owner: string,
): Promise<{ key: OnboardingKey; workflow: WorkflowHandle; state: OnboardingState }> {
  const key = { owner, platform: 'tiktok', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const state = await walkToEnd(service, key);
  return { key, state, workflow: service.temporal.client.workflow.getHandle(onboardingId(key)) };
}

async function tasksOf(owner: string): Promise<readonly string[]> {
  return (await service.store.tasks.list({ owner })).map(({ title, why }) => `${title}: ${why}`);
}

const state = ({ key }: { key: OnboardingKey }): Promise<OnboardingState> => service.orchestration.onboardingState(key);

test('the connection works in its interim mode from day one, and the pack to hand in is ready', async () => {
  const { state: waiting } = await atReview('interim');
  expect(waiting.waitingFor?.step.kind).toBe('review');
  const step = waiting.waitingFor?.step;
  expect(step?.kind === 'review' && step.pack.length).toBeGreaterThan(2);
  const [facts] = await service.store.connections.list({ owner: 'interim' });
  expect(facts).toMatchObject({ status: 'active', mode: 'manual' });
  await expect.poll(() => tasksOf('interim')).toHaveLength(1);
});

test('a rejection puts its reason into the inbox and opens resubmission', async () => {
  const review = await atReview('rejected');
  const step = review.state.waitingFor?.step.id ?? '';
  await review.workflow.signal(portalStepDone, { step });
  await expect.poll(() => tasksOf('rejected')).toHaveLength(0);
  await review.workflow.signal(appReviewDecided, { decision: 'rejected', reason: 'The video shows no upload.' });
  await expect.poll(() => tasksOf('rejected')).toHaveLength(1);
  expect((await tasksOf('rejected'))[0]).toContain('The video shows no upload.');
  const reopened = await state(review);
  expect(reopened.waitingFor?.review).toMatchObject({
    phase: 'to_submit',
    rejections: [{ reason: 'The video shows no upload.' }],
  });
  await review.workflow.signal(portalStepDone, { step });
  await expect.poll(async () => (await state(review)).waitingFor?.review?.phase).toBe('submitted');
});

test('reviewers who are silent for weeks are noticed', async () => {
  const review = await atReview('silent');
  await review.workflow.signal(portalStepDone, { step: review.state.waitingFor?.step.id ?? '' });
  await expect.poll(() => tasksOf('silent')).toHaveLength(0);
  await service.temporal.sleep(20 * days);
  expect((await tasksOf('silent'))[0]).toContain('no answer for');
});

test('an approval promotes the same connection to production credentials', async () => {
  const review = await atReview('approved');
  const [before] = await service.store.connections.list({ owner: 'approved' });
  await review.workflow.signal(portalStepDone, { step: review.state.waitingFor?.step.id ?? '' });
  service.simulators.platforms.get('tiktok')?.setAccounts({ review: 'approved' });
  await review.workflow.signal(appReviewDecided, { decision: 'approved' });
  await expect.poll(async () => (await state(review)).waitingFor?.step.kind, { timeout: 10_000 }).toBe('portal');
  const promoted = await walkToEnd(service, review.key);
  expect(promoted.waitingFor?.step.kind).toBe('review');
  const [after] = await service.store.connections.list({ owner: 'approved' });
  expect(after?.id).toBe(before?.id);
  expect(after).toMatchObject({ status: 'active', mode: 'restricted' });
});

test('a grant that dies while the review runs is renewed by consent, and the review goes on', async () => {
  service.simulators.platforms.get('tiktok')?.setAccounts({ review: 'none' });
  const review = await atReview('renewed');
  const { connectionId } = review.state;
  const loaded = await service.store.connections.load(connectionId ?? '');
  const { client_key = '', client_secret = '', access_token: token = '' } = loaded?.credentials ?? {};
  const body = new URLSearchParams({ client_key, client_secret, token });
  await service.network.fetch('https://open.tiktokapis.com/v2/oauth/revoke/', { method: 'POST', body });
  const keeper = service.temporal.client.workflow.getHandle(keeperId(connectionId ?? ''));
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  expect((await service.store.connections.facts(connectionId ?? ''))?.status).toBe('needs_consent');
  const page = await service.consent(`http://localhost:8422/consent/${connectionId ?? ''}`, { account: 'creator' });
  expect(page.status).toBe(200);
  await expect.poll(async () => (await service.store.connections.facts(connectionId ?? ''))?.status).toBe('active');
  expect((await state(review)).waitingFor?.step.kind).toBe('review');
});
