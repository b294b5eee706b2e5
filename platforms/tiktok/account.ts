import type { Credentials } from '../../model/credentials.ts';
import type { Remedy } from '../../model/failure.ts';
import type { PlatformContext, StepDefinition, StepResult } from '../platform.ts';
import { fetchUserInfo, type UserInfo } from './api-calls.ts';
import { readAccessToken } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { modeOf } from './mode.ts';
import { missingScopes } from './scopes.ts';
import { remedyOf } from './verify-client.ts';

function again(step: string, remedy: Remedy): StepResult {
  return { outcome: { outcome: 'again', step, remedy } };
}

/** Null when all that is needed was granted; people can switch permissions off, and TikTok says so with the tokens. */
function askForMissing(consent: string, context: PlatformContext): StepResult | null {
  const missing = missingScopes(context.scopes);
  if (missing.length === 0) return null;
  const consequences = missing.map(({ scope, withoutIt }) => `without ${scope} ${withoutIt}`).join('; ');
  return again(consent, {
    cause: `Not everything was granted: ${consequences}.`,
    remedy: 'Open the new consent link, leave every permission switched on, and press Continue.',
  });
}

async function findAccount(consent: string, credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  let user: UserInfo;
  try {
    user = await fetchUserInfo(readAccessToken(credentials), context);
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    // The token may have ended while this step waited, and a refresh is the keeper's alone: consent brings a new one.
    if (failure.kind !== 'needs_consent' && failure.code !== 'access_token_invalid') throw error;
    return again(consent, { ...remedyOf(failure), remedy: 'Open the consent link again and agree once more.' });
  }
  const name = nameOf(user);
  return {
    outcome: { outcome: 'done', notes: [`Connected to the account ${name}.`] },
    save: {
      credentials: identityOf(user),
      account: { id: user.open_id, name },
      mode: modeOf(credentials),
    },
  };
}

/** The part of a connection that tells whose it is. */
export function identityOf(user: UserInfo): Credentials {
  return {
    open_id: user.open_id,
    display_name: nameOf(user),
    ...(user.union_id === undefined ? {} : { union_id: user.union_id }),
  };
}

function nameOf(user: UserInfo): string {
  return [user.display_name, user.username].find((name) => name !== undefined && name !== '') ?? user.open_id;
}

/** Compares what was granted in the sandbox with what is needed. */
export const scopesStep: StepDefinition = {
  kind: 'automatic',
  id: 'scopes',
  title: 'Check what was granted',
  instructions: ['The connector compares the permissions that TikTok gave with those it needs.'],
  run: (_credentials, context) =>
    Promise.resolve(askForMissing('consent', context) ?? { outcome: { outcome: 'done' } }),
};

/** Finds the account behind the sandbox's tokens. */
export const accountStep: StepDefinition = {
  kind: 'automatic',
  id: 'account',
  title: 'Find the account',
  instructions: ['The connector asks TikTok whose account it is.'],
  run: (credentials, context) => findAccount('consent', credentials, context),
};

/** Finds the account behind the tokens of production, once all that is needed was granted to it. */
export const productionAccountStep: StepDefinition = {
  kind: 'automatic',
  id: 'production-account',
  title: 'Check the approved permissions and the account',
  instructions: ['The connector compares the permissions and asks TikTok whose account it is.'],
  run: async (credentials, context) => {
    const missing = askForMissing('production-consent', context);
    if (missing !== null) return missing;
    const found = await findAccount('production-consent', credentials, context);
    const isAudited = credentials['audited'] === 'yes' && found.outcome.outcome === 'done';
    // The audit is of the app: a new consent, or a second account, must not ask a person for it again.
    return isAudited ? { ...found, outcome: { ...found.outcome, next: liveStep.id } } : found;
  },
};

/** Where the walk ends once the app is audited, and where one that found it audited goes straight to. */
export const liveStep: StepDefinition = {
  kind: 'automatic',
  id: 'live',
  title: 'Post publicly',
  instructions: ['The app is reviewed and audited: nothing is left to do.'],
  run: () => Promise.resolve({ outcome: { outcome: 'done' } }),
};
