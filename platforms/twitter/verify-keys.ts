import type { Credentials } from '../../model/credentials.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { identify, obtainBearer, readUsage, type Identity } from './api.ts';
import { consolePages } from './console-pages.ts';
import { readAppKeys, readUserTokens } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { identityGrant } from './grant.ts';
import { refused, unchecked } from './outcomes.ts';

/**
 * Proves the app's keys by asking X for the bearer token, which it gives for a right pair only, and the bearer token that
 * was given by reading the project's usage, which is its one use here. It is kept just as it was given.
 */
export async function verifyAppKeys(values: Credentials, context: PlatformContext): Promise<StepResult> {
  let obtained: string;
  try {
    obtained = await obtainBearer(readAppKeys(values), context);
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    return failure.kind === 'app_rejected' ? refused(failure, 'api_secret') : unchecked('The keys', failure);
  }
  const given = values['bearer_token'];
  const bearer_token = given === undefined || given === '' ? obtained : given;
  try {
    const { used, cap } = await readUsage(bearer_token, context);
    const notes = [`X accepted the keys. The project has read ${used} of ${cap} posts in this period.`];
    return { outcome: { outcome: 'done', notes }, save: { credentials: { bearer_token } } };
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    if (failure.code === 'unauthorized' || failure.code === '89') return refused(deadBearer, 'bearer_token');
    return failure.kind === 'app_rejected' ? refused(failure) : unchecked('The bearer token', failure);
  }
}

const deadBearer = {
  cause: 'X does not accept this bearer token: it was regenerated, cut off, or its % signs were changed.',
  remedy: 'Paste it again just as the console shows it, or leave it open: the connector then asks X for it.',
  link: consolePages.apps,
};

/** Proves an access token by one signed call, and that it may write by the access level which X states with it. */
export async function verifyAccessToken(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  let identity: Identity;
  try {
    identity = await identify(readUserTokens(credentials), context);
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    if (failure.kind === 'needs_consent') return refused(wrongToken, 'access_token');
    return failure.kind === 'app_rejected' ? refused(failure) : unchecked('The access token', failure);
  }
  if (identity.accessLevel === 'read') return refused(madeTooEarly, 'access_token');
  const notes = [`The token belongs to @${identity.username}.`];
  if (identity.accessLevel === null) notes.push('X did not say whether it may write; the first post will show it.');
  return { outcome: { outcome: 'done', notes, next: 'account' }, save: identityGrant(identity, 'oauth1') };
}

const wrongToken = {
  cause: 'X accepts neither the signature nor the token: one of the four values is wrong, or was regenerated since.',
  remedy: 'Regenerate access token and secret in the same app that the API key is of, and paste both.',
  link: consolePages.apps,
};

const madeTooEarly = {
  cause: 'The access token may only read: the token was made before the permission was changed.',
  remedy:
    'Set Read and write under User authentication settings, then regenerate the access token and paste both parts.',
  link: consolePages.apps,
};
