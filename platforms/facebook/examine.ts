import type { Credentials } from '../../model/credentials.ts';
import { splitScopes } from '../oauth.ts';
import type { Finding, PlatformContext } from '../platform.ts';
import { readConnection, type FacebookCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { reconnect } from './diagnosis-row.ts';
import { graphVersion, graphVersionEndsAt } from './graph-version.ts';
import { findInstagram, findPages } from './pages.ts';
import { missingScopes, postingTasks } from './scopes.ts';
import { remedyOf } from './step-results.ts';
import { inspectToken, instantOf, type InspectedToken } from './tokens.ts';

const dayMs = 24 * 3_600_000;

/** One look at everything that a Facebook connection stands on; a check that could not be made says so. */
export async function examine(credentials: Credentials, context: PlatformContext): Promise<readonly Finding[]> {
  const connection = readConnection(credentials);
  return [
    await attempt('page token', context, async () => {
      const inspected = await inspectToken(connection, connection.page_access_token, context);
      return [...pageTokenFindings(inspected), ...scopeFindings(inspected), dataAccess(inspected, context)];
    }),
    await attempt('user token', context, () => userTokenFindings(connection, context)),
    await attempt('instagram', context, () => instagramFindings(connection, context)),
    [versionFinding(context)],
  ].flat();
}

async function attempt(
  check: string,
  context: PlatformContext,
  act: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await act();
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    return [{ check, ok: false, evidence: `Facebook answered ${failure.code}.`, remedy: remedyOf(failure) }];
  }
}

function pageTokenFindings({ type, expires_at }: InspectedToken): readonly Finding[] {
  const end = instantOf(expires_at);
  const ok = type === 'PAGE' && end === null;
  const evidence = `debug_token: type ${type}, ${end === null ? 'no end' : `ends at ${end}`}`;
  const remedy = { cause: 'The Page token is not a lasting one.', remedy: reconnect };
  return [{ check: 'page token', ok, evidence, ...(!ok && { remedy }) }];
}

function scopeFindings({ scopes }: InspectedToken): readonly Finding[] {
  const missing = missingScopes(scopes);
  if (missing.length === 0) return [{ check: 'permissions', ok: true, evidence: scopes.join(', ') }];
  return missing.map(({ scope, withoutIt, required }) => ({
    check: `permission ${scope}`,
    ok: !required,
    evidence: `not granted: without it ${withoutIt}`,
    remedy: { cause: `The permission ${scope} was not granted.`, remedy: reconnect },
  }));
}

function dataAccess({ data_access_expires_at }: InspectedToken, context: PlatformContext): Finding {
  const end = instantOf(data_access_expires_at);
  if (end === null) return { check: 'data access', ok: true, evidence: 'no end' };
  const days = Math.floor((Date.parse(end) - context.clock.now().getTime()) / dayMs);
  const ok = days >= 14;
  const remedy = { cause: `Facebook ends the access to data on ${end.slice(0, 10)}.`, remedy: reconnect };
  return { check: 'data access', ok, evidence: `ends at ${end}, in ${days} days`, ...(!ok && { remedy }) };
}

async function userTokenFindings(
  connection: FacebookCredentials,
  context: PlatformContext,
): Promise<readonly Finding[]> {
  const check = 'user token';
  const token = connection.user_access_token;
  if (token === undefined) {
    return [{ check, ok: true, evidence: 'none is stored: the Page token was imported and cannot be derived anew' }];
  }
  const expiry = connection.user_token_expiry ?? '';
  if (expiry !== '' && Date.parse(expiry) <= context.clock.now().getTime()) {
    return [{ check, ok: true, evidence: `ended at ${expiry}, as it must after 60 days; the Page token goes on` }];
  }
  const inspected = await inspectToken(connection, token, context);
  const alive = `alive, ends at ${instantOf(inspected.expires_at) ?? 'no time'}`;
  return [{ check, ok: true, evidence: alive }, await taskFinding(connection, token, context)];
}

async function taskFinding(connection: FacebookCredentials, token: string, context: PlatformContext): Promise<Finding> {
  const check = 'role on the Page';
  const page = (await findPages(connection, token, context)).find(({ id }) => id === connection.page_id);
  const remedy = {
    cause: 'The person may not create content on the Page.',
    remedy: `Give the role back (Page → Settings → Page access). Then: ${reconnect}`,
  };
  if (page === undefined)
    return { check, ok: false, evidence: 'Facebook does not list the Page for this person', remedy };
  const tasks = page.tasks ?? splitScopes(connection.page_tasks ?? '', ',');
  const ok = tasks.length === 0 || tasks.some((task) => postingTasks.includes(task));
  return { check, ok, evidence: `tasks: ${tasks.join(', ') || 'not told'}`, ...(!ok && { remedy }) };
}

async function instagramFindings(
  connection: FacebookCredentials,
  context: PlatformContext,
): Promise<readonly Finding[]> {
  const check = 'instagram';
  const { page_id: pageId, page_access_token: token, ig_user_id: stored = '' } = connection;
  const linked = await findInstagram(connection, { pageId, token }, context);
  if (linked === null && stored === '') return [{ check, ok: true, evidence: 'no account is linked to the Page' }];
  if (linked?.id === stored) return [{ check, ok: true, evidence: `${linked.username} (${linked.id}) is linked` }];
  const remedy = { cause: 'The Instagram account of the Page is not the one that was connected.', remedy: reconnect };
  const evidence = `linked now: ${linked?.id ?? 'none'}; connected: ${stored === '' ? 'none' : stored}`;
  return [{ check, ok: false, evidence, remedy }];
}

function versionFinding(context: PlatformContext): Finding {
  const check = 'graph version';
  if (graphVersionEndsAt === null) return { check, ok: true, evidence: `${graphVersion}, no end announced` };
  const ok = Date.parse(graphVersionEndsAt) > context.clock.now().getTime();
  const remedy = {
    cause: `Meta no longer serves version ${graphVersion} of the Graph API.`,
    remedy: 'Update the connector.',
  };
  return { check, ok, evidence: `${graphVersion}, ends at ${graphVersionEndsAt}`, ...(!ok && { remedy }) };
}
