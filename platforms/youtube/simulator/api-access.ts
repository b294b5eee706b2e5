import { accessNotConfigured, authError, badRequest, insufficientPermissions, signupRequired } from './api-error.ts';
import { findAccessToken } from './grants.ts';
import type { World } from './world.ts';

export interface Channel {
  readonly id: string;
  readonly title: string;
}

const prefix = 'https://www.googleapis.com/auth/';

/**
 * Lets a request in: a living access token, an enabled API, a scope that suffices, checked in this order. Returns the
 * name of the account. Scopes are given by their last segment. Throws ApiError.
 */
export function authorizeCall(request: Request, world: World, method: string, scopes: readonly string[]): string {
  const [, bearer] = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const token = bearer === undefined ? undefined : findAccessToken(world, bearer);
  if (token === undefined) throw authError();
  if (!world.settings().apiEnabled) throw accessNotConfigured(world.kept.projectNumber);
  if (!scopes.some((scope) => token.scopes.includes(`${prefix}${scope}`))) throw insufficientPermissions(method);
  return token.account;
}

/** The channel that the account uploads to. Throws 401 `youtubeSignupRequired` without one. */
export function requireChannel(world: World, account: string): Channel {
  const channel = world.account(account)?.channel;
  if (channel === undefined || channel === null) throw signupRequired();
  return channel;
}

/** The `part` parameter, repeated or joined by commas. Throws 400 when it is missing or names an unknown part. */
export function readParts(url: URL, known: readonly string[]): readonly string[] {
  const parts = url.searchParams.getAll('part').flatMap((text) => text.split(','));
  const named = parts.map((part) => part.trim()).filter((part) => part !== '');
  if (named.length === 0) throw badRequest('missingRequiredParameter', 'No part selected.', 'part');
  const unknown = named.find((part) => !known.includes(part));
  if (unknown !== undefined) throw badRequest('unknownPart', `'${unknown}'`, 'part');
  return named;
}
