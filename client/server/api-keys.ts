import { hash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Settings } from '../../infra/environment/settings.ts';
import { Problem } from './problem.ts';

export type ApiScope = 'tokens:read' | 'connections:write' | 'codec';

/** How a browser may give a key: as the password of HTTP's basic authentication; `asks`: it shows its dialog. */
export interface BrowserKeys {
  readonly fromBrowser: true;
  readonly asks?: boolean;
}

/** Lets a request through whose bearer key (RFC 6750) has the scope; without a scope, any known key. */
export type RequireKey = (scope?: ApiScope, browser?: BrowserKeys) => MiddlewareHandler;

/** Knows the keys of an environment by their digests. */
export function createApiKeys(apiKeys: Settings['apiKeys']): RequireKey {
  const known = apiKeys.map(({ name, key, scopes }) => ({ name, digest: digestOf(key), scopes }));
  const find = (given: string): (typeof known)[number] | undefined => {
    const digest = digestOf(given);
    // All of them are compared, so that the time tells nothing.
    return known.filter((key) => timingSafeEqual(key.digest, digest))[0];
  };
  return (scope, browser) => async (c, next) => {
    const header = c.req.header('authorization');
    if (browser?.asks === true && header === undefined) throw askBrowser();
    if (header === undefined) throw unauthorized('This needs an API key.', '');
    const given = /^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1] ?? (browser && passwordIn(header));
    const key = given === undefined ? undefined : find(given);
    if (key === undefined && browser?.asks === true) throw askBrowser();
    if (key === undefined) throw unauthorized('The API key is not known here.', ', error="invalid_token"');
    if (scope !== undefined && !key.scopes.includes(scope)) throw insufficient(key.name, scope);
    await next();
  };
}

/** The password of basic authentication (RFC 7617); whose it is does not matter. */
function passwordIn(header: string): string | undefined {
  const encoded = /^Basic +([\w+/=-]+) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return password;
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

function askBrowser(): Problem {
  return new Problem({
    type: 'unauthorized',
    title: 'Unauthorized',
    status: 401,
    detail: 'This needs an API key.',
    remedy: 'Give the key as the password; any user name will do.',
    headers: { 'WWW-Authenticate': 'Basic realm="connector: an API key as the password", charset="UTF-8"' },
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
