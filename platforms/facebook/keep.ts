import type { Grant } from '../../model/credentials.ts';
import type { FieldReader } from '../define-platform.ts';
import type { PlatformContext } from '../platform.ts';
import { z } from 'zod';
import { appCredentials, type facebookCredentials, type FacebookCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { appToken, openGraph } from './graph.ts';
import { inspectedGrant, pageGrant } from './page-grant.ts';
import { findTokensPage } from './pages.ts';
import { inspectToken } from './tokens.ts';

/**
 * Asks Facebook what the Page token is worth: scopes and both ends in one call. Of an imported connection, which has no name
 * of a Page, it asks once whose the token is. Throws what `diagnose` understands.
 */
export async function probe(credentials: FacebookCredentials, context: PlatformContext): Promise<Grant> {
  const inspected = await inspectToken(credentials, credentials.page_access_token, context);
  const grant = inspectedGrant(inspected, context.clock.now());
  if (credentials.page_name !== undefined) return grant;
  const { id, name } = await findTokensPage(credentials, credentials.page_access_token, context);
  return { ...grant, credentials: { ...grant.credentials, page_id: id, page_name: name }, account: { id, name } };
}

/**
 * Nothing ages, but the Page token can be derived anew while the user token lives. That one ends after 60 days and the Page
 * token does not: then, and for an imported connection, the Page token is merely proved.
 */
export async function refresh(credentials: FacebookCredentials, context: PlatformContext): Promise<Grant> {
  const { user_access_token } = credentials;
  if (user_access_token === undefined) return probe(credentials, context);
  try {
    return await pageGrant({ ...credentials, user_access_token }, context);
  } catch (error) {
    if (diagnose(error, context.clock.now()).kind !== 'needs_consent') throw error;
    return probe(credentials, context);
  }
}

const success = z.object({ success: z.literal(true) });

/**
 * Takes the app away from the person's account, which ends the user token and every Page token that comes from it. After its 60
 * days the user token can't do that any more: then the app does it for the person. A permission that has ended already is
 * no failure. https://developers.facebook.com/docs/graph-api/reference/user/permissions (2026-11-23) [U]
 */
export async function revoke(field: FieldReader<typeof facebookCredentials>, context: PlatformContext): Promise<void> {
  const app = appCredentials.safeParse({ app_id: field('app_id'), app_secret: field('app_secret') });
  const userToken = field('user_access_token');
  const userId = field('user_id');
  if (!app.success) return;
  const graph = openGraph(app.data, context);
  const attempts = [
    ...(userToken === undefined ? [] : [{ path: 'me/permissions', token: userToken }]),
    ...(userId === undefined ? [] : [{ path: `${userId}/permissions`, token: appToken(app.data) }]),
  ];
  for (const attempt of attempts) {
    try {
      await graph.call({ ...attempt, method: 'DELETE' }, success);
      return;
    } catch (error) {
      const { kind, code } = diagnose(error, context.clock.now());
      // 100/33: the app has no such user any more.
      if (kind !== 'needs_consent' && code !== '100/33') throw error;
    }
  }
}
