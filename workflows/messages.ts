import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { KeeperState } from '../model/keeper.ts';
import type { OnboardingState, ReviewDecision, StepDone } from '../model/onboarding.ts';

/** A person is done with a step; refused values show in `onboardingState`. The twin of `completeStep` without an answer. */
export const portalStepDone = defineSignal<[StepDone]>('portalStepDone');

/** Judges a step and answers with the state after it; rejected with type `StepRefused` when the value is wrong. */
export const completeStep = defineUpdate<OnboardingState, [StepDone]>('completeStep');

export const appReviewDecided = defineSignal<[ReviewDecision]>('appReviewDecided');

/** Ends an onboarding that nobody will finish; its pending row is deleted. */
export const abandon = defineSignal('abandon');

export const onboardingState = defineQuery<OnboardingState>('onboardingState');

/** The connection has new credentials: read it again, and start over with refreshing. */
export const reconnected = defineSignal('reconnected');

/** Ends the grant at the platform and erases the secrets; the keeper ends. */
export const revoke = defineSignal('revoke');

/** No refresh and no probe of its own accord until `resume`; `refreshNow` still works. */
export const pause = defineSignal('pause');
export const resume = defineSignal('resume');

/**
 * Begins a new history as soon as nothing is under way: the old one is encrypted with a key that shall go. Understood by
 * keepers and onboardings.
 */
export const startAnew = defineSignal('startAnew');

/** Asks for a refresh. `seenVersion`: only if the row still has that version, so that a storm costs one call. */
export interface RefreshNow {
  readonly seenVersion?: number;
}

/** What `refreshNow` answers. */
export interface RefreshAnswer {
  readonly outcome: 'refreshed' | 'not_due' | 'held' | 'gone' | 'failed';
  readonly expiresAt: string | null;
  readonly cause: string | null;
  readonly remedy: string | null;
}

export const refreshNow = defineUpdate<RefreshAnswer, [RefreshNow]>('refreshNow');

export const connectionState = defineQuery<KeeperState>('connectionState');
