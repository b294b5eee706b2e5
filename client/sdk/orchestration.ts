import type { ConnectionFacts } from '../../model/connection.ts';
import type { OnboardingRequest, OnboardingState, Refusal, StepDone } from '../../model/onboarding.ts';
import type { RefreshAnswer } from '../../workflows/messages.ts';

/** Which onboarding is meant; one can run at a time for each. */
export type OnboardingKey = Pick<OnboardingRequest, 'owner' | 'platform' | 'label'>;

/** What became of a step: judged right, judged wrong, or not judged yet when the patience was over. */
export type StepJudgement =
  | { readonly outcome: 'done'; readonly state: OnboardingState }
  | { readonly outcome: 'refused'; readonly refusal: Omit<Refusal, 'at'> }
  | { readonly outcome: 'pending' };

/** What clients ask of Temporal. All of it throws TemporalUnreachableError, and NoWorkflowError where that can be. */
export interface Orchestration {
  /** Asks the keeper of a connection for a refresh; calls with one `updateId` cost one refresh. */
  refresh(request: { connectionId: string; updateId: string; seenVersion?: number }): Promise<RefreshAnswer>;
  /** Starts an onboarding, or finds the one that runs. */
  startOnboarding(request: OnboardingRequest): Promise<void>;
  onboardingState(key: OnboardingKey): Promise<OnboardingState>;
  /** Hands a step in and waits for its judgement, `patienceMs` at most. */
  completeStep(key: OnboardingKey, done: StepDone, patienceMs: number): Promise<StepJudgement>;
  /** Ends an onboarding that nobody will finish; its pending row is deleted. */
  abandonOnboarding(key: OnboardingKey): Promise<void>;
  /** Ends the grant at the platform and erases the secrets. */
  revoke(connection: Pick<ConnectionFacts, 'id' | 'platform' | 'owner'>): Promise<void>;
  /** Whether Temporal answers, and whether a worker listens to it. Never throws. */
  health(): Promise<{ readonly temporal: 'up' | 'down'; readonly worker: 'up' | 'down' | 'unknown' }>;
  close(): Promise<void>;
}

/** Temporal did not answer in time, or no worker did. */
export class TemporalUnreachableError extends Error {
  override readonly name = 'TemporalUnreachableError';

  constructor(act: string, options?: ErrorOptions) {
    super(`Temporal or its worker did not answer: ${act} was not done. See that both run: connector doctor.`, options);
  }
}

/** There is no such workflow: it was never started, or it has ended. */
export class NoWorkflowError extends Error {
  override readonly name = 'NoWorkflowError';
  readonly workflowId: string;

  constructor(workflowId: string, options?: ErrorOptions) {
    super(`No workflow ${workflowId} runs.`, options);
    this.workflowId = workflowId;
  }
}
