import type { Remedy } from './failure.ts';
import type { Option, Step } from './portal-step.ts';

/** How an onboarding is started. `connectionId` given: consent again for a connection that exists. */
export interface OnboardingRequest {
  readonly owner: string;
  readonly platform: string;
  /** Tells two onboardings of one platform apart while they run; `main` unless said. */
  readonly label: string;
  readonly connectionId?: string;
}

export interface StepProgress {
  readonly id: string;
  readonly kind: Step['kind'];
  readonly title: string;
  /** `skipped`: what was chosen at an earlier step made it needless. */
  readonly state: 'done' | 'waiting' | 'to_do' | 'skipped';
  readonly doneAt: string | null;
}

/** What the query `onboardingState` answers: what is waited for, since when, and until when. */
export interface OnboardingState {
  readonly onboardingId: string;
  readonly connectionId: string | null;
  readonly owner: string;
  readonly platform: string;
  readonly label: string;
  readonly status: 'running' | 'completed' | 'abandoned';
  readonly waitingFor: WaitingFor | null;
  readonly steps: readonly StepProgress[];
  /** Why the last value or act was refused; null once a step succeeded after it. */
  readonly refusal: Refusal | null;
}

export interface WaitingFor {
  readonly step: Step;
  readonly since: string;
  readonly until: string | null;
  /** Where to agree, at a consent step. */
  readonly consentLink: string | null;
  /** What can be chosen, at a choice step. */
  readonly options: readonly Option[] | null;
  /** Names of fields that are known already: without new values, done means that these are kept. */
  readonly known: readonly string[];
  /** Why a step that was done before is open again. */
  readonly because: Remedy | null;
  /** How far the review is, at a review step. */
  readonly review: ReviewProgress | null;
}

/** Prepared by us → handed in by a person → the verdict; a rejection leads back to handing in. */
export interface ReviewProgress {
  readonly phase: 'to_submit' | 'submitted';
  readonly submittedAt: string | null;
  /** Oldest first. */
  readonly rejections: readonly { readonly at: string; readonly reason: string }[];
}

export interface Refusal {
  readonly step: string;
  readonly field: string | null;
  readonly remedy: Remedy;
  readonly at: string;
}

/** What a person says about a step. Secret values never travel here: they go sealed into the pending row first. */
export interface StepDone {
  readonly step: string;
  /** Values of fields that are not secret. */
  readonly values?: Readonly<Record<string, string>>;
  /** At a choice step: the id of the chosen option. */
  readonly option?: string;
  /** At a consent step: the spent consent request whose code waits in Postgres. */
  readonly consentRequestId?: string;
}

/** What the platform's reviewers said. */
export interface ReviewDecision {
  readonly decision: 'approved' | 'rejected';
  readonly reason?: string;
}
