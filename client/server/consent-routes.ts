import { randomBytes } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Platform } from '../../platforms/platform.ts';
import type { StoredConnection } from '../../store/store.ts';
import { consentLifetimeMs, giveCookie } from './consent-cookie.ts';
import type { ConsentStepDefinition } from './consent-step.ts';
import { consentContext, consentStepOf, redirectUriOf } from './consent-step.ts';
import type { ServerDependencies } from './dependencies.ts';
import { hostOf } from './guard-requests.ts';
import { pageResponse, remedyPage } from './page.ts';

const uuid = z.uuid();

/**
 * `GET /consent/{connection}`: sends a person's browser to the platform's consent page. It needs no key, because it is a
 * link that people open; it tells nothing about the connection.
 */
export function consentRoutes(app: OpenAPIHono, dependencies: ServerDependencies): void {
  const { store, settings, platforms } = dependencies;
  const publicUrl = new URL(settings.publicUrl);
  app.get('/consent/:connectionId', async (c) => {
    const connectionId = c.req.param('connectionId');
    // The cookie must be on the host that the platform sends the browser back to.
    if (hostOf(c.req) !== publicUrl.host) return c.redirect(new URL(c.req.path, publicUrl).href, 302);
    const loaded = uuid.safeParse(connectionId).success ? await store.connections.load(connectionId) : null;
    const platform = platforms.find(({ id }) => id === loaded?.facts.platform);
    if (loaded === null || loaded.facts.status === 'revoked' || platform === undefined) return unknownLink();
    const step = await consentStepOf(dependencies, platform, loaded.facts);
    if (step === null) return unknownLink();
    return toPlatform(c, dependencies, { loaded, platform, step });
  });
}

async function toPlatform(
  c: Context,
  dependencies: ServerDependencies,
  { loaded, platform, step }: { loaded: StoredConnection; platform: Platform; step: ConsentStepDefinition },
): Promise<Response> {
  const { store, settings, clock } = dependencies;
  const [state, verifier, nonce] = [secret(), secret(), secret()];
  let address: URL;
  try {
    const { credentials } = loaded;
    address = step.authorizationUrl({ credentials, state, verifier }, consentContext(dependencies, loaded.facts));
  } catch (error) {
    // Most often the app's own values are not there yet: the link was opened before the steps in front of it.
    return pageResponse(remedyPage('This step comes later', platform.diagnose(error, clock.now())), 409);
  }
  await store.consentRequests.create({
    connectionId: loaded.facts.id,
    state,
    browser: nonce,
    verifier,
    redirectUri: redirectUriOf(dependencies),
    lifetimeMs: consentLifetimeMs,
  });
  giveCookie(c, state, nonce, settings.publicUrl);
  c.header('Cache-Control', 'no-store');
  return c.redirect(address.href, 302);
}

/** 256 bits, 43 unreserved characters: as long as a PKCE verifier must be at least. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

function unknownLink(): Promise<Response> {
  const remedy = 'It may be incomplete, or the connection was disconnected. Ask whoever sent it for a new one.';
  return pageResponse({ title: 'This link leads nowhere', tone: 'bad', paragraphs: [remedy] }, 404);
}
