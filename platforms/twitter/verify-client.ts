import type { Credentials } from '../../model/credentials.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { exchangeCode } from './api.ts';
import { readClient } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { refused, unchecked } from './outcomes.ts';

// Never issued, and formed like nothing that X issues.
const madeUpCode = 'connector-checks-the-client-with-a-code-of-no-consent';
const madeUpVerifier = 'connector-checks-the-client-with-a-verifier-of-no-consent';

/**
 * Proves a client by what X's token endpoint says to a made-up code: a right one gets as far as the code. Of a public
 * client that proves only that X knows its ID (2026-11-23) [U for the order of X's checks].
 */
export async function verifyClient(values: Credentials, context: PlatformContext): Promise<StepResult> {
  const client = readClient(values);
  try {
    await exchangeCode(client, { code: madeUpCode, verifier: madeUpVerifier }, context);
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    if (failure.code === 'unauthorized_client') return refused(failure, 'client_secret');
    if (failure.code === 'invalid_client') return refused(failure, 'client_id');
    if (failure.kind !== 'needs_consent') return unchecked('The client', failure);
  }
  return { outcome: { outcome: 'done', notes: ['X accepted the client.'] } };
}
