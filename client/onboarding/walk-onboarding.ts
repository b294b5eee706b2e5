import type { OnboardingState, Refusal, ReviewDecision, WaitingFor } from '../../model/onboarding.ts';
import type { OnboardingKey, StepJudgement } from '../sdk/orchestration.ts';
import { giveStep, type OnboardingParts, type StepAnswer } from './give-step.ts';
import { pollUntil } from './poll-until.ts';

/** What somebody does about the step that is waited for. */
export type Move =
  | { readonly move: 'give'; readonly answer: StepAnswer }
  | { readonly move: 'decide'; readonly decision: ReviewDecision }
  /** Something else moves it on, such as the callback: wait for that. */
  | { readonly move: 'wait'; readonly timeoutMs: number | null }
  | { readonly move: 'stop'; readonly why: Stop };

/** Why an onboarding is left as it is; it goes on whenever somebody takes it up again. */
export interface Stop {
  readonly kind: 'human_needed' | 'refused';
  readonly step: string;
  readonly cause: string;
  readonly remedy: string;
  readonly link: string | null;
}

/** Whoever walks: a person at a terminal, or a file with answers. */
export interface Walker {
  /** `refusal` is why the last act was refused; null when nothing was. */
  next(waiting: WaitingFor, refusal: Omit<Refusal, 'at'> | null, state: OnboardingState): Promise<Move>;
  /** Told when a step has been done. */
  done?(step: string): void;
}

/** How a walk ended. */
export type WalkEnd =
  | { readonly end: 'completed' | 'abandoned'; readonly state: OnboardingState }
  | { readonly end: 'stopped'; readonly state: OnboardingState; readonly why: Stop };

export interface WalkParts extends OnboardingParts {
  readonly decideReview: (key: OnboardingKey, decision: ReviewDecision) => Promise<void>;
}

/** Takes an onboarding from where it stands to its end, or to where the walker stops. */
export async function walkOnboarding(parts: WalkParts, key: OnboardingKey, walker: Walker): Promise<WalkEnd> {
  let refusal: Omit<Refusal, 'at'> | null = null;
  for (;;) {
    const state: OnboardingState = await untilPersonNeeded(parts, key);
    if (state.status !== 'running') return { end: state.status, state };
    const waiting = state.waitingFor;
    if (waiting === null) continue;
    const move = await walker.next(waiting, refusal ?? standingRefusal(state), state);
    if (move.move === 'stop') return { end: 'stopped', state, why: move.why };
    refusal = null;
    if (move.move === 'give') {
      const judgement: StepJudgement = await giveStep(parts, key, move.answer);
      if (judgement.outcome === 'refused') refusal = judgement.refusal;
      else if (judgement.outcome === 'done') walker.done?.(move.answer.step);
      else await untilMoved(parts, key, state, Number.POSITIVE_INFINITY);
      continue;
    }
    if (move.move === 'decide') await parts.decideReview(key, move.decision);
    const timeoutMs = move.move === 'decide' ? 30_000 : (move.timeoutMs ?? Number.POSITIVE_INFINITY);
    if ((await untilMoved(parts, key, state, timeoutMs)) === null)
      return { end: 'stopped', state, why: nothingHappened(waiting) };
    walker.done?.(waiting.step.id);
  }
}

/**
 * Waits while the connector works by itself: opening, automatic steps, looking up what can be chosen, the last proof. When
 * `patienceMs` is over, the state is the one that it has then.
 */
export function untilPersonNeeded(
  { orchestration }: Pick<OnboardingParts, 'orchestration'>,
  key: OnboardingKey,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<OnboardingState> {
  const isSo = (state: OnboardingState): boolean => state.status !== 'running' || isForPerson(state);
  return pollUntil(() => orchestration.onboardingState(key), isSo, patienceMs);
}

function isForPerson({ connectionId, waitingFor, refusal }: OnboardingState): boolean {
  if (connectionId === null || waitingFor === null) return false;
  const { step, options } = waitingFor;
  if (step.kind === 'automatic' || step.kind === 'activate') return refusal !== null && refusal.step === step.id;
  if (step.kind !== 'choice') return true;
  // A single option is taken without asking.
  const possible = options?.filter((option) => option.unavailable === undefined) ?? [];
  return options !== null && (possible.length !== 1 || refusal?.step === step.id);
}

function standingRefusal({ refusal, waitingFor }: OnboardingState): Refusal | null {
  return refusal !== null && refusal.step === waitingFor?.step.id ? refusal : null;
}

/** The state once the onboarding waits for something else, or has something new to say; null when time is over. */
export async function untilMoved(
  { orchestration }: Pick<OnboardingParts, 'orchestration'>,
  key: OnboardingKey,
  before: OnboardingState,
  patienceMs: number,
): Promise<OnboardingState | null> {
  const isMoved = (now: OnboardingState): boolean => now.status !== 'running' || markOf(now) !== markOf(before);
  const now = await pollUntil(() => orchestration.onboardingState(key), isMoved, patienceMs);
  return isMoved(now) ? now : null;
}

/** Changes with whatever is said: the step, its being open anew, a refusal, how far its review is. */
function markOf({ waitingFor, refusal }: OnboardingState): string {
  const { step, since, review = null } = waitingFor ?? {};
  return JSON.stringify([step?.id, since, refusal?.at, review?.phase, review?.submittedAt, review?.rejections.length]);
}

function nothingHappened({ step, consentLink }: WaitingFor): Stop {
  return {
    kind: 'human_needed',
    step: step.id,
    cause: `Nothing was heard about "${step.title}".`,
    remedy: consentLink === null ? 'Say that it is done.' : 'Open the link and agree there.',
    link: consentLink,
  };
}
