import type { StepResult } from '../platform.ts';
import { definePlatform } from '../define-platform.ts';
import { accountStep, tokenStepOf } from './account.ts';
import { capabilitiesOf } from './capabilities.ts';
import { consentStep } from './consent.ts';
import { methodOf, readerOf, twitterCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { examine } from './examine.ts';
import { probe, refresh, revoke } from './keep.ts';
import { portalSteps } from './portal.ts';
import { quotasOf, readQuota } from './quota.ts';
import { refreshPolicy } from './refresh-policy.ts';
import { verifyClient } from './verify-client.ts';
import { verifyAccessToken, verifyAppKeys } from './verify-keys.ts';

/** X, which was Twitter: one connection an account, over OAuth 1.0a or OAuth 2.0 and the X API v2. */
export const platform = definePlatform({
  id: 'twitter',
  name: 'X',
  aliases: ['x'],
  credentials: twitterCredentials,
  // By the users' specification first; what a method does not have is left out.
  shape: [
    ...(['api_key', 'api_secret', 'bearer_token', 'access_token', 'access_token_secret'] as const),
    ...(['client_id', 'client_secret', 'refresh_token', 'token_expiry'] as const),
  ],
  readableFields: [
    ...(['method', 'tier', 'billing_day', 'monthly_posts', 'spending_limit_usd'] as const),
    ...(['client_id', 'token_expiry', 'user_id', 'username'] as const),
  ],
  appFields: [
    ...(['api_key', 'api_secret', 'bearer_token', 'client_id', 'client_secret'] as const),
    ...(['tier', 'billing_day', 'monthly_posts', 'spending_limit_usd'] as const),
  ],
  steps: [
    portalSteps.app,
    portalSteps.billing,
    {
      ...portalSteps.method,
      verify: ({ method }): Promise<StepResult> => {
        const next = method === 'oauth2' ? portalSteps.client.id : portalSteps.permissions.id;
        return Promise.resolve({ outcome: { outcome: 'done', next } });
      },
    },
    portalSteps.permissions,
    { ...portalSteps.apiKeys, verify: (values, _known, context) => verifyAppKeys(values, context) },
    {
      ...portalSteps.accessToken,
      verify: (values, known, context) => verifyAccessToken({ ...known, ...values, method: 'oauth1' }, context),
    },
    { ...portalSteps.client, verify: (values, _known, context) => verifyClient(values, context) },
    consentStep,
    accountStep,
  ],
  reconnectAt: (credentials) => tokenStepOf(methodOf(readerOf(credentials))),
  refreshPolicy,
  accessToken: (field) => field('access_token'),
  // A connection that changed its method may still hold a refresh token of the other one.
  refreshToken: (field) => (methodOf(field) === 'oauth2' ? field('refresh_token') : undefined),
  capabilities: (scopes, field) => capabilitiesOf(scopes, { method: methodOf(field), tier: field('tier') }),
  refresh,
  probe,
  revoke,
  quotas: quotasOf({}),
  readQuota,
  examine,
  diagnose,
});
