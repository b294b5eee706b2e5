import type { StepResult } from '../platform.ts';
import { definePlatform } from '../define-platform.ts';
import { channelStep, scopesStep } from './account.ts';
import { revokeGrant } from './api.ts';
import { consentStep } from './consent.ts';
import { readApp, youtubeCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { probe, refresh } from './keep.ts';
import { portalSteps } from './portal.ts';
import { quotas } from './quotas.ts';
import { refreshPolicy } from './refresh-policy.ts';
import { capabilitiesOf } from './scopes.ts';
import { verifyClient } from './verify-client.ts';

const inTesting =
  'In Testing, Google ends the permission 7 days after each consent: somebody must agree again every week until the app is published.';

/** YouTube: one connection a channel, over Google's OAuth 2.0 and the YouTube Data API v3. */
export const platform = definePlatform({
  id: 'youtube',
  name: 'YouTube',
  credentials: youtubeCredentials,
  shape: ['client_id', 'client_secret', 'access_token', 'refresh_token', 'token_expiry'],
  readableFields: ['client_id', 'publishing_status', 'token_expiry'],
  appFields: ['client_id', 'client_secret', 'publishing_status'],
  steps: [
    portalSteps.project,
    portalSteps.enableApi,
    portalSteps.branding,
    {
      ...portalSteps.audience,
      verify: (values): Promise<StepResult> => {
        const notes = values.publishing_status === 'testing' ? [inTesting] : [];
        return Promise.resolve({ outcome: { outcome: 'done', notes } });
      },
    },
    portalSteps.dataAccess,
    {
      ...portalSteps.client,
      verify: (values, known, context) => verifyClient(readApp({ ...known, ...values }), context),
    },
    consentStep,
    scopesStep,
    channelStep,
  ],
  refreshPolicy,
  accessToken: (field) => field('access_token'),
  refreshToken: (field) => field('refresh_token'),
  capabilities: capabilitiesOf,
  refresh,
  probe,
  revoke: async (field, context) => {
    const token = field('refresh_token') ?? field('access_token');
    if (token !== undefined) await revokeGrant(token, context);
  },
  quotas,
  diagnose,
});
