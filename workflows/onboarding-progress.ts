import type { ConnectionFacts } from '../model/connection.ts';
import type {
  OnboardingRequest,
  OnboardingState,
  Refusal,
  ReviewDecision,
  StepDone,
  StepProgress,
  WaitingFor,
} from '../model/onboarding.ts';
import type { Option, Step, StepOutcome } from '../model/portal-step.ts';
import type { Remedy } from '../model/failure.ts';
import type { OpenedOnboarding } from './ports.ts';

/** One thing that a person or a platform said; `outcome` is filled in once it has been judged. */
export interface Act {
  readonly done?: StepDone;
  readonly review?: ReviewDecision;
  outcome: StepOutcome | null;
}

/** What one run of the workflow hands to the next. */
export interface CarriedProgress {
  readonly opened: OpenedOnboarding;
  readonly position: number;
  readonly doneAt: Readonly<Record<string, string>>;
  readonly because: Remedy | null;
  readonly refusal: Refusal | null;
  readonly since: string;
}

/**
 * Where an onboarding stands. Its life: not open → (steps one by one, each waited for and judged) → completed, or
 * abandoned at any step. Acts are taken one at a time in the order in which they came, so that signals sent in a burst
 * walk the steps as if a person had waited for each.
 */
export class OnboardingProgress {
  status: OnboardingState['status'] = 'running';
  abandoned = false;
  options: readonly Option[] | null = null;
  refusal: Refusal | null = null;
  readonly #request: OnboardingRequest;
  readonly #onboardingId: string;
  readonly #acts: Act[] = [];
  #opened: OpenedOnboarding | null = null;
  #position = 0;
  #doneAt: Record<string, string> = {};
  #because: Remedy | null = null;
  #since = new Date().toISOString();
  #survivor: string | null = null;

  constructor(request: OnboardingRequest, onboardingId: string, carried?: CarriedProgress) {
    this.#request = request;
    this.#onboardingId = onboardingId;
    if (carried === undefined) return;
    this.#opened = carried.opened;
    this.#position = carried.position;
    this.#doneAt = { ...carried.doneAt };
    this.#because = carried.because;
    this.refusal = carried.refusal;
    this.#since = carried.since;
  }

  isOpen(): boolean {
    return this.#opened !== null;
  }

  open(opened: OpenedOnboarding): void {
    this.#opened = opened;
    this.#moveTo(opened.startAt);
  }

  /** Throws before `open`: nothing can be asked for a connection that has no row. */
  get connectionId(): string {
    if (this.#opened === null) throw new Error('This onboarding has no connection yet.');
    return this.#survivor ?? this.#opened.connectionId;
  }

  /** The step that is waited for; null when all are done. */
  current(): Step | null {
    return this.#steps()[this.#position] ?? null;
  }

  receive(said: { readonly done: StepDone } | { readonly review: ReviewDecision }): Act {
    const act: Act = { ...said, outcome: null };
    this.#acts.push(act);
    return act;
  }

  pendingAct(): Act | null {
    return this.#acts[0] ?? null;
  }

  takeAct(): Act | null {
    return this.#acts.shift() ?? null;
  }

  isQuiet(): boolean {
    return this.#acts.length === 0 && this.status === 'running' && !this.abandoned;
  }

  /** Applies the judgement of an act (null: of an automatic step) to the step that is waited for. */
  judge(act: Act | null, outcome: StepOutcome): void {
    const step = this.current();
    if (act !== null) act.outcome = outcome;
    if (step === null) return;
    switch (outcome.outcome) {
      case 'done':
        // Said about a step that was done before: nothing moves.
        if (act?.done !== undefined && act.done.step !== step.id) return;
        this.#doneAt[step.id] = new Date().toISOString();
        this.refusal = null;
        this.#because = null;
        this.#position += 1;
        this.#wait();
        return;
      case 'refused':
        this.#refuse(act?.done?.step ?? step.id, outcome.field ?? null, outcome.remedy);
        return;
      case 'again':
        this.#again(outcome);
    }
  }

  /** All steps were done, but the proof failed. */
  reopen(outcome: Exclude<StepOutcome, { outcome: 'done' }>): void {
    if (outcome.outcome === 'again') {
      this.#again(outcome);
      return;
    }
    this.#position = Math.max(0, this.#steps().length - 1);
    this.#refuse(this.current()?.id ?? '', outcome.field ?? null, outcome.remedy);
  }

  connected(facts: ConnectionFacts): void {
    this.#survivor = facts.id;
    this.finish('completed');
  }

  finish(status: 'completed' | 'abandoned'): void {
    this.status = status;
  }

  /** Why an act does not fit the step that is waited for; null when it fits. An act on a step that is done is no fault. */
  misplaced(act: Act, waiting: Step): StepOutcome | null {
    if (act.review !== undefined) {
      return waiting.kind === 'review' ? null : this.#notNow('app review', waiting);
    }
    const step = act.done?.step;
    if (step === waiting.id) return null;
    if (step !== undefined && this.#doneAt[step] !== undefined) return { outcome: 'done' };
    return this.#notNow(step ?? '', waiting);
  }

  consentIsGivenInBrowser(): StepOutcome {
    const link = this.#opened?.consentLink ?? '';
    const remedy = 'Open the consent link in a browser and agree there; the callback tells the connector by itself.';
    return { outcome: 'refused', remedy: { cause: 'Consent was not given yet.', remedy, link } };
  }

  optionIsMissing(): StepOutcome {
    const offered = this.options?.map((option) => `${option.id} (${option.name})`).join(', ') ?? '';
    const remedy = `Say which one, as option: ${offered}.`;
    return { outcome: 'refused', field: 'option', remedy: { cause: 'None was chosen.', remedy } };
  }

  reviewed({ review }: Act): StepOutcome {
    if (review?.decision === 'approved') return { outcome: 'done' };
    const cause =
      review === undefined
        ? 'The review has no decision yet.'
        : `The review was rejected: ${review.reason ?? 'no reason given'}.`;
    const remedy = 'Mend what the reviewers named, submit again, and signal appReviewDecided when they have answered.';
    return { outcome: 'refused', remedy: { cause, remedy } };
  }

  carry(): CarriedProgress {
    if (this.#opened === null) throw new Error('This onboarding has no connection yet.');
    return {
      opened: this.#opened,
      position: this.#position,
      doneAt: this.#doneAt,
      because: this.#because,
      refusal: this.refusal,
      since: this.#since,
    };
  }

  state(): OnboardingState {
    const { owner, platform, label } = this.#request;
    return {
      onboardingId: this.#onboardingId,
      connectionId: this.#survivor ?? this.#opened?.connectionId ?? null,
      owner,
      platform,
      label,
      status: this.status,
      waitingFor: this.status === 'running' ? this.#waitingFor() : null,
      steps: this.#steps().map((step, index) => this.#progressOf(step, index)),
      refusal: this.refusal,
    };
  }

  #steps(): readonly Step[] {
    return this.#opened?.steps ?? [];
  }

  #waitingFor(): WaitingFor | null {
    const step = this.current();
    if (step === null || this.#opened === null) return null;
    const fields = step.kind === 'portal' ? step.fields.map((field) => field.name) : [];
    return {
      step,
      since: this.#since,
      until: null,
      consentLink: step.kind === 'consent' ? this.#opened.consentLink : null,
      options: this.options,
      known: this.#opened.known.filter((name) => fields.includes(name)),
      because: this.#because,
    };
  }

  #progressOf(step: Step, index: number): StepProgress {
    const { id, kind, title } = step;
    const doneAt = this.#doneAt[id] ?? null;
    const waiting = index === this.#position && this.status === 'running';
    return {
      id,
      kind,
      title,
      doneAt,
      state: waiting ? 'waiting' : doneAt !== null || index < this.#position ? 'done' : 'to_do',
    };
  }

  #moveTo(step: string): void {
    const position = this.#steps().findIndex((one) => one.id === step);
    this.#position = Math.max(0, position);
    this.#wait();
  }

  #wait(): void {
    this.options = null;
    this.#since = new Date().toISOString();
  }

  #again({ step, remedy }: Extract<StepOutcome, { outcome: 'again' }>): void {
    this.#refuse(step, null, remedy);
    this.#because = remedy;
    this.#moveTo(step);
    for (const later of this.#steps().slice(this.#position)) this.#doneAt = without(this.#doneAt, later.id);
  }

  #refuse(step: string, field: string | null, remedy: Remedy): void {
    this.refusal = { step, field, remedy, at: new Date().toISOString() };
  }

  #notNow(said: string, waiting: Step): StepOutcome {
    const cause = `${said} is not what this onboarding waits for.`;
    const remedy = `It waits for ${waiting.id} (${waiting.title}): do that first.`;
    return { outcome: 'refused', remedy: { cause, remedy } };
  }
}

function without(record: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
