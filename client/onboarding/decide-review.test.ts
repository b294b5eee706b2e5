import { expect, test } from 'vitest';
import type { OnboardingState, ReviewDecision, ReviewProgress } from '../../model/onboarding.ts';
import type { ReviewStep } from '../../model/portal-step.ts';
import { fakeOrchestration } from '../../test/clients.ts';
import { describeOnboarding } from '../cli/describe-onboarding.ts';
import type { Io } from '../cli/io.ts';
import { decideReview } from './decide-review.ts';

const key = { owner: 'default', platform: 'tiktok', label: 'main' };
const step: ReviewStep = {
  ...{ kind: 'review', id: 'app-review', title: 'App review', instructions: ['Press Submit'] },
  ...{ link: 'https://developers.tiktok.com/apps', remindAfterDays: 14 },
  pack: [{ title: 'Scopes', items: [`video.publish: ${'a person presses Publish, '.repeat(8)}then it is public`] }],
};
const submitted: ReviewProgress = { phase: 'submitted', submittedAt: '2026-11-20T00:00:00.000Z', rejections: [] };
const rejected: ReviewProgress = {
  ...{ phase: 'to_submit', submittedAt: submitted.submittedAt },
  rejections: [{ at: '2026-11-23T00:00:00.000Z', reason: 'The video shows no upload.' }],
};

function stateOf(review: ReviewProgress | null): OnboardingState {
  const { kind, id, title } = step;
  const since = '2026-11-01T00:00:00.000Z';
  const none = { until: null, consentLink: null, options: null, known: [], because: null };
  return {
    ...{ onboardingId: 'onboarding/default/tiktok/main', connectionId: 'c', ...key, status: 'running', refusal: null },
    waitingFor: { step, since, ...none, review },
    steps: [{ kind, id, title, state: 'waiting', doneAt: null }],
  };
}

/** An onboarding that takes a signal some looks after it was sent. */
function slowWorkflow(after: OnboardingState): { parts: Parameters<typeof decideReview>[0]; told: ReviewDecision[] } {
  const told: ReviewDecision[] = [];
  let looks = 0;
  const onboardingState = (): Promise<OnboardingState> => {
    looks += told.length;
    return Promise.resolve(looks > 3 ? after : stateOf(submitted));
  };
  const decide = (_key: unknown, decision: ReviewDecision): Promise<void> => Promise.resolve(void told.push(decision));
  return { parts: { orchestration: fakeOrchestration({ onboardingState }), decideReview: decide }, told };
}

test('the state after a decision is the one in which the workflow has taken it', async () => {
  const { parts, told } = slowWorkflow(stateOf(rejected));
  const decision = { decision: 'rejected', reason: 'The video shows no upload.' } as const;
  const judgement = await decideReview(parts, key, { step: 'app-review', decision });
  expect(judgement).toMatchObject({ outcome: 'done', state: { waitingFor: { review: rejected } } });
  expect(told).toEqual([decision]);
});

test('a refusal of the platform is told', async () => {
  const remedy = { cause: 'TikTok still shows it in review.', remedy: 'Look again tomorrow.' };
  const refusal = { step: 'app-review', field: null, remedy, at: '2026-11-23T00:00:00.000Z' };
  const { parts } = slowWorkflow({ ...stateOf(submitted), refusal });
  const judgement = await decideReview(parts, key, { step: 'app-review', decision: { decision: 'approved' } });
  expect(judgement).toMatchObject({ outcome: 'refused', refusal: { remedy } });
});

test('a decision on a step that is not waited for is not sent', async () => {
  const { parts, told } = slowWorkflow(stateOf(submitted));
  const judgement = await decideReview(parts, key, { step: 'posting-audit', decision: { decision: 'approved' } });
  expect(judgement.outcome === 'refused' && judgement.refusal.remedy.cause).toContain('app-review');
  expect(told).toEqual([]);
});

test('a person reads why it was rejected, what to hand in, and which command comes next', () => {
  const io: Io = {
    ...{ env: {}, isTerminal: false, canAsk: false, out: () => undefined, err: () => undefined },
    readInput: () => Promise.resolve(''),
  };
  const context = { io, env: { CONNECTOR_ENV: 'live' } };
  const told = describeOnboarding(stateOf(rejected), context, { withPack: true });
  expect(told).toContain('Rejected on 2026-11-23: The video shows no upload.');
  expect(told).toContain('\nScopes\n  – video.publish: a person');
  expect(told).toContain('When it is handed in: connector done tiktok app-review --env live');
  expect(Math.max(...told.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(describeOnboarding(stateOf(rejected), context)).toContain('connector onboarding tiktok --env live');
  const waiting = describeOnboarding(stateOf(submitted), { io, env: {} });
  expect(waiting).toContain('connector done tiktok app-review --decision approved\n');
});
