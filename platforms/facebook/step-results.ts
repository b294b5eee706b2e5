import type { Failure, Remedy } from '../../model/failure.ts';
import type { StepResult } from '../platform.ts';

/** The person is sent back to an earlier step, with the reason. */
export function again(step: string, remedy: Remedy): StepResult {
  return { outcome: { outcome: 'again', step, remedy } };
}

/** The step stays open, with the reason. */
export function refused(remedy: Remedy, field?: string): StepResult {
  return { outcome: { outcome: 'refused', remedy, ...(field !== undefined && { field }) } };
}

/** The part of a failure that a person reads. */
export function remedyOf({ cause, remedy, link }: Failure): Remedy {
  return { cause, remedy, ...(link !== undefined && { link }) };
}
