import { authorizeCall, scopeNotAuthorized } from './api-access.ts';
import { ApiError } from './api-error.ts';
import { openIdOf, unionIdOf } from './grants.ts';
import type { World } from './world.ts';

const call = { name: 'user_info', scope: 'user.info.basic', perMinute: 600 };

/** Fields by the scope that they need. https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info (2026-11-23) [O/C] */
const fieldScopes: Readonly<Record<string, string>> = {
  open_id: 'user.info.basic',
  union_id: 'user.info.basic',
  avatar_url: 'user.info.basic',
  display_name: 'user.info.basic',
  username: 'user.info.profile',
  profile_deep_link: 'user.info.profile',
  follower_count: 'user.info.stats',
};

/** GET /v2/user/info/: exactly the fields that were asked for. Throws ApiError. */
export function userInfo(request: Request, world: World): unknown {
  const token = authorizeCall(request, call, world);
  const fields = (new URL(request.url).searchParams.get('fields') ?? '').split(',').filter((name) => name !== '');
  if (fields.length === 0) throw new ApiError(400, 'invalid_params', 'Fields is required.');
  for (const field of fields) {
    const scope = fieldScopes[field];
    if (scope === undefined) throw new ApiError(400, 'invalid_params', `Field ${field} is not supported.`);
    if (!token.scopes.includes(scope)) throw scopeNotAuthorized(scope);
  }
  const account = world.account(token.account);
  if (account === undefined) throw new ApiError(401, 'access_token_invalid', 'The account is gone.');
  const all: Readonly<Record<string, unknown>> = {
    open_id: openIdOf(world, token.stage, account.name),
    ...(account.hasUnionId ? { union_id: unionIdOf(world, account.name) } : {}),
    avatar_url: `https://p16-sign.tiktokcdn-us.com/${account.name}.webp`,
    display_name: account.displayName,
    username: account.username,
    profile_deep_link: `https://vm.tiktok.com/${account.name}`,
    follower_count: 42,
  };
  return { user: Object.fromEntries(fields.flatMap((name) => (name in all ? [[name, all[name]]] : []))) };
}
