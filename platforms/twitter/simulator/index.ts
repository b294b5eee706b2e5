import { Hono } from 'hono';
import { randomText } from '../../simulator-secrets.ts';
import type { PortalAnswers, RunningSimulator, Simulator } from '../../simulator.ts';
import { RefusedCall } from './api-access.ts';
import { addSignedAuthorizePage, createAuthorizePage } from './authorize.ts';
import { addMedia } from './media.ts';
import { thisMonth } from './month.ts';
import { addBearerEndpoints, addOAuth1Endpoints } from './oauth1-endpoints.ts';
import { addOAuth2Endpoints } from './oauth2-endpoints.ts';
import { consolePage } from './pages.ts';
import { addPosts } from './posts.ts';
import { changesSchema } from './settings.ts';
import { bearerToken, consoleToken, regenerateConsoleToken, removeAccess } from './tokens.ts';
import { addUsage, addUsers } from './users.ts';
import { openWorld, randomKey, type World } from './world.ts';
import { XFault } from './x-fault.ts';

/** X as an app sees it: both ways of signing in, the X API v2 for posting, and a page of the developer console. */
export const simulator: Simulator = {
  platform: 'twitter',
  hosts: ['api.x.com', 'x.com', 'console.x.com'],
  loggedParameters: [
    ...['response_type', 'scope', 'redirect_uri', 'code_challenge_method', 'grant_type', 'token_type_hint'],
    ...['oauth_callback', 'x_auth_access_type', 'decision', 'account', 'days', 'user.fields'],
  ],
  create: (surroundings) => createTwitter(openWorld(surroundings)),
};

function createTwitter(world: World): RunningSimulator {
  const byHost = new Map([
    ['api.x.com', createApi(world)],
    ['x.com', createAuthorizePage(world)],
    ['console.x.com', createConsole(world)],
  ]);
  for (const app of byHost.values()) app.notFound((context) => context.json(notFound, 404));
  return {
    handle: (request) => byHost.get(new URL(request.url).host)?.fetch(request) ?? new Response(null, { status: 404 }),
    accounts: () => describeAccounts(world),
    setAccounts: (changes) => setAccounts(changes, world),
    answers: () => portalAnswers(world),
  };
}

const notFound = { title: 'Not Found', detail: 'Not Found', type: 'about:blank', status: 404 };

function createApi(world: World): Hono {
  const api = new Hono();
  addOAuth1Endpoints(api, world);
  addBearerEndpoints(api, world);
  addOAuth2Endpoints(api, world);
  addSignedAuthorizePage(api, world);
  addUsers(api, world);
  addUsage(api, world);
  addPosts(api, world);
  addMedia(api, world);
  api.onError((error) => {
    if (error instanceof RefusedCall) return error.fault.toResponse(error.headers);
    if (error instanceof XFault) return error.toResponse();
    throw error;
  });
  return api;
}

function createConsole(world: World): Hono {
  const app = new Hono();
  app.get('*', (context) => context.html(consolePage(portalAnswers(world).steps)));
  return app;
}

function describeAccounts(world: World): unknown {
  const { posts, reads } = thisMonth(world);
  const creditsUsd = world.kept.creditsMills / 1_000;
  return { ...world.settings(), creditsUsd, postsThisMonth: posts, readsThisMonth: reads };
}

function setAccounts(input: unknown, world: World): unknown {
  const { creditsUsd, postsThisMonth, readsThisMonth, removeAccessOf, ...rest } = changesSchema.parse(input);
  const { newApiKeys, newAccessToken, newBearerToken, newClientSecret, ...changed } = rest;
  const { kept, random } = world;
  kept.settings = { ...kept.settings, ...changed };
  const month = thisMonth(world);
  month.posts = postsThisMonth ?? month.posts;
  month.reads = readsThisMonth ?? month.reads;
  if (creditsUsd !== undefined) kept.creditsMills = Math.round(creditsUsd * 1_000);
  for (const account of removeAccessOf ?? []) removeAccess(world, account);
  if (newApiKeys === true) {
    kept.apiKey = randomKey(random, 25);
    kept.apiSecret = randomKey(random, 50);
  }
  if (newAccessToken === true) regenerateConsoleToken(world);
  if (newBearerToken === true) kept.bearerToken = null;
  if (newClientSecret === true) kept.clientSecret = randomText(random, 50);
  return describeAccounts(world);
}

function portalAnswers(world: World): PortalAnswers {
  const { kept } = world;
  const { method, tier, billingDay, monthlyPosts, clientType, accounts } = world.settings();
  const { token, secret } = consoleToken(world);
  const bearer_token = bearerToken(world);
  const plan = { tier, billing_day: String(billingDay) };
  return {
    steps: {
      billing: monthlyPosts === null ? plan : { ...plan, monthly_posts: String(monthlyPosts) },
      method: { method },
      'api-keys': { api_key: kept.apiKey, api_secret: kept.apiSecret, bearer_token },
      'access-token': { access_token: token, access_token_secret: secret },
      client: {
        client_id: kept.clientId,
        ...(clientType === 'confidential' ? { client_secret: kept.clientSecret } : {}),
        bearer_token,
      },
    },
    consent: { account: accounts[0]?.name ?? '' },
  };
}
