import { hash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Settings } from '../../infra/environment/settings.ts';
import { Problem } from './problem.ts';

export type ApiScope = 'tokens:read' | 'connections:write';

/** Lets a request through whose bearer key (RFC 6750) has the scope; without a scope, any known key. */
export type RequireKey = (scope?: ApiScope) => MiddlewareHandler;

/** Knows the keys of an environment by their digests. */
export function createApiKeys(apiKeys: Settings['apiKeys']): RequireKey {
  const known = apiKeys.map(({ name, key, scopes }) => ({ name, digest: digestOf(key), scopes }));
  const find = (given: string): (typeof known)[number] | undefined => {
    const digest = digestOf(given);
    // All of them are compared, so that the time tells nothing.
    return known.filter((key) => timingSafeEqual(key.digest, digest))[0];
  };
  return (scope) => async (c, next) => {
    const header = c.req.header('authorization');
    if (header === undefined) throw unauthorized('This needs an API key.', '');
    const given = /^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1];
    const key = given === undefined ? undefined : find(given);
    if (key === undefined) throw unauthorized('The API key is not known here.', ', error="invalid_token"');
    if (scope !== undefined && !key.scopes.includes(scope)) throw insufficient(key.name, scope);
    await next();
  };
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

function unauthorized(detail: string, error: string): Problem {
  return new Problem({
    type: 'unauthorized',
    title: 'Unauthorized',
    status: 401,
    detail,
    remedy: 'Send "Authorization: Bearer KEY" with a key of this environment; `connector env` prints one.',
    headers: { 'WWW-Authenticate': `Bearer realm="connector"${error}` },
  });
}

function insufficient(name: string, scope: ApiScope): Problem {
  return new Problem({
    type: 'insufficient-scope',
    title: 'Forbidden',
    status: 403,
    detail: `The API key "${name}" lacks the scope ${scope}.`,
    remedy: 'Use a key that has it, or add the scope in the settings of the stack.',
    headers: { 'WWW-Authenticate': `Bearer realm="connector", error="insufficient_scope", scope="${scope}"` },
  });
}
