import type { Credentials } from '../../model/credentials.ts';
import type { PlatformContext, StepDefinition, StepResult } from '../platform.ts';
import { identify } from './api.ts';
import { methodOf, readerOf, readUserTokens, type Method } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { identityGrant } from './grant.ts';
import { again, refused } from './outcomes.ts';

/** Where a token comes from, by the method: the step to go back to when it is dead. */
export function tokenStepOf(method: Method): 'access-token' | 'consent' {
  return method === 'oauth1' ? 'access-token' : 'consent';
}

async function findAccount(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const method = methodOf(readerOf(credentials));
  try {
    const identity = await identify(readUserTokens(credentials), context);
    const notes = [`Connected to @${identity.username}.`];
    return { outcome: { outcome: 'done', notes }, save: identityGrant(identity, method) };
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    if (failure.kind === 'needs_consent') return again(tokenStepOf(method), failure);
    // Nobody sees a retry that waits for credits, so it is said; the step stays open.
    if (failure.code === 'CreditsDepleted' || failure.kind === 'app_rejected') return refused(failure);
    throw error;
  }
}

/** Finds out whose tokens these are; the price of one user read, which the steps of one day share. */
export const accountStep: StepDefinition = {
  kind: 'automatic',
  id: 'account',
  title: 'Find the account',
  instructions: ['The connector asks X whose tokens these are.'],
  run: findAccount,
};
