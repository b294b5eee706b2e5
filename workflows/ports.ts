import type { ConnectionFacts } from '../model/connection.ts';
import type { FirstLook, Inspection, ProbeOutcome, RefreshOutcome, UnsavedGrant } from '../model/keeper.ts';
import type { Notice } from '../model/notice.ts';
import type { OnboardingRequest } from '../model/onboarding.ts';
import type { Option, Step, StepOutcome } from '../model/portal-step.ts';

/** What an onboarding asks of the world. Nothing here carries a secret. */
export interface OnboardingActivities {
  /** Creates the pending row (or takes the given connection) and says which steps to walk, from where. */
  readonly openOnboarding: (
    request: OnboardingRequest & { readonly newConnectionId: string },
  ) => Promise<OpenedOnboarding>;
  readonly completePortalStep: (act: {
    readonly connectionId: string;
    readonly step: string;
    readonly values: Readonly<Record<string, string>>;
  }) => Promise<StepOutcome>;
  readonly completeConsent: (act: {
    readonly connectionId: string;
    readonly step: string;
    readonly consentRequestId: string;
  }) => Promise<StepOutcome>;
  readonly listOptions: (act: { readonly connectionId: string; readonly step: string }) => Promise<readonly Option[]>;
  readonly chooseOption: (act: {
    readonly connectionId: string;
    readonly step: string;
    readonly option: string;
  }) => Promise<StepOutcome>;
  readonly runAutomaticStep: (act: { readonly connectionId: string; readonly step: string }) => Promise<StepOutcome>;
  /** Proves the credentials, makes the connection active, and starts its keeper. Answers with the row that lives on. */
  readonly completeOnboarding: (act: { readonly connectionId: string }) => Promise<CompletedOnboarding>;
  /** What a review's step in its life means for the inbox and the connection. */
  readonly noteReview: (act: ReviewAct) => Promise<StepOutcome>;
  readonly abandonOnboarding: (act: { readonly connectionId: string }) => Promise<void>;
}

export interface OpenedOnboarding {
  readonly connectionId: string;
  readonly steps: readonly Step[];
  /** The first step to walk: a connection that exists starts at consent. */
  readonly startAt: string;
  readonly consentLink: string;
  /** Names of credential fields that the row has already. */
  readonly known: readonly string[];
}

/** `opened`: ready to be handed in · `overdue`: no verdict for longer than the step expects. */
export interface ReviewAct {
  readonly connectionId: string;
  readonly step: string;
  readonly event: 'opened' | 'submitted' | 'approved' | 'rejected' | 'overdue';
  readonly reason?: string;
}

export type CompletedOnboarding =
  | { readonly outcome: 'connected'; readonly facts: ConnectionFacts; readonly consentLink: string }
  | Extract<StepOutcome, { outcome: 'again' | 'refused' }>;

/** What the keeper of a connection asks of the world. */
export interface KeeperActivities {
  readonly inspectConnection: (act: { readonly connectionId: string }) => Promise<FirstLook | null>;
  readonly refreshConnection: (act: RefreshRequest) => Promise<RefreshOutcome>;
  /** Saves an answer that Postgres could not take at first; repeated until it can. */
  readonly saveUnsaved: (unsaved: UnsavedGrant) => Promise<Inspection | null>;
  readonly probeConnection: (act: { readonly connectionId: string }) => Promise<ProbeOutcome>;
  /** Opens tasks for deadlines that come near, and closes those that have moved away. */
  readonly remindPerson: (act: { readonly connectionId: string }) => Promise<Inspection | null>;
  readonly revokeConnection: (act: { readonly connectionId: string }) => Promise<void>;
}

export interface RefreshRequest {
  readonly connectionId: string;
  /** Refresh although it is not due. */
  readonly force: boolean;
  /** With `force`: only if the row still has this version. */
  readonly seenVersion?: number;
}

/** What `reconcile` asks of the world. */
export interface ReconcileActivities {
  /** Starts the keeper of every live row that has none, and closes tasks that no longer hold. */
  readonly reconcileConnections: () => Promise<{ readonly started: number; readonly closed: number }>;
}

/** What the delivery of a notice asks of the world. */
export interface NoticeActivities {
  /** Posts it, signed, to the webhook of this environment. Throws until the receiver answers 2xx. */
  readonly postNotice: (notice: Notice) => Promise<void>;
}
