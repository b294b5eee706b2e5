import type { Remedy } from './failure.ts';

/** One value that a person copies from a portal. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** Secret fields are sealed at once and never travel in a message to a workflow. */
  readonly secret: boolean;
  readonly required: boolean;
  /** A regular expression that the whole value matches; the first check, before the platform is asked. */
  readonly pattern?: string;
  readonly example?: string;
  readonly default?: string;
  readonly choices?: readonly string[];
}

interface StepBase {
  readonly id: string;
  readonly title: string;
  /** What to do, in the order of doing it; each entry is one action. */
  readonly instructions: readonly string[];
}

/** A person works in the developer portal and may bring back values. */
export interface PortalStep extends StepBase {
  readonly kind: 'portal';
  readonly link: string;
  readonly fields: readonly Field[];
}

/** A person agrees on the platform's own screen; the answer arrives at the callback. */
export interface ConsentStep extends StepBase {
  readonly kind: 'consent';
}

/** A person chooses one of several accounts; a single one is taken without asking. */
export interface ChoiceStep extends StepBase {
  readonly kind: 'choice';
}

/** The platform judges the app; days to weeks. Prepared → submitted → approved, or rejected and submitted again. */
export interface ReviewStep extends StepBase {
  readonly kind: 'review';
  readonly link: string;
  /** What to hand in, ready to be copied: scopes with reasons, what the demo video shows, addresses, a checklist. */
  readonly pack: readonly PackSection[];
  /** After so many days without a verdict the person is asked to look at the portal. */
  readonly remindAfterDays: number;
}

/** One part of a submission pack. */
export interface PackSection {
  readonly title: string;
  readonly items: readonly string[];
}

/**
 * The connection becomes active here, as far as it goes by now, although steps are left: an interim mode while a review
 * runs.
 */
export interface ActivateStep extends StepBase {
  readonly kind: 'activate';
}

/** The connector does it itself. */
export interface AutomaticStep extends StepBase {
  readonly kind: 'automatic';
}

export type Step = PortalStep | ConsentStep | ChoiceStep | ReviewStep | ActivateStep | AutomaticStep;

/** What a `choice` step offers. */
export interface Option {
  readonly id: string;
  readonly name: string;
  /** Why it cannot be chosen, if it cannot. */
  readonly unavailable?: string;
}

/**
 * The judgement of one step: done (`next`: jump forward, because of what was chosen), refused (the step stays open), or
 * sent back to an earlier step with the reason (a scope was not granted: consent again).
 */
export type StepOutcome =
  | { readonly outcome: 'done'; readonly notes?: readonly string[]; readonly next?: string }
  | { readonly outcome: 'refused'; readonly field?: string; readonly remedy: Remedy }
  | { readonly outcome: 'again'; readonly step: string; readonly remedy: Remedy };
