import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Platform } from '../../platforms/platform.ts';
import { resolvePlatform, UnknownPlatformError } from '../../platforms/load.ts';
import type { ServerDependencies } from './dependencies.ts';
import { pageResponse } from './page.ts';
import type { Page } from './page.ts';
import { notFound } from './problem.ts';

/**
 * `/inbound/<platform>/<name>`: what platforms call by themselves, such as Meta's deauthorize callback. No key: each
 * platform's folder checks the signature against the apps that are connected, and only then is anything ended.
 */
export function inboundRoutes(app: OpenAPIHono, dependencies: ServerDependencies): void {
  app.post('/inbound/:platform/:name', async (c) => {
    const { store, orchestration, settings, log } = dependencies;
    const platform = platformOf(dependencies, c.req.param('platform'));
    const handle = inboundCall(platform, c.req.param('name'));
    if (handle === undefined) throw notFound('such inbound call');
    const { status, body, revoke } = handle({
      body: await c.req.text(),
      headers: c.req.raw.headers,
      apps: await store.lookups.apps({
        platform: platform.id,
        idField: platform.appFields.find((field) => platform.readableFields.includes(field)) ?? '',
        fields: platform.appFields,
      }),
      publicUrl: settings.publicUrl,
    });
    if (revoke !== undefined) {
      const ended = await store.lookups.byField({ platform: platform.id, field: revoke.field, value: revoke.value });
      for (const facts of ended) await orchestration.revoke(facts);
      log.info({ platform: platform.id, reason: revoke.reason, connections: ended.length }, 'ended by the platform');
    }
    return Response.json(body, { status });
  });
  app.get('/inbound/:platform/:name', (c) => {
    const platform = platformOf(dependencies, c.req.param('platform'));
    if (inboundCall(platform, c.req.param('name')) === undefined) throw notFound('such inbound call');
    return pageResponse(deleted(platform), 200);
  });
}

/** Only what the platform names itself: every object also has a `constructor`. */
function inboundCall({ inbound = {} }: Platform, name: string): NonNullable<Platform['inbound']>[string] | undefined {
  return Object.hasOwn(inbound, name) ? inbound[name] : undefined;
}

/** Where a platform sends the person who asked for deletion. */
function deleted(platform: Platform): Page {
  return {
    title: 'Your data was deleted',
    tone: 'good',
    paragraphs: [
      `When ${platform.name} passed your request on, every connection of your account ended here and its tokens were erased.`,
      'Nothing is left for you to do.',
    ],
  };
}

function platformOf({ platforms }: ServerDependencies, name: string): Platform {
  try {
    return resolvePlatform(platforms, name);
  } catch (error) {
    if (error instanceof UnknownPlatformError) throw notFound('such platform');
    throw error;
  }
}
