import type { OnboardingState, Refusal, WaitingFor } from '../../model/onboarding.ts';
import type { PortalStep } from '../../model/portal-step.ts';
import type { Answers } from './answers.ts';
import type { Move, Stop, Walker } from './walk-onboarding.ts';

export interface AnsweringOptions {
  /** Opens a consent link as a person would; null: only a person can, there is no simulator. */
  readonly agree: ((link: string, consent: Answers['consent']) => Promise<void>) | null;
  readonly done?: (step: string) => void;
}

const consentTimeoutMs = 30_000;

/** Walks by answers that were written down. It gives each answer once: what is refused, or not covered, stops it. */
export function createAnsweringWalker(answers: Answers, options: AnsweringOptions): Walker {
  const given = new Set<string>();
  return {
    ...(options.done === undefined ? {} : { done: options.done }),
    next: async (waiting, refusal, state) => {
      const { step } = waiting;
      // Sent back to a step that was answered: the same answer would be refused for ever.
      const act = `${step.id}/${waiting.review?.phase ?? ''}`;
      if (given.has(act)) return { move: 'stop', why: refusedStop(waiting, refusal) };
      const isImplied = options.agree !== null || isAnsweredLater(answers, state, step.id);
      const move = moveFor(answers, waiting, refusal, isImplied);
      if (move.move === 'stop') return move;
      given.add(act);
      if (step.kind !== 'consent' || waiting.consentLink === null) return move;
      if (options.agree === null) return { move: 'stop', why: agreeYourself(waiting) };
      await options.agree(waiting.consentLink, answers.consent);
      return move;
    },
  };
}

/** Who brings values back from a later page of the portal has been through the earlier ones. */
function isAnsweredLater(answers: Answers, { steps }: OnboardingState, step: string): boolean {
  const later = steps.slice(steps.findIndex(({ id }) => id === step) + 1);
  return later.some(({ id }) => answers.steps[id] !== undefined || answers.choices[id] !== undefined);
}

/** `isImplied`: a step that brings no values counts as done without being named; in a simulated portal there is nothing to do. */
function moveFor(answers: Answers, waiting: WaitingFor, refusal: Omit<Refusal, 'at'> | null, isImplied: boolean): Move {
  const { step } = waiting;
  switch (step.kind) {
    case 'portal':
      return portalMove(answers, waiting, step, isImplied);
    case 'consent':
      return { move: 'wait', timeoutMs: consentTimeoutMs };
    case 'choice': {
      const option = answers.choices[step.id];
      if (option !== undefined) return { move: 'give', answer: { step: step.id, option } };
      const offered = waiting.options?.map(({ id, name }) => `${id} (${name})`).join(', ') ?? '';
      return missing(waiting, `one of: ${offered}`, `"choices": {"${step.id}": "…"}`);
    }
    case 'review':
      return reviewMove(answers, waiting);
    case 'automatic':
    case 'activate':
      return { move: 'stop', why: refusedStop(waiting, refusal) };
  }
}

function reviewMove(answers: Answers, waiting: WaitingFor): Move {
  const { step, review } = waiting;
  const verdict = answers.reviews[step.id];
  if (verdict === undefined) {
    return missing(waiting, 'the decision of the reviewers', `"reviews": {"${step.id}": {"decision": "approved"}}`);
  }
  // Who knows the verdict has handed it in.
  if (review?.phase === 'to_submit') return { move: 'give', answer: { step: step.id } };
  const { decision, reason } = verdict;
  return { move: 'decide', decision: { decision, ...(reason === undefined ? {} : { reason }) } };
}

function portalMove(answers: Answers, waiting: WaitingFor, step: PortalStep, isImplied: boolean): Move {
  const values = answers.steps[step.id];
  const covered = (name: string): boolean => values?.[name] !== undefined || waiting.known.includes(name);
  const lacking = step.fields.filter((field) => field.required && field.default === undefined && !covered(field.name));
  const isSaid = values !== undefined || waiting.known.length > 0 || isImplied;
  if (lacking.length > 0 || !isSaid) {
    const needs = lacking.map((field) => `${field.name} (${field.label}${field.secret ? ', secret' : ''})`).join(', ');
    return missing(waiting, needs === '' ? 'somebody to do it' : needs, `"steps": {"${step.id}": {…}}`);
  }
  return { move: 'give', answer: { step: step.id, ...(values === undefined ? {} : { values }) } };
}

function missing({ step, consentLink }: WaitingFor, needs: string, where: string): Move {
  const link = 'link' in step ? step.link : consentLink;
  const why: Stop = {
    kind: 'human_needed',
    step: step.id,
    cause: `The answers do not cover the step "${step.id}" (${step.title}), which needs ${needs}.`,
    remedy: `Do it${link === null ? '' : ` at ${link}`} and add ${where} to the answers, or run connect without --answers.`,
    link,
  };
  return { move: 'stop', why };
}

function agreeYourself({ step, consentLink }: WaitingFor): Stop {
  return {
    kind: 'human_needed',
    step: step.id,
    cause: `The step "${step.id}" (${step.title}) needs the person who owns the account: no program agrees in their place.`,
    remedy: `Open ${consentLink ?? 'the link'} in a browser, agree there, and run the same command again.`,
    link: consentLink,
  };
}

function refusedStop(waiting: WaitingFor, refusal: Omit<Refusal, 'at'> | null): Stop {
  const reason = refusal?.remedy ?? waiting.because;
  return {
    kind: 'refused',
    step: waiting.step.id,
    cause: `The step "${waiting.step.id}" (${waiting.step.title}) was refused: ${reason?.cause ?? 'no reason was given.'}`,
    remedy: reason?.remedy ?? 'Run connect without --answers to see where it stands.',
    link: reason?.link ?? null,
  };
}
