import { Hono } from 'hono';
import type { PortalAnswers, RunningSimulator, Simulator } from '../../simulator.ts';
import { ApiError } from './api-error.ts';
import { createAuthorizeEndpoint } from './authorize.ts';
import { addChannels } from './channels.ts';
import { consolePage } from './consent-page.ts';
import { removeAccess } from './grants.ts';
import { createOAuthEndpoints } from './oauth-endpoints.ts';
import { quotaToday } from './quota.ts';
import { changesSchema } from './settings.ts';
import { addUploads } from './uploads.ts';
import { addVideos } from './videos.ts';
import { createClientSecret, openWorld, type World } from './world.ts';

/** Google as a YouTube app sees it: the consent page, tokens, the YouTube Data API v3, and a page of the console. */
export const simulator: Simulator = {
  platform: 'youtube',
  hosts: [
    'accounts.google.com',
    'oauth2.googleapis.com',
    'www.googleapis.com',
    'youtube.googleapis.com',
    'console.cloud.google.com',
  ],
  loggedParameters: [
    ...['access_type', 'prompt', 'response_type', 'scope', 'include_granted_scopes', 'code_challenge_method'],
    ...['grant_type', 'redirect_uri', 'decision', 'account', 'part', 'mine', 'uploadType'],
  ],
  create: (surroundings) => createYoutube(openWorld(surroundings)),
};

function createYoutube(world: World): RunningSimulator {
  const api = createApi(world);
  const byHost = new Map([
    ['accounts.google.com', createAuthorizeEndpoint(world)],
    ['oauth2.googleapis.com', createOAuthEndpoints(world)],
    ['www.googleapis.com', api],
    ['youtube.googleapis.com', api],
    ['console.cloud.google.com', createConsole(world)],
  ]);
  for (const app of new Set(byHost.values())) app.notFound((context) => context.text('Error 404 (Not Found)!!1', 404));
  return {
    handle: (request) => byHost.get(new URL(request.url).host)?.fetch(request) ?? new Response(null, { status: 404 }),
    accounts: () => describeAccounts(world),
    setAccounts: (changes) => setAccounts(changes, world),
    answers: () => portalAnswers(world),
  };
}

function createApi(world: World): Hono {
  const api = new Hono();
  addChannels(api, world);
  addUploads(api, world);
  addVideos(api, world);
  api.onError((error) => {
    if (!(error instanceof ApiError)) throw error;
    const challenge = error.code === 401 ? { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' } : {};
    return error.toResponse(challenge);
  });
  return api;
}

function createConsole(world: World): Hono {
  const app = new Hono();
  app.get('*', (context) => context.html(consolePage(portalAnswers(world).steps['client'] ?? {})));
  return app;
}

function describeAccounts(world: World): unknown {
  const { uploads, units } = quotaToday(world);
  return { ...world.settings(), uploadsUsedToday: uploads, unitsUsedToday: units };
}

function setAccounts(input: unknown, world: World): unknown {
  const { channel, uploadsUsedToday, unitsUsedToday, removeAccessOf, newClientSecret, ...changed } =
    changesSchema.parse(input);
  const { kept } = world;
  kept.settings = { ...kept.settings, ...changed };
  if (channel !== undefined) {
    const [first, ...others] = world.settings().accounts;
    if (first !== undefined) kept.settings.accounts = [{ ...first, channel }, ...others];
  }
  const quota = quotaToday(world);
  quota.uploads = uploadsUsedToday ?? quota.uploads;
  quota.units = unitsUsedToday ?? quota.units;
  for (const account of removeAccessOf ?? []) removeAccess(world, account);
  if (newClientSecret === true) kept.clientSecret = createClientSecret(world.random);
  return describeAccounts(world);
}

function portalAnswers(world: World): PortalAnswers {
  const { kept } = world;
  const { publishingStatus, accounts } = world.settings();
  return {
    steps: {
      client: { client_id: kept.clientId, client_secret: kept.clientSecret },
      audience: { publishing_status: publishingStatus },
    },
    consent: { account: accounts[0]?.name ?? '' },
  };
}
