import { z } from 'zod';
import type { Ask } from './ask.ts';

const refSchema = z.object({ $ref: z.string() });
const schemaSchema = z.record(z.string(), z.unknown());
/** A JSON Schema as it stands in the document; it may point elsewhere in it. */
export type Schema = z.infer<typeof schemaSchema>;

const contentSchema = z.record(z.string(), z.object({ schema: schemaSchema }));

const operationSchema = z.object({
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header', 'cookie']),
        required: z.boolean().default(false),
        schema: schemaSchema,
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ content: contentSchema.optional() })),
  /** Ways to show a key, each with the scopes that it must have. */
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
});

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.partialRecord(z.enum(methods), operationSchema)),
});

/** One thing that the API does, as it describes itself. */
export interface Operation extends z.infer<typeof operationSchema> {
  readonly method: string;
  readonly path: string;
  readonly needsKey: boolean;
  /** What a key must be allowed; empty: any key will do. */
  readonly scopes: readonly string[];
}

/** What the server says of itself. */
export interface ApiDocument {
  readonly operations: readonly Operation[];
  /** The document as it was served. */
  readonly whole: Readonly<Record<string, unknown>>;
  /** A schema with what it points to in its place. */
  resolve(schema: Schema): Schema;
}

/** Reads the document that the server serves. */
export async function readApiDocument(ask: Ask): Promise<ApiDocument> {
  const answered = await ask({ method: 'GET', path: '/openapi.json' });
  if (answered.kind !== 'answer') throw new Error(`The server does not describe itself: ${answered.why}`);
  const whole = documentSchema.parse(JSON.parse(answered.text));
  const operations = Object.entries(whole.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const { security } = operation;
      const scopes = security.flatMap((way) => Object.values(way).flat());
      return [{ ...operation, method: method.toUpperCase(), path, needsKey: security.length > 0, scopes }];
    }),
  );
  return { operations, whole, resolve: (schema) => resolve(whole, schema) };
}

function resolve(whole: unknown, schema: Schema): Schema {
  const ref = refSchema.safeParse(schema);
  if (!ref.success) return schema;
  const parts = ref.data.$ref.replace(/^#\//, '').split('/');
  let found = whole;
  for (const part of parts) found = schemaSchema.parse(found)[pointerPart(part)];
  return resolve(whole, schemaSchema.parse(found));
}

function pointerPart(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
