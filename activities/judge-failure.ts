import { needsPerson, PlatformFailure } from '../model/failure.ts';
import type { Failure } from '../model/failure.ts';
import type { Platform } from '../platforms/platform.ts';

/** The failure behind whatever platform code threw. */
export function judge(platform: Platform, error: unknown, now: Date): Failure {
  return error instanceof PlatformFailure ? error.failure : platform.diagnose(error, now);
}

/** True when no retry helps: the person who owns the account or the operator of the app must act. */
export function isFinal(failure: Failure): boolean {
  return needsPerson(failure.kind) || failure.kind === 'app_rejected';
}
