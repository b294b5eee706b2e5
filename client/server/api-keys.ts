import type { MiddlewareHandler } from 'hono';
import type { ApiScope } from '../api-scopes.ts';
import type { FailureLimit } from './failure-limit.ts';
import type { FindKey } from './known-keys.ts';
import { Problem } from './problem.ts';

/** How a browser may give a key: as the password of HTTP's basic authentication; `asks`: it shows its dialog. */
export interface BrowserKeys {
  readonly fromBrowser: true;
  readonly asks?: boolean;
}

/** Lets a request through whose bearer key (RFC 6750) has the scope; without a scope, any known key. */
export type RequireKey = (scope?: ApiScope, browser?: BrowserKeys) => MiddlewareHandler;

/** Wants a key that `find` knows, and counts every other that is given as a failure. */
export function createApiKeys(find: FindKey, failures: FailureLimit): RequireKey {
  return (scope, browser) => async (c, next) => {
    const header = c.req.header('authorization');
    // Not counted: any page in a person's browser can ask without a key.
    if (header === undefined) throw browser?.asks === true ? askBrowser() : unauthorized('This needs an API key.', '');
    const given = /^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1] ?? (browser && passwordIn(header));
    const found = given === undefined ? null : find(given);
    const key = found instanceof Promise ? await found : found;
    if (key === null) throw await failures.count(c, browser?.asks === true ? askBrowser() : unknownKey());
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

function unknownKey(): Problem {
  return unauthorized('The API key is not known here, or is expired or revoked.', ', error="invalid_token"');
}

function unauthorized(detail: string, error: string): Problem {
  return new Problem({
    type: 'unauthorized',
    title: 'Unauthorized',
    status: 401,
    detail,
    remedy:
      'Send "Authorization: Bearer KEY" with a key of this environment: `connector env` prints one, `connector api-keys create` makes another.',
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
    remedy: `Use a key that has it, or make one: connector api-keys create --name NAME --scope ${scope}.`,
    headers: { 'WWW-Authenticate': `Bearer realm="connector", error="insufficient_scope", scope="${scope}"` },
  });
}
