import { requirePerson, requireScopes, type Caller, type GraphRequest } from './call.ts';
import { noSuchObject } from './graph-fault.ts';
import { paginate, pick, readFields } from './lists.ts';
import { pageResource } from './page-nodes.ts';
import { endTokens, removeApp } from './tokens.ts';
import { pagesOf, type Token, type World } from './world.ts';
import type { Account, Page } from './settings.ts';

/** `me`: the person of a user token, the Page of a Page token [C]. */
export function describeMe(request: GraphRequest, caller: Caller, world: World): unknown {
  const token = requirePerson(caller);
  const account = accountOf(token, world);
  if (token.pageId === null) {
    return pick({ id: account.userId, name: account.name }, readFields(request.parameters, ['id', 'name']));
  }
  const page = pagesOf(account).find(({ id }) => id === token.pageId);
  if (page === undefined) throw noSuchObject(request.method, 'me');
  return pick(pageResource(page, token, world), readFields(request.parameters, ['id', 'name']));
}

function accountOf(token: Token, world: World): Account {
  const account = world.account(token.account);
  if (account === undefined) throw noSuchObject('get', 'me');
  return account;
}

function requireUser(caller: Caller, request: GraphRequest): Token {
  const token = requirePerson(caller);
  if (token.type !== 'USER') throw noSuchObject(request.method, request.path);
  return token;
}

/**
 * `me/permissions`. Statuses `granted` [C] and `declined` [U].
 * https://developers.facebook.com/docs/graph-api/reference/user/permissions (checked 2026-11-23)
 */
export function listPermissions(request: GraphRequest, caller: Caller, world: World): unknown {
  const consent = world.kept.consents[requireUser(caller, request).account];
  const statuses = [
    ...(consent?.granted ?? []).map((permission) => ({ permission, status: 'granted' })),
    ...(consent?.declined ?? []).map((permission) => ({ permission, status: 'declined' })),
  ];
  return { data: statuses };
}

/** Takes the app away, or one permission; also with an app token and the id of the person. [U] */
export function deletePermissions(request: GraphRequest, caller: Caller, world: World): unknown {
  const [id = '', , permission] = request.path.split('/');
  const account = caller.as === 'app' ? findByUserId(id, request, world) : requireUser(caller, request).account;
  const consent = world.kept.consents[account];
  if (consent === undefined) throw noSuchObject(request.method, id);
  if (permission === undefined) removeApp(world, account);
  else {
    consent.granted = consent.granted.filter((scope) => scope !== permission);
    consent.declined = [...new Set([...consent.declined, permission])];
  }
  return { success: true };
}

function findByUserId(id: string, request: GraphRequest, world: World): string {
  const found = world.settings().accounts.find(({ userId }) => userId === id);
  if (found === undefined) throw noSuchObject(request.method, id);
  return found.name;
}

const listed = ['id', 'name', 'category', 'tasks', 'access_token'];

/**
 * `me/accounts`: the ticked Pages only. Without `pages_show_list` the list is empty [U].
 * https://developers.facebook.com/docs/graph-api/reference/user/accounts (checked 2026-11-23)
 */
export function listAccounts(request: GraphRequest, caller: Caller, world: World): unknown {
  const token = requireUser(caller, request);
  const { granted = [] } = world.kept.consents[token.account] ?? {};
  const pages = granted.includes('pages_show_list') ? accountOf(token, world).pages : [];
  return describePages(pages, request, token, world);
}

/** `me/businesses`, `{business}/owned_pages`, `{business}/client_pages`. [C] */
export function listBusinesses(request: GraphRequest, caller: Caller, world: World): unknown {
  const token = requireUser(caller, request);
  requireScopes(world, token, 200, ['business_management']);
  const { businesses } = accountOf(token, world);
  return paginate(businesses, request.parameters, addressOf(request), ({ id }) => ({ id, name: `Business ${id}` }));
}

/** The Pages of one business portfolio. [C] */
export function listBusinessPages(request: GraphRequest, caller: Caller, world: World): unknown {
  const token = requireUser(caller, request);
  requireScopes(world, token, 200, ['business_management']);
  const [id = '', edge] = request.path.split('/');
  const business = accountOf(token, world).businesses.find((candidate) => candidate.id === id);
  if (business === undefined) throw noSuchObject(request.method, id);
  const pages = edge === 'owned_pages' ? business.ownedPages : business.clientPages;
  return describePages(pages, request, token, world);
}

function describePages(pages: readonly Page[], request: GraphRequest, token: Token, world: World): unknown {
  const ticked = world.kept.consents[token.account]?.pages ?? [];
  const { lostPageRoles } = world.settings();
  const fields = readFields(request.parameters, listed);
  const seen = pages.filter(({ id }) => ticked.includes(id) && !lostPageRoles.includes(id));
  return paginate(seen, request.parameters, addressOf(request), (page) =>
    pick(pageResource(page, token, world, fields), fields),
  );
}

function addressOf(request: GraphRequest): { path: string; version: string; token: string } {
  const token = request.bearer ?? request.parameters.get('access_token') ?? '';
  return { path: request.path, version: request.version, token };
}

/** The person changes the password or logs out everywhere: every token of theirs ends. */
export function endSessions(world: World, names: readonly string[], subcode: 460 | 467): void {
  for (const name of names) endTokens(world, name, subcode);
}
