import type { Failure, Remedy } from '../../model/failure.ts';
import type { StepResult } from '../platform.ts';

/** The step stays open; `field` is the one to give again. */
export function refused(remedy: Remedy, field?: string): StepResult {
  return { outcome: { outcome: 'refused', remedy: remedyOf(remedy), ...(field === undefined ? {} : { field }) } };
}

/** Back to an earlier step. */
export function again(step: string, remedy: Remedy): StepResult {
  return { outcome: { outcome: 'again', step, remedy: remedyOf(remedy) } };
}

/** What could not be checked, through no fault of the values. */
export function unchecked(what: string, failure: Failure): StepResult {
  return refused({
    ...failure,
    cause: `${what} could not be checked: ${failure.cause}`,
    remedy: failure.code === 'CreditsDepleted' ? failure.remedy : `${failure.remedy} Then try again.`,
  });
}

function remedyOf({ cause, remedy, link }: Remedy): Remedy {
  return { cause, remedy, ...(link === undefined ? {} : { link }) };
}
