import type { Grant } from '../../model/credentials.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import type { AppCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { refused, remedyOf } from './step-results.ts';
import { exchangeForLongLived, inspectToken, instantOf } from './tokens.ts';

/**
 * The long-lived user token behind a short-lived one, and what it is worth. Comes before anything else, because a Page token is
 * only as lasting as the user token that it is derived from. Throws what `diagnose` understands.
 */
export async function longLivedGrant(app: AppCredentials, token: string, context: PlatformContext): Promise<Grant> {
  const answer = await exchangeForLongLived(app, token, context);
  const inspected = await inspectToken(app, answer.access_token, context);
  const expiresAt =
    answer.expires_in === undefined
      ? instantOf(inspected.expires_at)
      : new Date(context.clock.now().getTime() + answer.expires_in * 1000).toISOString();
  const dataAccessEndsAt = instantOf(inspected.data_access_expires_at);
  return {
    credentials: {
      user_access_token: answer.access_token,
      user_token_expiry: expiresAt ?? '',
      data_access_expires_at: dataAccessEndsAt ?? '',
      ...(inspected.user_id !== undefined && { user_id: inspected.user_id }),
    },
    scopes: inspected.scopes,
    consentExpiresAt: dataAccessEndsAt,
  };
}

/** Takes a user token that a person minted in the Graph API Explorer: of this app, of a user, alive. */
export async function verifyPastedToken(
  app: AppCredentials,
  token: string,
  context: PlatformContext,
): Promise<StepResult> {
  const field = 'user_access_token';
  try {
    const inspected = await inspectToken(app, token, context);
    if (inspected.type !== 'USER') return refused(notOfUser(inspected.type), field);
    const save = await longLivedGrant(app, token, context);
    const notes = ['Facebook exchanged the token for a long-lived one; the pasted one is not kept.'];
    return { outcome: { outcome: 'done', notes, next: 'permissions' }, save };
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    if (failure.kind !== 'needs_consent' && failure.kind !== 'app_rejected') throw error;
    const { cause } = remedyOf(failure);
    return refused({ cause: `Facebook does not take this token for this app: ${cause}`, remedy: mintAgain }, field);
  }
}

const mintAgain =
  'Choose this very app at "Meta App" in the Graph API Explorer, press Generate Access Token, and paste the whole token within the hour.';

function notOfUser(type: string): { cause: string; remedy: string } {
  return {
    cause: `This is a token of the type ${/^[A-Z_]{1,20}$/.test(type) ? type : 'unknown'}, and a user token is needed: Page tokens are derived from it.`,
    remedy: 'Choose "User Token" at "User or Page" in the Graph API Explorer, and paste that token.',
  };
}
