import { dialogPage, faultPage } from './dialog-page.ts';
import { DialogFault, readDialogRequest, type DialogRequest } from './dialog-request.ts';
import { issueCode } from './tokens.ts';
import { pagesOf, type World } from './world.ts';

/** What the person sent from the consent page. */
interface Decision {
  readonly account: string;
  readonly approves: boolean;
  readonly scopes: readonly string[];
  readonly pages: readonly string[];
}

/** www.facebook.com: the consent page, and what becomes of the decision made there. */
export async function answerDialog(request: Request, world: World): Promise<Response> {
  const url = new URL(request.url);
  if (!/^\/(v\d+\.\d+\/)?dialog\/oauth\/?$/.test(url.pathname)) return page(faultPage('Page not found'), 404);
  try {
    const asked = readDialogRequest(url.searchParams, world);
    if (request.method !== 'POST') return await page(dialogPage(asked, world), 200);
    const form = new URLSearchParams(await request.text());
    const decision: Decision = {
      account: form.get('account') ?? '',
      approves: form.get('decision') === 'approve',
      scopes: form.getAll('scope'),
      pages: form.getAll('page'),
    };
    return new Response(null, { status: 302, headers: { location: decide(asked, decision, world) } });
  } catch (error) {
    if (error instanceof DialogFault) return page(faultPage(`${error.message} (${error.code})`), 400);
    throw error;
  }
}

async function page(content: ReturnType<typeof faultPage>, status: number): Promise<Response> {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  return new Response(String(await content), { status, headers });
}

function decide(request: DialogRequest, decision: Decision, world: World): string {
  if (!decision.approves) {
    return callbackUrl(request, {
      error: 'access_denied',
      error_code: '200',
      error_description: 'Permissions error',
      error_reason: 'user_denied',
    });
  }
  checkAccount(decision.account, world);
  agree(request, decision, world);
  const code = issueCode(world, { account: decision.account, redirectUri: request.redirectUri });
  return callbackUrl(request, { code });
}

function checkAccount(name: string, world: World): void {
  const account = world.account(name);
  if (account === undefined) throw new DialogFault('no_account', `There is no account '${name}'.`);
  if (!world.settings().published && !account.hasRole) {
    throw new DialogFault('app_not_active', 'App not active: This app is not accessible right now.');
  }
}

/**
 * What was granted before stays. What was declined before is left out unless the app says `rerequest`. The ticked Pages take
 * the place of the earlier ones. (checked 2026-11-23 [U])
 */
function agree(request: DialogRequest, decision: Decision, world: World): void {
  const earlier = world.kept.consents[decision.account];
  const granted = earlier?.granted ?? [];
  const declined = earlier?.declined ?? [];
  const { declinedScopes } = world.settings();
  const shown = request.scopes.filter((scope) => request.asksAgain || !declined.includes(scope));
  const given = shown.filter((scope) => decision.scopes.includes(scope) && !declinedScopes.includes(scope));
  const nowGranted = [...new Set([...granted, ...given, 'public_profile'])];
  const asked = [...new Set([...declined, ...shown])];
  const account = world.account(decision.account);
  const reachable = account === undefined ? [] : pagesOf(account).map(({ id }) => id);
  world.kept.consents[decision.account] = {
    granted: nowGranted,
    declined: asked.filter((scope) => !nowGranted.includes(scope)),
    pages: reachable.filter((id) => decision.pages.includes(id)),
    engagedAtMs: world.nowMs(),
  };
}

function callbackUrl(request: DialogRequest, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  if (request.state !== null) url.searchParams.append('state', request.state);
  // Facebook appends it; servers never see it. [U]
  if ('code' in parameters) url.hash = '#_=_';
  return url.href;
}

/** The Graph API Explorer: the person agrees to everything and gets a short-lived user token. */
export function agreeToAll(world: World, account: string, scopes: readonly string[]): void {
  const person = world.account(account);
  const pages = person === undefined ? [] : pagesOf(person).map(({ id }) => id);
  const request = { redirectUri: '', state: null, scopes, asksAgain: true };
  agree(request, { account, approves: true, scopes, pages }, world);
}
