import { Hono } from 'hono';
import type { PortalAnswers, RunningSimulator, Simulator } from '../../simulator.ts';
import { ApiError } from './api-error.ts';
import { createAuthorizeEndpoint } from './authorize.ts';
import { portalPage } from './consent-page.ts';
import { removeAccess } from './grants.ts';
import { logId } from './log-id.ts';
import { addOAuthEndpoints } from './oauth-endpoints.ts';
import { addPosting, uploadHost, type Envelope } from './posting.ts';
import { changesSchema } from './settings.ts';
import { receiveUpload } from './upload.ts';
import { userInfo } from './user-info.ts';
import { createClientSecret, openWorld, type World } from './world.ts';

/** TikTok as an app sees it: the consent page, tokens, user info, the Content Posting API, and a page of the portal. */
export const simulator: Simulator = {
  platform: 'tiktok',
  hosts: ['www.tiktok.com', 'open.tiktokapis.com', uploadHost, 'developers.tiktok.com'],
  loggedParameters: [
    ...['client_key', 'response_type', 'scope', 'redirect_uri', 'code_challenge_method', 'grant_type'],
    ...['decision', 'account', 'fields'],
  ],
  create: (surroundings) => createTiktok(openWorld(surroundings)),
};

function createTiktok(world: World): RunningSimulator {
  const authorize = createAuthorizeEndpoint(world);
  const api = createApi(world);
  const portal = new Hono();
  portal.get('*', (context) => context.html(portalPage(portalValues(world))));
  const byHost = new Map<string, (request: Request) => Response | Promise<Response>>([
    ['www.tiktok.com', (request) => authorize.fetch(request)],
    ['open.tiktokapis.com', (request) => api.fetch(request)],
    [uploadHost, (request) => receiveUpload(request, world)],
    ['developers.tiktok.com', (request) => portal.fetch(request)],
  ]);
  return {
    handle: (request) => byHost.get(new URL(request.url).host)?.(request) ?? new Response(null, { status: 404 }),
    accounts: () => world.settings(),
    setAccounts: (changes) => setAccounts(changes, world),
    answers: () => portalAnswers(world),
    decide: (step, decision) => {
      const { kept } = world;
      if (step === 'app-review') kept.settings = { ...kept.settings, review: decision };
      if (step === 'posting-audit') kept.settings = { ...kept.settings, audited: decision === 'approved' };
    },
  };
}

function createApi(world: World): Hono {
  const api = new Hono();
  const envelope: Envelope = async (request, act) => {
    try {
      const data = await act(request);
      return Response.json({ data, error: { code: 'ok', message: '', log_id: logId(world) } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code, message, status } = error;
      return Response.json({ data: {}, error: { code, message, log_id: logId(world) } }, { status });
    }
  };
  addOAuthEndpoints(api, world);
  api.get('/v2/user/info/', (context) => envelope(context.req.raw, (request) => userInfo(request, world)));
  addPosting(api, world, envelope);
  api.notFound((context) => context.text('Unsupported path(Janus)', 404));
  return api;
}

function setAccounts(input: unknown, world: World): unknown {
  const { removeAccessOf, newClientSecret, clearDraftsOf, ...changed } = changesSchema.parse(input);
  const { kept } = world;
  kept.settings = { ...kept.settings, ...changed };
  for (const account of removeAccessOf ?? []) removeAccess(world, account);
  for (const account of clearDraftsOf ?? []) {
    kept.posts = kept.posts.filter((post) => post.account !== account || post.kind !== 'draft');
  }
  if (newClientSecret !== undefined) kept[newClientSecret].clientSecret = createClientSecret(world.random);
  return world.settings();
}

function portalValues(world: World): Readonly<Record<string, string>> {
  const { sandbox, production } = world.kept;
  const { review, reviewReason, audited } = world.settings();
  return {
    'Client key (sandbox)': sandbox.clientKey,
    'Client secret (sandbox)': sandbox.clientSecret,
    'Client key (production)': production.clientKey,
    'Client secret (production)': production.clientSecret,
    Review: reviewReason === null ? review : `${review}: ${reviewReason}`,
    'Direct Post audit': audited ? 'passed' : 'not passed',
  };
}

/** The reviews have a verdict only once the settings give one, so that by default they stay open. */
function portalAnswers(world: World): PortalAnswers {
  const { sandbox, production } = world.kept;
  const { accounts, clientPlatform } = world.settings();
  return {
    steps: {
      'app-details': { client_platform: clientPlatform },
      'sandbox-client': { client_key: sandbox.clientKey, client_secret: sandbox.clientSecret },
      'production-client': {
        production_client_key: production.clientKey,
        production_client_secret: production.clientSecret,
      },
    },
    consent: { account: accounts[0]?.name ?? '' },
    reviews: verdicts(world),
  };
}

function verdicts(world: World): NonNullable<PortalAnswers['reviews']> {
  const { review, reviewReason, audited } = world.settings();
  const ofReview =
    review === 'approved' || review === 'rejected'
      ? { 'app-review': { decision: review, ...(reviewReason === null ? {} : { reason: reviewReason }) } }
      : {};
  return { ...ofReview, ...(audited ? { 'posting-audit': { decision: 'approved' as const } } : {}) };
}
