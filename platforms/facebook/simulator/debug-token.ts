import { isAppToken, type Caller, type GraphRequest } from './call.ts';
import { badParameter, noSuchObject, unreadableToken, type GraphFault } from './graph-fault.ts';
import { dataAccessEndsAtMs, findToken, whyDead } from './tokens.ts';
import type { Consent, Token, World } from './world.ts';

/**
 * `debug_token`: GET only, for the app or a token of it. A dead token is a 200 with the error inside [C; its keys U].
 * https://developers.facebook.com/docs/graph-api/reference/debug_token (checked 2026-11-23)
 */
export function debugToken({ method, parameters }: GraphRequest, _caller: Caller, world: World): unknown {
  if (method !== 'GET') throw noSuchObject(method, 'debug_token');
  const value = parameters.get('input_token');
  if (value === null || value === '') throw badParameter('The parameter input_token is required');
  if (isAppToken(world, value)) return { data: describeApp(world) };
  const token = findToken(world, value);
  const fault = token === undefined ? unreadableToken() : whyDead(world, token);
  if (token === undefined) return { data: { error: describeFault(unreadableToken()), is_valid: false, scopes: [] } };
  const described = describeToken(token, world);
  if (fault === null) return { data: { ...described, is_valid: true } };
  return {
    data: { ...described, error: describeFault(fault), is_valid: false, scopes: [], granular_scopes: undefined },
  };
}

function describeFault({ code, message, details }: GraphFault): unknown {
  return { code, message, ...(details.subcode !== undefined && { subcode: details.subcode }) };
}

function describeApp(world: World): unknown {
  const application = 'platform-api-connector';
  return { app_id: world.kept.appId, type: 'APP', application, expires_at: 0, is_valid: true, scopes: [] };
}

function describeToken(token: Token, world: World): Readonly<Record<string, unknown>> {
  const consent = world.kept.consents[token.account];
  return {
    app_id: world.kept.appId,
    type: token.type,
    application: 'platform-api-connector',
    data_access_expires_at: Math.floor(dataAccessEndsAtMs(world, token.account) / 1_000),
    expires_at: token.expiresAtMs === null ? 0 : Math.floor(token.expiresAtMs / 1_000),
    issued_at: Math.floor(token.issuedAtMs / 1_000),
    ...(token.pageId !== null && { profile_id: token.pageId }),
    user_id: world.account(token.account)?.userId,
    scopes: consent?.granted ?? [],
    granular_scopes: consent === undefined ? [] : granularScopes(consent, world, token.account),
  };
}

/** Scopes of Pages name the Pages that were ticked, those of Instagram the linked accounts. [U] */
function granularScopes({ granted, pages }: Consent, world: World, account: string): readonly unknown[] {
  const reached = world.account(account)?.pages ?? [];
  const linked = reached.flatMap(({ id, instagram }) =>
    instagram !== null && pages.includes(id) ? [instagram.id] : [],
  );
  return granted.map((scope) => {
    if (scope.startsWith('pages_')) return { scope, target_ids: pages };
    return scope.startsWith('instagram_') ? { scope, target_ids: linked } : { scope };
  });
}
