import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import pino from 'pino';
import type { DestinationStream, Logger } from 'pino';

// Nothing below is logged on purpose; should it ever be, it is not readable.
const secretNames = [
  ...['credentials', 'secrets', 'values', 'code', 'state', 'verifier', 'key', 'token', 'ticket', 'passphrase'],
  ...['accessToken', 'refreshToken', 'access_token', 'refresh_token', 'access_token_secret', 'page_access_token'],
  ...['client_secret', 'app_secret', 'api_secret', 'bearer_token', 'code_verifier'],
  ...['authorization', 'Authorization', 'cookie', 'set-cookie'],
];
const depths = ['', '*.', '*.*.', '*.*.*.'];

/** The server's log: JSON lines, secrets blacked out. */
export function createLog(destination?: DestinationStream): Logger {
  const options = {
    name: 'server',
    redact: {
      paths: depths.flatMap((depth) => secretNames.map((name) => `${depth}${quoted(name)}`)),
      censor: '[redacted]',
    },
    serializers: { err: errorFacts },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** A name with a dash is no path by itself. */
function quoted(name: string): string {
  return name.includes('-') ? `["${name}"]` : name;
}

/** Not the error's own fields: drivers and HTTP clients keep rows and requests in them. */
function errorFacts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: errorFacts(cause) }) };
}

/**
 * One line a request: method, pattern of the route, status, time. Never what was asked for itself: queries hold codes and
 * tickets, and people paste keys into paths. Reads that went well are said at the level `debug` only: there are thousands
 * of them a second.
 */
export function logRequests(app: OpenAPIHono, log: Logger): void {
  const logged: MiddlewareHandler = async (c, next) => {
    const startedMs = performance.now();
    await next();
    const ms = Math.round(10 * (performance.now() - startedMs)) / 10;
    const isPlainRead = c.req.method === 'GET' && c.res.status < 300;
    if (isPlainRead && !log.isLevelEnabled('debug')) return;
    log[isPlainRead ? 'debug' : 'info'](
      { method: c.req.method, route: routePath(c, -1), status: c.res.status, ms },
      'request',
    );
  };
  app.use('*', logged);
}
