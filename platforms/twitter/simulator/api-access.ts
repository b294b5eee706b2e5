import { checkSignature } from './signed-call.ts';
import { countCall } from './rate-limits.ts';
import type { EndpointName } from './settings.ts';
import { findAccessToken } from './tokens.ts';
import type { Account } from './settings.ts';
import type { UserToken, World } from './world.ts';
import * as faults from './x-fault.ts';

/** Who calls, and by which right. */
export type Caller =
  | { readonly by: 'app' }
  | { readonly by: 'signature'; readonly account: Account; readonly level: UserToken['level'] }
  | { readonly by: 'grant'; readonly account: Account; readonly scopes: readonly string[] };

/** What an endpoint of version 2 asks of its caller. */
export interface Endpoint {
  readonly name: EndpointName;
  readonly auth: 'user' | 'app';
  /** The scopes that a granted token must all have. */
  readonly scopes: readonly string[];
  readonly writes: boolean;
}

/** A call that was let in. */
export interface Admitted {
  readonly caller: Caller;
  /** Rate limits and, of a signed call, its access level. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A refusal after the caller was known: its headers tell what is left, too. */
export class RefusedCall extends Error {
  readonly fault: faults.XFault;
  readonly headers: Readonly<Record<string, string>>;

  constructor(fault: faults.XFault, headers: Readonly<Record<string, string>>) {
    super(fault.message);
    this.name = 'RefusedCall';
    this.fault = fault;
    this.headers = headers;
  }
}

/**
 * Lets a call in: who it is, the plan, the way of authenticating, the permission, the rate, the credits, in this order.
 * Throws XFault or RefusedCall. (2026-11-23) [the order is U]
 */
export async function admit(request: Request, world: World, endpoint: Endpoint): Promise<Admitted> {
  const caller = await identifyCaller(request, world);
  if (!world.settings().enrolled) throw faults.clientNotEnrolled(world.kept.enrolledAccount);
  if (endpoint.auth === 'user' && caller.by === 'app') throw faults.unsupportedAuthentication('app');
  if (endpoint.auth === 'app' && caller.by !== 'app') throw faults.unsupportedAuthentication('user');
  const account = caller.by === 'app' ? null : caller.account;
  const rate = countCall(world, endpoint.name, account?.name ?? null);
  const level = caller.by === 'signature' ? { 'x-access-level': caller.level } : {};
  const headers = { ...rate.headers, ...level };
  const refuse = (fault: faults.XFault): RefusedCall => new RefusedCall(fault, headers);
  if (rate.spent) throw refuse(faults.plainProblem(429, 'Too Many Requests'));
  if (account?.suspended === true) {
    throw refuse(faults.problem(403, 'user-suspended', 'Forbidden', 'User has been suspended.'));
  }
  if (endpoint.writes && caller.by === 'signature' && caller.level === 'read') throw refuse(faults.oauth1Permissions());
  if (caller.by === 'grant' && endpoint.scopes.some((scope) => !caller.scopes.includes(scope))) {
    throw refuse(faults.plainProblem(403, 'Forbidden'));
  }
  if (world.settings().tier === 'pay_per_use' && world.kept.creditsMills <= 0) {
    throw refuse(faults.creditsDepleted(world.kept.enrolledAccount));
  }
  return { caller, headers };
}

/** The account that a call of a user is made for. */
export function accountOf({ caller }: Admitted): Account {
  if (caller.by === 'app') throw faults.unsupportedAuthentication('app');
  return caller.account;
}

async function identifyCaller(request: Request, world: World): Promise<Caller> {
  const header = request.headers.get('authorization') ?? '';
  const [, bearer] = /^Bearer (.+)$/i.exec(header) ?? [];
  if (bearer !== undefined) return bearerCaller(bearer, world);
  const { userTokens } = world.kept;
  let token: string | null;
  try {
    ({ token } = await checkSignature(request, world, (one) => userTokens[one]?.secret));
  } catch (error) {
    // Version 2 does not say what is wrong with a signature (2026-11-23) [C].
    throw error instanceof faults.XFault ? faults.unauthorized() : error;
  }
  const held = token === null ? undefined : userTokens[token];
  const account = held === undefined ? undefined : world.account(held.account);
  if (held === undefined || account === undefined) throw faults.unauthorized();
  return { by: 'signature', account, level: held.level };
}

function bearerCaller(bearer: string, world: World): Caller {
  if (world.kept.bearerToken !== null && bearer === world.kept.bearerToken) return { by: 'app' };
  const token = findAccessToken(world, bearer);
  const account = token === undefined ? undefined : world.account(token.account);
  if (token === undefined || account === undefined) throw faults.unauthorized();
  return { by: 'grant', account, scopes: token.scopes };
}
