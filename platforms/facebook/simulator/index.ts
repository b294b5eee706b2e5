import type { PortalAnswers, RunningSimulator, Simulator } from '../../simulator.ts';
import { wantedScopes } from '../scopes.ts';
import { answerDialog, agreeToAll } from './dialog.ts';
import { dashboardPage } from './dialog-page.ts';
import { answerGraph } from './graph.ts';
import { addMedia } from './instagram.ts';
import { endSessions } from './people.ts';
import { changesSchema, madeUpPages } from './settings.ts';
import { issueUserToken, removeApp } from './tokens.ts';
import { setCalls } from './usage.ts';
import { createAppSecret, openWorld, pagesOf, type World } from './world.ts';

/** Meta as an app for Pages and Instagram sees it: the consent page, the Graph API, and a page of the dashboard. */
export const simulator: Simulator = {
  platform: 'facebook',
  hosts: ['www.facebook.com', 'graph.facebook.com', 'developers.facebook.com'],
  loggedParameters: [
    ...['client_id', 'redirect_uri', 'response_type', 'scope', 'auth_type', 'grant_type', 'fields', 'limit'],
    ...['decision', 'account', 'page', 'published', 'media_type'],
  ],
  create: (surroundings) => createFacebook(openWorld(surroundings)),
};

function createFacebook(world: World): RunningSimulator {
  return {
    handle: (request) => {
      switch (new URL(request.url).host) {
        case 'graph.facebook.com':
          return answerGraph(request, world);
        case 'www.facebook.com':
          return answerDialog(request, world);
        default:
          return answerDashboard(request, world);
      }
    },
    accounts: () => describeAccounts(world),
    setAccounts: (changes) => setAccounts(changes, world),
    answers: () => portalAnswers(world),
  };
}

async function answerDashboard(request: Request, world: World): Promise<Response> {
  const isExplorer = new URL(request.url).pathname.startsWith('/tools/explorer');
  const { appId, appSecret } = world.kept;
  const values = isExplorer ? { user_access_token: mintToken(world) } : { app_id: appId, app_secret: appSecret };
  return new Response(String(await dashboardPage(values)), { headers: { 'content-type': 'text/html; charset=utf-8' } });
}

/** What the Graph API Explorer gives the first account: a short-lived user token with every permission. */
function mintToken(world: World): string {
  const account = world.settings().accounts[0]?.name ?? '';
  agreeToAll(
    world,
    account,
    wantedScopes.map(({ scope }) => scope),
  );
  return issueUserToken(world, account, false).value;
}

function describeAccounts(world: World): unknown {
  const { appUsage, consents, posts, media } = world.kept;
  const published = { posts: posts.filter((post) => post.published).length, media: media.length };
  return { ...world.settings(), appCallsUsed: appUsage.calls, consents, published };
}

function setAccounts(input: unknown, world: World): unknown {
  const changes = changesSchema.parse(input);
  const { instagram, pageCount, removeAccessOf, changePasswordOf, logOut, newAppSecret, ...others } = changes;
  const { appCallsUsed, pageCallsUsed, instagramPostsUsed, ...settings } = others;
  world.kept.settings = { ...world.kept.settings, ...settings };
  if (pageCount !== undefined) changeFirstAccount(world, { pages: madeUpPages(pageCount) });
  if (instagram !== undefined) {
    const [first, ...rest] = world.settings().accounts[0]?.pages ?? [];
    if (first !== undefined) changeFirstAccount(world, { pages: [{ ...first, instagram }, ...rest] });
  }
  for (const name of removeAccessOf ?? []) removeApp(world, name);
  endSessions(world, changePasswordOf ?? [], 460);
  endSessions(world, logOut ?? [], 467);
  if (newAppSecret === true) world.kept.appSecret = createAppSecret(world.random);
  if (appCallsUsed !== undefined) setCalls(world, null, appCallsUsed);
  for (const page of world.settings().accounts.flatMap(pagesOf)) {
    if (pageCallsUsed !== undefined) setCalls(world, page.id, pageCallsUsed);
    for (let posts = 0; page.instagram !== null && posts < (instagramPostsUsed ?? 0); posts += 1) {
      addMedia(page.instagram.id, world);
    }
  }
  return describeAccounts(world);
}

function changeFirstAccount(world: World, changes: Partial<ReturnType<World['settings']>['accounts'][number]>): void {
  const [first, ...others] = world.settings().accounts;
  if (first !== undefined) world.kept.settings.accounts = [{ ...first, ...changes }, ...others];
}

function portalAnswers(world: World): PortalAnswers {
  const { appId, appSecret } = world.kept;
  const { published, method, accounts } = world.settings();
  const [account] = accounts;
  const page = account === undefined ? undefined : pagesOf(account)[0];
  return {
    steps: {
      'app-credentials': { app_id: appId, app_secret: appSecret },
      'app-mode': { app_mode: published ? 'published' : 'unpublished' },
      method: { method },
      ...(method === 'explorer_token' && { 'user-token': { user_access_token: mintToken(world) } }),
    },
    consent: { account: account?.name ?? '' },
    ...(page !== undefined && { choices: { page: page.id } }),
  };
}
