import type { Credentials, Grant } from '../../../model/credentials.ts';
import type { Platform, PlatformContext } from '../../../platforms/platform.ts';

/** Credentials that the platform has just accepted, and what it said about them. */
export interface ProvedCredentials {
  readonly credentials: Credentials;
  readonly grant: Omit<Grant, 'credentials'>;
  /** True: the refresh token was used, and a single-use one was replaced by the one in `credentials`. */
  readonly refreshed: boolean;
}

/**
 * Asks the platform whether credentials work. A refresh token is tried where that costs nothing, or where nothing else
 * proves anything because the access token has ended. Throws what the platform's `diagnose` understands.
 */
export async function proveCredentials(
  platform: Platform,
  given: Credentials,
  context: PlatformContext,
): Promise<ProvedCredentials> {
  const now = context.clock.now();
  let proved = merge({ credentials: withoutEmpty(given), grant: instantsIn(given), refreshed: false }, null);
  proved = merge(proved, await platform.probe(proved.credentials, context));
  const { expiresAt } = proved.grant;
  const isAlive = expiresAt === null || (expiresAt !== undefined && Date.parse(expiresAt) > now.getTime());
  const costsNothing = platform.refreshPolicy.kind === 'stable';
  if (platform.refreshToken(proved.credentials) !== null && (costsNothing || !isAlive)) {
    proved = { ...merge(proved, await platform.refresh(proved.credentials, context)), refreshed: true };
  }
  return merge(proved, await accountOf(platform, proved, context));
}

function merge(proved: ProvedCredentials, grant: Grant | null): ProvedCredentials {
  const { credentials = {}, ...facts } = grant ?? {};
  return { ...proved, credentials: { ...proved.credentials, ...credentials }, grant: { ...proved.grant, ...facts } };
}

/** The account as an onboarding would find it; null when only a person could choose it. */
async function accountOf(
  platform: Platform,
  { credentials, grant }: ProvedCredentials,
  context: PlatformContext,
): Promise<Grant | null> {
  if (grant.account !== undefined) return null;
  for (const step of platform.steps) {
    if (step.kind !== 'automatic') continue;
    const found = await step.run(credentials, { ...context, scopes: grant.scopes ?? context.scopes }).catch(() => null);
    if (found?.save?.account !== undefined) return found.save;
  }
  return null;
}

/** The specification's names for what a program knew of its tokens' ends. */
function instantsIn(given: Credentials): Omit<Grant, 'credentials'> {
  const instant = (name: string): string | undefined => {
    const at = new Date(given[name] ?? '');
    return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  };
  const [expiresAt, refreshExpiresAt] = [instant('token_expiry'), instant('refresh_token_expiry')];
  return {
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(refreshExpiresAt === undefined ? {} : { refreshExpiresAt }),
  };
}

function withoutEmpty(given: Credentials): Credentials {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}
