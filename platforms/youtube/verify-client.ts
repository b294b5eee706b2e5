import type { Failure, Remedy } from '../../model/failure.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { exchangeCode } from './api.ts';
import type { AppCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';

// Formed like Google's codes, so that it is judged as one, and never issued.
const madeUpCode = '4/0AconnectorChecksTheClientWithACodeThatNobodyIssued';
const madeUpVerifier = 'connector-checks-the-client-with-a-verifier-of-no-consent';

/**
 * Proves a client ID and secret by what Google's token endpoint says to a made-up code: a right pair gets as far as
 * `invalid_grant`. Google may look at the redirect URI before or after the code (2026-11-23) [U], so each answer is
 * taken by its own meaning. What could not be asked is refused, and the step stays open.
 */
export async function verifyClient(app: AppCredentials, context: PlatformContext): Promise<StepResult> {
  try {
    await exchangeCode(app, { code: madeUpCode, verifier: madeUpVerifier }, context);
  } catch (error) {
    return judgeAnswer(diagnose(error, context.clock.now()), context.redirectUri);
  }
  return { outcome: { outcome: 'done' } };
}

function judgeAnswer(failure: Failure, redirectUri: string): StepResult {
  switch (failure.code) {
    case 'invalid_grant':
      return { outcome: { outcome: 'done', notes: ['Google accepted the client ID with its secret.'] } };
    case 'invalid_client':
      // Id or secret: only the cause can say which, if Google says it at all.
      return refused(remedyOf(failure));
    case 'deleted_client':
    case 'unauthorized_client':
      return refused(remedyOf(failure), 'client_id');
    case 'redirect_uri_mismatch':
      return refused({
        ...remedyOf(failure),
        remedy: `Open the client, add ${redirectUri} under "Authorized redirect URIs" to the letter, save, wait a minute, and try again.`,
      });
    default:
      return refused({
        cause: `The client could not be checked: ${failure.cause}`,
        remedy: 'Nothing is wrong with it as far as is known. Try again in a moment.',
      });
  }
}

function remedyOf({ cause, remedy, link }: Failure): Remedy {
  return { cause, remedy, ...(link === undefined ? {} : { link }) };
}

function refused(remedy: Remedy, field?: string): StepResult {
  return { outcome: { outcome: 'refused', remedy, ...(field === undefined ? {} : { field }) } };
}
