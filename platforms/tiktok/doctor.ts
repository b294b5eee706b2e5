import type { Credentials } from '../../model/credentials.ts';
import type { Failure } from '../../model/failure.ts';
import type { Finding, PlatformContext } from '../platform.ts';
import { fetchUserInfo, openEmptyDraft, queryCreatorInfo } from './api-calls.ts';
import { readAccessToken, stageOf } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { modeOf } from './mode.ts';
import { missingScopes } from './scopes.ts';
import { remedyOf } from './verify-client.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What `doctor` asks TikTok: whose token, may it post now, what is missing, how far the app is, when it ends. */
export async function examine(credentials: Credentials, context: PlatformContext): Promise<readonly Finding[]> {
  const accessToken = readAccessToken(credentials);
  const canPost = context.scopes.includes('video.publish');
  return [
    await ask('account', context, async () => {
      const user = await fetchUserInfo(accessToken, context);
      return `user/info answers for ${user.display_name ?? user.open_id}.`;
    }),
    ...(canPost ? [await ask('posting', context, () => describeCreator(accessToken, context))] : []),
    ...scopeFindings(context.scopes),
    stageFinding(credentials),
    refreshTokenFinding(credentials, context.clock.now()),
  ];
}

async function ask(check: string, context: PlatformContext, act: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, evidence: await act() };
  } catch (error) {
    const failure: Failure = diagnose(error, context.clock.now());
    return { check, ok: false, evidence: `TikTok answered ${failure.code}.`, remedy: remedyOf(failure) };
  }
}

async function describeCreator(accessToken: string, context: PlatformContext): Promise<string> {
  const info = await queryCreatorInfo(accessToken, context);
  return `creator_info allows ${info.privacy_level_options.join(', ')}.`;
}

function scopeFindings(scopes: readonly string[]): readonly Finding[] {
  const missing = missingScopes(scopes);
  if (missing.length === 0) return [{ check: 'scopes', ok: true, evidence: `Granted: ${scopes.join(', ')}.` }];
  return missing.map(({ scope, withoutIt }) => ({
    check: 'scopes',
    ok: false,
    evidence: `${scope} was not granted.`,
    remedy: {
      cause: `Without ${scope} ${withoutIt}.`,
      remedy: 'Run `connector reconnect tiktok` and leave every permission switched on.',
    },
  }));
}

function stageFinding(credentials: Credentials): Finding {
  const { mode, reason } = modeOf(credentials);
  const evidence = `The stage is ${stageOf(credentials)}, the mode ${mode}.`;
  if (reason === null) return { check: 'stage', ok: true, evidence };
  const remedy = 'Run `connector onboarding tiktok` to see what to hand in, and say there what TikTok decided.';
  return { check: 'stage', ok: false, evidence, remedy: { cause: reason, remedy } };
}

function refreshTokenFinding(credentials: Credentials, now: Date): Finding {
  const check = 'refresh_token';
  const end = credentials['refresh_token_expiry'];
  if (end === undefined) return { check, ok: true, evidence: 'TikTok has not said yet when the refresh token ends.' };
  const daysLeft = Math.floor((Date.parse(end) - now.getTime()) / dayMs);
  const evidence = `The refresh token ends on ${end.slice(0, 10)}, in ${daysLeft} days.`;
  if (daysLeft > 14) return { check, ok: true, evidence };
  const cause = 'Refreshes have not moved the end of the refresh token, and with it the connection ends.';
  return { check, ok: false, evidence, remedy: { cause, remedy: 'Run `connector reconnect tiktok` and agree again.' } };
}

/** Proves that a post would be taken, without publishing anything. */
export async function dryRun(credentials: Credentials, context: PlatformContext): Promise<readonly string[]> {
  const accessToken = readAccessToken(credentials);
  const { mode, reason } = modeOf(credentials);
  const limits = reason === null ? [] : [`The mode is ${mode}. ${reason}`];
  if (context.scopes.includes('video.publish')) {
    const info = await queryCreatorInfo(accessToken, context);
    const name = info.creator_nickname ?? info.creator_username ?? 'this account';
    return [
      `creator_info/query: ${name} may post now, visible to ${info.privacy_level_options.join(', ')}.`,
      ...limits,
    ];
  }
  await openEmptyDraft(accessToken, context);
  return ['inbox/video/init: TikTok would take a draft; no byte was sent, so nothing appears.', ...limits];
}
