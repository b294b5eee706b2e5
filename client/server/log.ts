import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import pino from 'pino';
import type { DestinationStream, Logger } from 'pino';

// Nothing below is logged on purpose; should it ever be, it is not readable.
const secretPaths = [
  'accessToken',
  'refreshToken',
  'credentials',
  'secrets',
  'values',
  'code',
  'state',
  'key',
  'cookie',
];

/** The server's log: JSON lines, secrets blacked out. */
export function createLog(destination?: DestinationStream): Logger {
  const options = {
    name: 'server',
    redact: {
      paths: [
        ...secretPaths.flatMap((path) => [path, `*.${path}`]),
        'authorization',
        '*.authorization',
        '*.*.authorization',
      ],
      censor: '[redacted]',
    },
    serializers: { err: errorFacts },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
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
