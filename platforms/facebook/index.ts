import { definePlatform } from '../define-platform.ts';
import { splitScopes } from '../oauth.ts';
import type { StepResult } from '../platform.ts';
import { consentStep } from './consent.ts';
import { consentStepOf, facebookCredentials, readApp } from './credentials.ts';
import { deadlines } from './deadlines.ts';
import { diagnose } from './diagnosis.ts';
import { dryRun } from './dry-run.ts';
import { examine } from './examine.ts';
import { inbound } from './inbound.ts';
import { probe, refresh, revoke } from './keep.ts';
import { modeOf } from './mode.ts';
import { instagramStep, pagesStep, pageStep, pageTokenStep } from './page.ts';
import { permissionsStep } from './permissions.ts';
import { portalSteps } from './portal.ts';
import { instagramPosts, readQuota } from './quota.ts';
import { refreshPolicy } from './refresh-policy.ts';
import { capabilitiesOf } from './scopes.ts';
import { verifyPastedToken } from './user-token.ts';
import { verifyApp } from './verify-app.ts';

/** Facebook Pages, and the Instagram account behind each: one connection a Page, over Facebook Login and the Graph API. */
export const platform = definePlatform({
  id: 'facebook',
  name: 'Facebook',
  answersFor: ['facebook', 'instagram'],
  credentials: facebookCredentials,
  shape: ['app_id', 'app_secret', 'page_id', 'page_access_token', 'ig_user_id'],
  readableFields: [
    ...(['app_id', 'app_mode', 'method', 'page_id', 'page_name', 'page_tasks', 'ig_user_id', 'ig_username'] as const),
    ...(['user_id', 'user_token_expiry', 'data_access_expires_at', 'asked_again'] as const),
  ],
  appFields: ['app_id', 'app_secret', 'app_mode'],
  steps: [
    portalSteps.developer,
    portalSteps.app,
    portalSteps.permissions,
    portalSteps.instagramPermissions,
    portalSteps.login,
    {
      ...portalSteps.appCredentials,
      verify: (values, known, context) => verifyApp(readApp({ ...known, ...values }), context),
    },
    portalSteps.roles,
    {
      ...portalSteps.appMode,
      verify: (values): Promise<StepResult> => {
        const save = {
          credentials: {},
          ...modeOf({ app_mode: values['app_mode'] === 'published' ? 'published' : 'unpublished' }),
        };
        const notes = save.mode?.reason === null || save.mode === undefined ? [] : [save.mode.reason];
        return Promise.resolve({ outcome: { outcome: 'done', notes }, save });
      },
    },
    portalSteps.instagramAccount,
    {
      ...portalSteps.method,
      verify: (values): Promise<StepResult> => {
        const byToken = values['method'] === 'explorer_token';
        return Promise.resolve({ outcome: { outcome: 'done', ...(!byToken && { next: 'consent' }) } });
      },
    },
    {
      ...portalSteps.userToken,
      verify: (values, known, context) => verifyPastedToken(readApp(known), values['user_access_token'] ?? '', context),
    },
    consentStep,
    permissionsStep,
    pagesStep,
    pageStep,
    pageTokenStep,
    instagramStep,
  ],
  refreshPolicy,
  accessToken: (field) => field('page_access_token'),
  refreshToken: (field) => field('user_access_token'),
  reconnectAt: consentStepOf,
  capabilities: (scopes, field) => {
    const tasks = field('page_tasks');
    return capabilitiesOf(scopes, tasks === undefined || tasks === '' ? null : splitScopes(tasks, ','));
  },
  refresh,
  probe,
  revoke,
  quotas: [instagramPosts],
  readQuota,
  deadlines,
  examine,
  dryRun,
  inbound,
  diagnose,
});
