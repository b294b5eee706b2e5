import { createHmac } from 'node:crypto';
import { fingerprint, sameSecret } from '../../simulator-secrets.ts';
import { GraphFault, permissionMissing } from './graph-fault.ts';
import { requireToken } from './tokens.ts';
import type { Token, World } from './world.ts';

/** One call of the Graph API, before anything of it is believed. */
export interface GraphRequest {
  readonly method: string;
  /** Without version and slashes at the ends. */
  readonly path: string;
  readonly version: string;
  /** Query and form together, as Meta takes them. */
  readonly parameters: URLSearchParams;
  readonly bearer: string | null;
}

/** Who calls: a living user or Page token, or the app itself. */
export type Caller = { readonly as: 'token'; readonly token: Token } | { readonly as: 'app' };

/** Reads a request; a form or JSON in the body counts like the query. */
export async function readGraphRequest(request: Request): Promise<GraphRequest> {
  const url = new URL(request.url);
  const [, version = '', path = ''] = /^\/(?:(v\d+\.\d+)(?:\/|$))?(.*?)\/*$/.exec(url.pathname) ?? [];
  const parameters = new URLSearchParams(url.searchParams);
  const body = request.method === 'GET' ? '' : await request.text();
  for (const [name, value] of readBody(body, request.headers.get('content-type') ?? '')) parameters.append(name, value);
  const [, bearer = null] = /^(?:Bearer|OAuth) (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return { method: request.method, path, version, parameters, bearer };
}

function readBody(body: string, contentType: string): Iterable<[string, string]> {
  if (!contentType.startsWith('application/json')) return new URLSearchParams(body);
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return [];
    return Object.entries(parsed).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
  } catch {
    throw new GraphFault(100, '(#100) The body is no JSON.');
  }
}

/** The literal `{app_id}|{app_secret}` [C], or what `client_credentials` gave [U]. */
export function isAppToken(world: World, value: string): boolean {
  const { appId, appSecret } = world.kept;
  return sameSecret(value, `${appId}|${appSecret}`) || sameSecret(value, clientCredentialsToken(world));
}

/** The app token that `client_credentials` gives: the same each time, until the secret changes. */
export function clientCredentialsToken({ kept }: World): string {
  return `${kept.appId}|${fingerprint(`app token ${kept.appSecret}`).slice(0, 27)}`;
}

/**
 * Lets a call in: a living token, and a proof that fits it. Throws GraphFault.
 * https://developers.facebook.com/docs/graph-api/securing-requests (checked 2026-11-23; texts [U])
 */
export function authorize(request: GraphRequest, world: World): Caller {
  const value = request.bearer ?? request.parameters.get('access_token');
  if (value === null || value === '') {
    throw new GraphFault(2500, 'An active access token must be used to query information about the current user.', {
      challenge: 'invalid_request',
    });
  }
  if (world.settings().appDeleted) throw unknownApp();
  const isApp = value.includes('|');
  if (isApp && !isAppToken(world, value)) throw new GraphFault(190, 'Invalid OAuth access token signature.');
  const caller: Caller = isApp ? { as: 'app' } : { as: 'token', token: requireToken(world, value) };
  checkProof(request.parameters.get('appsecret_proof'), value, world);
  return caller;
}

/** 101 [U]. */
export function unknownApp(): GraphFault {
  return new GraphFault(101, 'Error validating application. Cannot get application info due to a system error.');
}

function checkProof(proof: string | null, token: string, world: World): void {
  const type = 'GraphMethodException';
  if (proof === null) {
    if (!world.settings().requireAppSecret) return;
    throw new GraphFault(100, 'API calls from the server require an appsecret_proof argument', { type });
  }
  const expected = createHmac('sha256', world.kept.appSecret).update(token).digest('hex');
  if (!sameSecret(proof, expected)) {
    throw new GraphFault(100, 'Invalid appsecret_proof provided in the API argument', { type });
  }
}

/** The token of a person or Page. Throws where the app speaks for itself. */
export function requirePerson(caller: Caller): Token {
  if (caller.as === 'token') return caller.token;
  throw new GraphFault(2500, 'An active access token must be used to query information about the current user.');
}

/** Throws unless the person granted all of the scopes. */
export function requireScopes(world: World, token: Token, code: 10 | 200, scopes: readonly string[]): void {
  const granted = world.kept.consents[token.account]?.granted ?? [];
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) throw permissionMissing(code, scopes);
}
