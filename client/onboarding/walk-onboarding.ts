import { setTimeout as sleep } from 'node:timers/promises';
import type { OnboardingState, Refusal, ReviewDecision, WaitingFor } from '../../model/onboarding.ts';
import type { OnboardingKey, StepJudgement } from '../sdk/orchestration.ts';
import { giveStep, type OnboardingParts, type StepAnswer } from './give-step.ts';

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
      else await untilMoved(parts, key, state, null);
      continue;
    }
    if (move.move === 'decide') await parts.decideReview(key, move.decision);
    const moved = await untilMoved(parts, key, state, move.move === 'wait' ? move.timeoutMs : 30_000);
    if (!moved) return { end: 'stopped', state, why: nothingHappened(waiting) };
    walker.done?.(waiting.step.id);
  }
}

/** Waits while the connector works by itself: opening, automatic steps, looking up what can be chosen, the last proof. */
async function untilPersonNeeded(parts: OnboardingParts, key: OnboardingKey): Promise<OnboardingState> {
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    const state = await parts.orchestration.onboardingState(key);
    if (state.status !== 'running' || isForPerson(state)) return state;
    await sleep(pauseMs);
  }
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

/** True once the onboarding waits for something else, or has something new to say; false when time is over. */
async function untilMoved(
  parts: OnboardingParts,
  key: OnboardingKey,
  before: OnboardingState,
  timeoutMs: number | null,
): Promise<boolean> {
  const deadline = timeoutMs === null ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    const now = await parts.orchestration.onboardingState(key);
    const isMoved =
      now.status !== 'running' ||
      now.waitingFor?.step.id !== before.waitingFor?.step.id ||
      now.waitingFor?.since !== before.waitingFor?.since ||
      now.refusal?.at !== before.refusal?.at;
    if (isMoved) return true;
    if (Date.now() > deadline) return false;
    await sleep(pauseMs);
  }
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
