import { fingerprint } from '../../simulator-secrets.ts';
import { ApiError } from './api-error.ts';
import { findAccessToken } from './grants.ts';
import type { Token, World } from './world.ts';

const minuteMs = 60_000;

/** A call as the platform knows it: which scope it needs, and how often a minute a token may make it. */
export interface ApiCall {
  readonly name: string;
  readonly scope: string;
  readonly perMinute: number;
}

/**
 * Lets a request in: a living token, its scope, its limit, in this order. Throws ApiError.
 * https://developers.tiktok.com/doc/tiktok-api-v2-rate-limit (2026-11-23) [O; 600 for user/info: U]
 */
export function authorizeCall(request: Request, call: ApiCall, world: World): Token {
  const [, bearer = ''] = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const token = findAccessToken(world, bearer);
  if (token === undefined) {
    throw new ApiError(401, 'access_token_invalid', 'The access token is invalid or not found in the request.');
  }
  if (!token.scopes.includes(call.scope)) throw scopeNotAuthorized(call.scope);
  countCall(`${call.name}/${fingerprint(bearer)}`, call.perMinute, world);
  return token;
}

/** 401: the token lacks a scope. */
export function scopeNotAuthorized(scope: string): ApiError {
  return new ApiError(401, 'scope_not_authorized', `The user did not authorize the scope required: ${scope}.`);
}

function countCall(key: string, perMinute: number, world: World): void {
  const nowMs = world.nowMs();
  const { calls } = world.kept;
  for (const [other, times] of Object.entries(calls)) {
    if (times.every((time) => time <= nowMs - minuteMs)) Reflect.deleteProperty(calls, other);
  }
  const recent = (calls[key] ?? []).filter((time) => time > nowMs - minuteMs);
  if (recent.length >= perMinute) throw new ApiError(429, 'rate_limit_exceeded', 'The API rate limit was exceeded.');
  calls[key] = [...recent, nowMs];
}
