import type { OnboardingState, ReviewDecision } from '../../model/onboarding.ts';
import type { OnboardingKey, StepJudgement } from '../sdk/orchestration.ts';
import { untilOpened } from './give-step.ts';
import { untilMoved, type WalkParts } from './walk-onboarding.ts';

const patienceMs = 30_000;

/**
 * Tells the onboarding what the reviewers said at a review step, and waits until it has taken that. `pending`: it had not
 * when the patience was over.
 */
export async function decideReview(
  parts: Pick<WalkParts, 'orchestration' | 'decideReview'>,
  key: OnboardingKey,
  { step, decision }: { readonly step: string; readonly decision: ReviewDecision },
): Promise<StepJudgement> {
  const before = await untilOpened(parts.orchestration, key, patienceMs);
  const waiting = before.waitingFor?.step;
  if (waiting?.id !== step || waiting.kind !== 'review') {
    return { outcome: 'refused', refusal: { step, field: null, remedy: notInReview(before, step) } };
  }
  await parts.decideReview(key, decision);
  const after = await untilMoved(parts, key, before, patienceMs);
  if (after === null) return { outcome: 'pending' };
  const { refusal } = after;
  if (refusal !== null && refusal.at !== before.refusal?.at) return { outcome: 'refused', refusal };
  return { outcome: 'done', state: after };
}

function notInReview({ waitingFor, platform }: OnboardingState, step: string): { cause: string; remedy: string } {
  const now = waitingFor === null ? 'nothing is waited for' : `"${waitingFor.step.id}" (${waitingFor.step.title}) is`;
  return {
    cause: `No decision on "${step}" is waited for now: ${now}.`,
    remedy: `See what is waited for: connector onboarding ${platform}`,
  };
}
