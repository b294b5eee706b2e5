import { bodyLimit } from 'hono/body-limit';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Settings } from '../../infra/environment/settings.ts';
import { refuseForeignPage } from './own-page.ts';
import { Problem, securityHeaders } from './problem.ts';
import type { SessionCookie } from './session-cookie.ts';

const maxBodyBytes = 64 * 1024;
// Temporal itself refuses payloads of more than 2 MiB, which are a third longer in base64.
const maxPayloadBytes = 4 * 1024 * 1024;
const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What is asked of a server that knows its own address and the pages that may ask its codec. */
type GuardSettings = Pick<Settings, 'publicUrl' | 'listen' | 'temporalUiOrigins'>;

/**
 * Refuses what a web page in a person's browser could send here: requests under a foreign host name (a name that was
 * rebound to the loopback address), changes from a foreign origin, all changes by a session that no page of our own asks
 * for, and bodies that are too large.
 */
export function guardRequests(app: OpenAPIHono, settings: GuardSettings, cookie: SessionCookie): void {
  const publicUrl = new URL(settings.publicUrl);
  const isOwnHost = hostCheck([...loopbackNames, publicUrl.hostname, bracketed(settings.listen.host)]);
  app.use('*', async (c, next) => {
    const host = hostOf(c.req);
    if (!isOwnHost(host)) throw foreignHost(publicUrl);
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value);
    if (!safeMethods.has(c.req.method) && !isOwnOrigin(c.req, host, publicUrl)) {
      const isTemporalUi = settings.temporalUiOrigins.includes(c.req.header('origin') ?? '');
      if (!isTemporalUi || !c.req.path.startsWith('/codec/')) throw foreignOrigin();
    }
    if (!safeMethods.has(c.req.method) && cookie.isIn(c.req)) refuseForeignPage(c.req, publicUrl);
    await next();
  });
  // Not for reads: looking for a body makes the server build the whole request object first.
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: () => tooLarge(maxBodyBytes) });
  const payloadLimit = bodyLimit({ maxSize: maxPayloadBytes, onError: () => tooLarge(maxPayloadBytes) });
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', (c, next) =>
    c.req.path.startsWith('/codec/') ? payloadLimit(c, next) : limit(c, next),
  );
}

/** Knows the hosts that it has seen: clients send the same few again and again. */
function hostCheck(names: readonly string[]): (host: string) => boolean {
  const own = new Set(names);
  const seen = new Set<string>();
  return (host) => {
    if (seen.has(host)) return true;
    if (!URL.canParse(`http://${host}`) || !own.has(new URL(`http://${host}`).hostname)) return false;
    // Any port counts as the same host, so the set is bounded by hand.
    if (seen.size < 100) seen.add(host);
    return true;
  };
}

/** What is read of a request here. */
interface Asked {
  readonly url: string;
  header(name: string): string | undefined;
}

/** The host and port that the client asked for. */
export function hostOf(request: Asked): string {
  return request.header('host') ?? new URL(request.url).host;
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** Programs send no Origin; browsers always do with a change. */
function isOwnOrigin(request: Asked, host: string, publicUrl: URL): boolean {
  const site = request.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = request.header('origin');
  if (origin === undefined || origin === publicUrl.origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function foreignHost(publicUrl: URL): Problem {
  return new Problem({
    type: 'foreign-host',
    title: 'Misdirected request',
    status: 421,
    detail: 'The server does not answer under this host name.',
    remedy: `Use ${publicUrl.origin}, or set CONNECTOR_URL to the address that people use.`,
  });
}

function foreignOrigin(): Problem {
  return new Problem({
    type: 'foreign-origin',
    title: 'Forbidden',
    status: 403,
    detail: 'A page of another site may change nothing here.',
  });
}

function tooLarge(maxSize: number): never {
  const detail = `The body is larger than ${maxSize / 1024} KiB.`;
  throw new Problem({ type: 'too-large', title: 'Content too large', status: 413, detail });
}
