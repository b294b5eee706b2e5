import type { PlatformContext, StepResult } from '../platform.ts';
import type { AppCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { refused, remedyOf } from './step-results.ts';
import { proveApp } from './tokens.ts';

/**
 * Proves an app id and secret by asking for the app's own token. What could not be asked is refused, and the step stays
 * open. (2026-11-23) [U for the answers; each is taken by its own meaning]
 */
export async function verifyApp(app: AppCredentials, context: PlatformContext): Promise<StepResult> {
  try {
    await proveApp(app, context);
    return { outcome: { outcome: 'done', notes: ['Facebook accepted the app ID with its secret.'] } };
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    if (failure.kind === 'app_rejected') {
      return refused(remedyOf(failure), failure.code.startsWith('101') ? 'app_id' : 'app_secret');
    }
    return refused({
      cause: `The app could not be checked: ${failure.cause}`,
      remedy: 'Nothing is wrong with it as far as is known. Try again in a moment.',
    });
  }
}
