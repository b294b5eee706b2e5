import { z } from '@hono/zod-openapi';
import { connectionStatuses } from '../../model/connection.ts';
import { capabilities, modes } from '../../model/platform.ts';
import type { ApiScope } from '../api-scopes.ts';

const instant = z.string().nullable().openapi({ description: 'ISO 8601 in UTC', example: '2026-11-23T12:00:00.000Z' });

export const connectionSchema = z
  .object({
    id: z.string(),
    owner: z.string(),
    platform: z.string(),
    accountId: z.string().nullable(),
    accountName: z.string().nullable(),
    status: z.enum(connectionStatuses),
    statusReason: z.string().nullable(),
    mode: z.enum(modes),
    scopes: z.array(z.string()).readonly(),
    capabilities: z.array(z.enum(capabilities)).readonly(),
    expiresAt: instant,
    refreshExpiresAt: instant,
    consentExpiresAt: instant,
    nextRefreshAt: instant,
    lastRefreshAt: instant,
    healthy: z.boolean(),
  })
  .openapi('Connection');

export const tokenSchema = z
  .object({
    connectionId: z.string(),
    platform: z.string(),
    accountId: z.string().nullable(),
    accountName: z.string().nullable(),
    accessToken: z.string(),
    expiresAt: instant,
    scopes: z.array(z.string()).readonly(),
    mode: z.enum(modes),
    capabilities: z.array(z.enum(capabilities)).readonly(),
    credentials: z.record(z.string(), z.string()).openapi({ description: "The platform's fields by the usual names" }),
  })
  .openapi('Token');

export const refreshSchema = z
  .object({
    outcome: z.enum(['refreshed', 'not_due', 'held', 'gone', 'failed']),
    cause: z.string().nullable(),
    remedy: z.string().nullable(),
    retryAt: instant,
    connection: connectionSchema,
  })
  .openapi('Refresh');

export const connectionIdSchema = z.object({
  id: z.uuid().openapi({ param: { name: 'id', in: 'path' }, description: "The connection's id" }),
});

/** One content of an answer. */
export function json<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
): { description: string; content: { 'application/json': { schema: Schema } } } {
  return { description, content: { 'application/json': { schema } } };
}

/** What OpenAPI says of routes that need any key. */
export const bearer = [{ bearer: [] }];

/** What OpenAPI says of routes that need a key with a scope. */
export function bearerWith(scope: ApiScope): { bearer: string[] }[] {
  return [{ bearer: [scope] }];
}
