import type { Failure, Remedy } from '../../model/failure.ts';
import type { StepOutcome } from '../../model/portal-step.ts';
import type { PlatformContext } from '../platform.ts';
import type { ClientCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { exchangeCode } from './token-calls.ts';

// Formed like TikTok's codes, so that it is judged as one, and never issued.
const madeUpCode = 'connectorChecksTheClientWithACodeThatNobodyIssued*0!0000.va';
const madeUpVerifier = 'connector-checks-the-client-with-a-verifier-of-no-consent';

/**
 * Proves a client key and secret by what TikTok's token endpoint says to a made-up code: a right pair gets as far as
 * `invalid_grant`. Judged by the body, whatever the status. What could not be asked is refused, and the step stays open.
 */
export async function verifyClient(
  client: ClientCredentials,
  keyField: string,
  context: PlatformContext,
): Promise<StepOutcome> {
  try {
    await exchangeCode(client, { code: madeUpCode, verifier: madeUpVerifier }, context);
  } catch (error) {
    return judgeAnswer(diagnose(error, context.clock.now()), keyField);
  }
  return { outcome: 'done' };
}

function judgeAnswer(failure: Failure, keyField: string): StepOutcome {
  switch (failure.code) {
    case 'invalid_grant':
      return { outcome: 'done', notes: ['TikTok accepted the client key with its secret.'] };
    case 'invalid_client':
      // Key or secret: TikTok does not say which, so neither field is blamed.
      return { outcome: 'refused', remedy: remedyOf(failure) };
    case 'unauthorized_client':
      return { outcome: 'refused', field: keyField, remedy: remedyOf(failure) };
    default:
      return {
        outcome: 'refused',
        remedy: {
          cause: `The client could not be checked: ${failure.cause}`,
          remedy: 'Nothing is wrong with it as far as is known. Try again in a moment.',
        },
      };
  }
}

/** What a refusal shows of a failure. */
export function remedyOf({ cause, remedy, link }: Failure): Remedy {
  return { cause, remedy, ...(link === undefined ? {} : { link }) };
}
