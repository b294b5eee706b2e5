import type { Failure, Remedy } from '../../model/failure.ts';
import type { Credentials } from '../../model/credentials.ts';
import type { PlatformContext, StepDefinition, StepResult } from '../platform.ts';
import { findChannel, inspectToken } from './api.ts';
import { readGranted } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { missingScopes } from './scopes.ts';

function again(step: string, remedy: Remedy): StepResult {
  return { outcome: { outcome: 'again', step, remedy } };
}

// People can untick boxes, so what was granted is asked of Google rather than taken from what we asked for.
async function checkScopes(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const { access_token } = readGranted(credentials);
  const { scopes } = await inspectToken(access_token, context);
  const save = { credentials: {}, scopes };
  const missing = missingScopes(scopes);
  if (missing.length === 0) return { outcome: { outcome: 'done' }, save };
  const consequences = missing.map(({ scope, withoutIt }) => `without ${scope} ${withoutIt}`).join('; ');
  return {
    ...again('consent', {
      cause: `Not everything was granted: ${consequences}.`,
      remedy: 'Open the new consent link: it asks for what is missing. Tick every box and press Continue.',
    }),
    save,
  };
}

async function discoverChannel(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const { access_token } = readGranted(credentials);
  try {
    const channel = await findChannel(access_token, context);
    if (channel === null) return again('consent', noChannel);
    const account = { id: channel.id, name: channel.title };
    return {
      outcome: { outcome: 'done', notes: [`Connected to the channel ${channel.title} (${channel.id}).`] },
      save: { credentials: {}, account },
    };
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    const step = stepToMend(failure);
    if (step === null) throw error;
    return again(step, failure.code === 'youtubeSignupRequired' ? noChannel : remedyOf(failure));
  }
}

const noChannel: Remedy = {
  cause: 'The Google account that agreed has no YouTube channel.',
  remedy: 'Create a channel with that account, or choose the account or brand account that owns one, and agree again.',
  link: 'https://support.google.com/youtube/answer/1646861',
};

function stepToMend(failure: Failure): string | null {
  switch (failure.code) {
    case 'accessNotConfigured':
    case 'SERVICE_DISABLED':
      return 'enable-api';
    default:
      return failure.kind === 'needs_consent' ? 'consent' : null;
  }
}

function remedyOf({ cause, remedy, link }: Failure): Remedy {
  return { cause, remedy, ...(link === undefined ? {} : { link }) };
}

/** Compares what was granted with what is needed; no quota cost. */
export const scopesStep: StepDefinition = {
  kind: 'automatic',
  id: 'scopes',
  title: 'Check what was granted',
  instructions: ['The connector asks Google what the permission covers.'],
  run: checkScopes,
};

/** Finds the channel that the permission is for; one quota unit. */
export const channelStep: StepDefinition = {
  kind: 'automatic',
  id: 'channel',
  title: 'Find the channel',
  instructions: ['The connector asks YouTube which channel the permission is for.'],
  run: discoverChannel,
};
