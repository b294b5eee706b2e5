import type { Credentials } from '../../model/credentials.ts';
import type { Failure, Remedy } from '../../model/failure.ts';
import type { Finding, PlatformContext } from '../platform.ts';
import { identify, readUsage, type Identity } from './api.ts';
import { capabilitiesOf, missingScopes } from './capabilities.ts';
import { consolePages } from './console-pages.ts';
import { methodOf, readerOf, readUserTokens, twitterCredentials, type Method } from './credentials.ts';
import { diagnose, skewMs, tolerableSkewMs } from './diagnosis.ts';

/** What `doctor` can find out at X: one user read ($0.010 once a UTC day) and one free look at the usage. */
export async function examine(credentials: Credentials, context: PlatformContext): Promise<readonly Finding[]> {
  const { token_expiry, bearer_token, tier } = twitterCredentials.parse(credentials);
  const method = methodOf(readerOf(credentials));
  const hasEnded = method === 'oauth2' && endedAt(token_expiry, context);
  const findings = hasEnded
    ? [
        {
          check: 'account',
          ok: true,
          evidence: `The access token ended at ${token_expiry ?? '?'}; a refresh brings a new one.`,
        },
      ]
    : await examineAccount(credentials, method, context);
  return [...findings, ...scopeFindings(context.scopes, method, tier), await examineUsage(bearer_token, context)];
}

function endedAt(expiry: string | undefined, context: PlatformContext): boolean {
  return expiry !== undefined && Date.parse(expiry) <= context.clock.now().getTime();
}

async function examineAccount(
  credentials: Credentials,
  method: Method,
  context: PlatformContext,
): Promise<readonly Finding[]> {
  let identity: Identity;
  try {
    identity = await identify(readUserTokens(credentials), context);
  } catch (error) {
    return [failed('account', diagnose(error, context.clock.now()))];
  }
  const account = { check: 'account', ok: true, evidence: `X knows these tokens as @${identity.username}.` };
  const clock = clockFinding(identity, context);
  return method === 'oauth1' ? [account, clock, levelFinding(identity)] : [account, clock];
}

function failed(check: string, { code, cause, remedy, link }: Failure): Finding {
  const mend: Remedy = { cause, remedy, ...(link === undefined ? {} : { link }) };
  return { check, ok: false, evidence: `X answered with ${code}.`, remedy: mend };
}

function clockFinding({ serverDate }: Identity, context: PlatformContext): Finding {
  if (serverDate === null) return { check: 'clock', ok: true, evidence: 'X did not date its answer.' };
  const skew = skewMs({ headers: { date: serverDate.toUTCString() } }, context.clock.now());
  const evidence = `The clock of this machine and that of X are ${Math.round(skew / 1000)} s apart.`;
  if (skew <= tolerableSkewMs) return { check: 'clock', ok: true, evidence };
  const remedy = {
    cause: 'X refuses signatures whose time is too far from its own.',
    remedy: 'Set the clock of this machine, best by switching on time synchronisation.',
  };
  return { check: 'clock', ok: false, evidence, remedy };
}

function levelFinding({ accessLevel }: Identity): Finding {
  const evidence = `The access level is ${accessLevel ?? 'not stated'}.`;
  if (accessLevel !== 'read') return { check: 'access level', ok: true, evidence };
  const remedy = {
    cause: 'The access token may only read: it was made before the permission was changed.',
    remedy: 'Set Read and write in the console, then regenerate the access token and reconnect.',
    link: consolePages.apps,
  };
  return { check: 'access level', ok: false, evidence, remedy };
}

function scopeFindings(scopes: readonly string[], method: Method, tier: string | undefined): readonly Finding[] {
  const able = capabilitiesOf(scopes, { method, tier });
  const plan = canPost(able);
  if (method === 'oauth1') return [plan];
  return [
    plan,
    ...missingScopes(scopes).map(({ scope, withoutIt }) => ({
      check: `scope ${scope}`,
      ok: false,
      evidence: `It was not granted: ${withoutIt}.`,
      remedy: {
        cause: `Without ${scope} ${withoutIt}.`,
        remedy: 'Run `connector reconnect twitter` and agree to everything.',
      },
    })),
  ];
}

const readOut: Remedy = {
  cause: 'The project has read as many posts as its plan allows; posting is not affected.',
  remedy: 'Read less until the cap starts anew, or change the plan in the console.',
  link: consolePages.billing,
};

function canPost(able: readonly string[]): Finding {
  const check = 'capabilities';
  const evidence = `It can: ${able.join(', ') || 'nothing'}.`;
  if (able.includes('post')) return { check, ok: true, evidence };
  const remedy = {
    cause: 'Nothing can be posted with what was granted.',
    remedy: 'Set Read and write in the console, then run `connector reconnect twitter`.',
    link: consolePages.apps,
  };
  return { check, ok: false, evidence, remedy };
}

async function examineUsage(bearerToken: string | undefined, context: PlatformContext): Promise<Finding> {
  const check = 'usage';
  if (bearerToken === undefined)
    return { check, ok: true, evidence: 'No bearer token is stored, so X cannot be asked.' };
  try {
    const { used, cap, resetDay } = await readUsage(bearerToken, context);
    const reset = resetDay === null ? '' : `, which starts anew on day ${resetDay} of the month`;
    const evidence = `The project has read ${used} of ${cap} posts${reset}.`;
    return used < cap ? { check, ok: true, evidence } : { check, ok: false, evidence, remedy: readOut };
  } catch (error) {
    return failed(check, diagnose(error, context.clock.now()));
  }
}
