import { definePlatform } from '../define-platform.ts';
import { manualInstructions } from './by-hand.ts';
import { tiktokCredentials, stageOf } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { dryRun, examine } from './doctor.ts';
import { probe, refresh } from './keep.ts';
import { quotas, readQuota } from './quotas.ts';
import { refreshPolicy } from './refresh-policy.ts';
import { capabilitiesOf } from './scopes.ts';
import { steps } from './steps.ts';
import { revokeGrant } from './token-calls.ts';

/** TikTok: one connection an account, over Login Kit v2 and the Content Posting API. */
export const platform = definePlatform({
  id: 'tiktok',
  name: 'TikTok',
  credentials: tiktokCredentials,
  shape: [
    'client_key',
    'client_secret',
    'access_token',
    'refresh_token',
    'token_expiry',
    'refresh_token_expiry',
    'open_id',
  ],
  readableFields: [
    ...(['client_key', 'production_client_key', 'client_platform', 'stage', 'audited'] as const),
    ...(['open_id', 'union_id', 'display_name', 'token_expiry', 'refresh_token_expiry'] as const),
  ],
  appFields: [
    ...(['client_key', 'client_secret', 'client_platform'] as const),
    ...(['production_client_key', 'production_client_secret', 'audited'] as const),
  ],
  steps,
  refreshPolicy,
  accessToken: (field) => field('access_token'),
  refreshToken: (field) => field('refresh_token'),
  capabilities: (scopes, field) => capabilitiesOf(scopes, field('stage') === 'sandbox' ? 'sandbox' : 'production'),
  refresh,
  probe,
  revoke: async (field, context) => {
    const client_key = field('client_key');
    const client_secret = field('client_secret');
    if (client_key === undefined || client_secret === undefined) return;
    // A refresh token may have been spent by a refresh whose answer was lost; the access token ends the grant as well.
    for (const token of [field('refresh_token'), field('access_token')]) {
      if (token !== undefined && (await revokeGrant({ client_key, client_secret }, token, context))) return;
    }
  },
  reconnectAt: (credentials) => (stageOf(credentials) === 'sandbox' ? 'consent' : 'production-consent'),
  quotas,
  readQuota,
  manualInstructions,
  examine,
  dryRun,
  diagnose,
});
