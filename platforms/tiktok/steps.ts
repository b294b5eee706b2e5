import type { Credentials } from '../../model/credentials.ts';
import type { PlatformContext, StepDefinition, StepResult } from '../platform.ts';
import { accountStep, liveStep, productionAccountStep, scopesStep } from './account.ts';
import { productionConsent, sandboxConsent } from './consent.ts';
import { readClient, readProductionClient } from './credentials.ts';
import { live } from './mode.ts';
import { portalSteps } from './portal.ts';
import { checkRedirectUri } from './redirect-uri.ts';
import { appReview, postingAudit } from './reviews.ts';
import { verifyClient } from './verify-client.ts';

/** A second account of an app that has been approved needs neither portal nor sandbox. */
function skipToProduction(known: Credentials): Promise<StepResult> {
  const isApproved = known['production_client_key'] !== undefined && known['production_client_secret'] !== undefined;
  if (!isApproved) return Promise.resolve({ outcome: { outcome: 'done' } });
  const notes = ['The app has been through the review with another account: only the consent is needed.'];
  return Promise.resolve({ outcome: { outcome: 'done', next: 'production-client', notes } });
}

async function verifySandboxClient(given: Credentials, context: PlatformContext): Promise<StepResult> {
  const outcome = await verifyClient(readClient(given), 'client_key', context);
  return outcome.outcome === 'done' ? { outcome, save: { credentials: { stage: 'sandbox' } } } : { outcome };
}

async function verifyProductionClient(given: Credentials, context: PlatformContext): Promise<StepResult> {
  const outcome = await verifyClient(readProductionClient(given), 'production_client_key', context);
  if (outcome.outcome !== 'done' || given['client_key'] !== given['production_client_key']) return { outcome };
  if (given['stage'] !== 'sandbox') return { outcome };
  // Whether every sandbox has a key of its own is not certain (2026-11-23) [U], so this is said, not refused.
  const note = 'This is the client key of the sandbox; if the consent fails, copy the one under Production.';
  return { outcome: { ...outcome, notes: [...(outcome.notes ?? []), note] } };
}

const manualActivation: StepDefinition = {
  kind: 'activate',
  id: 'activate',
  title: 'Use the connection while the review runs',
  instructions: ['The connection works in manual mode: it reads the account, and tells how to post by hand.'],
};

const restrictedActivation: StepDefinition = {
  kind: 'activate',
  id: 'production-activate',
  title: 'Use the approved app while the audit runs',
  instructions: ['The connection posts now, to private accounts and visible to their owner only, until the audit.'],
};

/**
 * Sandbox first, so that the connection lives from day one; the review waits beside it, its approval leads to the client
 * of production and a consent there, and the audit opens public posts.
 */
export const steps: readonly StepDefinition[] = [
  { ...portalSteps.developerAccount, verify: (_values, known) => skipToProduction(known) },
  portalSteps.app,
  {
    ...portalSteps.appDetails,
    verify: (values, _known, context) =>
      Promise.resolve({ outcome: checkRedirectUri(values['client_platform'], context.redirectUri) }),
  },
  portalSteps.products,
  portalSteps.appScopes,
  portalSteps.sandbox,
  {
    ...portalSteps.sandboxClient,
    verify: (values, known, context) => verifySandboxClient({ ...known, ...values }, context),
  },
  sandboxConsent,
  scopesStep,
  accountStep,
  manualActivation,
  appReview,
  {
    ...portalSteps.productionClient,
    verify: (values, known, context) => verifyProductionClient({ ...known, ...values }, context),
  },
  productionConsent,
  productionAccountStep,
  restrictedActivation,
  {
    ...postingAudit,
    approved: () =>
      Promise.resolve({ outcome: { outcome: 'done' }, save: { credentials: { audited: 'yes' }, mode: live } }),
  },
  liveStep,
];
