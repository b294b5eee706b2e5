import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import { splitScopes } from '../oauth.ts';
import type { PlatformContext, StepDefinition, StepResult } from '../platform.ts';
import { consentStepOf, readUser } from './credentials.ts';
import { openGraph } from './graph.ts';
import { missingScopes } from './scopes.ts';
import { again } from './step-results.ts';

const permissionList = z.object({ data: z.array(z.object({ permission: z.string(), status: z.string() })) });

/**
 * What the person granted, asked of Facebook rather than taken from what we asked for: people can decline any of it. A
 * required scope that is missing is asked for until it is there. The others are asked for once more, since a person may not have
 * an Instagram account to give. https://developers.facebook.com/docs/graph-api/reference/user/permissions (2026-11-23) [C]
 */
async function checkPermissions(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const user = readUser(credentials);
  const call = { path: 'me/permissions', query: { limit: '200' }, token: user.user_access_token };
  const { data } = await openGraph(user, context).call(call, permissionList);
  const scopes = data.filter(({ status }) => status === 'granted').map(({ permission }) => permission);
  const missing = missingScopes(scopes);
  const known = splitScopes(credentials['asked_again'] ?? '', ',');
  const toAsk = missing.filter(({ scope, required }) => required || !known.includes(scope));
  const consequences = missing.map(({ scope, withoutIt }) => `without ${scope} ${withoutIt}`).join('; ');
  if (toAsk.length === 0) {
    const notes = missing.length === 0 ? [] : [`Not everything was granted: ${consequences}.`];
    return { outcome: { outcome: 'done', notes }, save: { credentials: {}, scopes } };
  }
  const asked = [...new Set([...known, ...missing.map(({ scope }) => scope)])].join(',');
  const step = consentStepOf(credentials);
  return {
    ...again(step, {
      cause: `Not everything was granted: ${consequences}.`,
      remedy:
        step === 'consent'
          ? 'Open the new consent link: it asks for what is missing. Leave every permission on and press Continue.'
          : 'Add these permissions in the Graph API Explorer, press Generate Access Token again, and paste the new token.',
    }),
    save: { credentials: { asked_again: asked }, scopes },
  };
}

/** Compares what was granted with what is needed. */
export const permissionsStep: StepDefinition = {
  kind: 'automatic',
  id: 'permissions',
  title: 'Check what was granted',
  instructions: ['The connector asks Facebook which permissions it was given.'],
  run: checkPermissions,
};
