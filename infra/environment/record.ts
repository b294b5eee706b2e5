import { z } from 'zod';
import { readIfThere, writeWhole, type EnvironmentHome } from './home.ts';

const processSchema = z.object({ pid: z.int().positive(), startedAt: z.string() });

const recordSchema = z.object({
  publicUrl: z.string(),
  host: z.string(),
  /** The public port, and those that were chosen free. */
  ports: z.record(z.string(), z.int().min(1).max(65_535)),
  temporal: z.object({ address: z.string(), namespace: z.string(), embedded: z.boolean() }),
  simulatorUrl: z.string().nullable(),
  embeddedPostgres: z.boolean(),
  processes: z.record(z.string(), processSchema),
  /** Folders to put in front of PATH, so that the engines are found by their names. */
  pathEntries: z.array(z.string()),
  /** When everything was up (ISO 8601); null while it starts. */
  readyAt: z.string().nullable(),
});

/** What `environment.json` says: where an environment's parts listen and which processes they are. No secrets. */
export type EnvironmentRecord = z.infer<typeof recordSchema>;

const keySchema = z.object({ id: z.string().min(1), key: z.string().min(1) });
const apiKeySchema = z.object({ name: z.string().min(1), key: z.string().min(1), scopes: z.array(z.string()) });

export const keyRingSchema = z.array(keySchema).min(1);
export const apiKeysSchema = z.array(apiKeySchema);

const secretsSchema = z.object({
  postgresPassword: z.string().nullable().default(null),
  databaseUrls: z
    .object({
      admin: z.string().nullable(),
      migrator: z.string().nullable(),
      worker: z.string().nullable(),
      reader: z.string().nullable(),
    })
    .default({ admin: null, migrator: null, worker: null, reader: null }),
  /** Of a pooler that worker and reader go through; null: none. */
  databasePooledUrl: z.string().nullable().default(null),
  keyRing: z.array(keySchema).default([]),
  apiKeys: apiKeysSchema.default([]),
});

/** What `secrets.json` holds; the file is readable by its owner alone. */
export type EnvironmentSecrets = z.infer<typeof secretsSchema>;

/** Reads `environment.json`; null before the first start. */
export function readRecord(home: EnvironmentHome): EnvironmentRecord | null {
  return readJson(home.record, recordSchema);
}

/** Replaces `environment.json`. */
export function writeRecord(home: EnvironmentHome, record: EnvironmentRecord): void {
  writeWhole(home.record, `${JSON.stringify(record, null, 2)}\n`, 0o644);
}

/** Reads `secrets.json`; empty before the first start. */
export function readSecrets(home: Pick<EnvironmentHome, 'secrets'>): EnvironmentSecrets {
  return readJson(home.secrets, secretsSchema) ?? secretsSchema.parse({});
}

/** Replaces `secrets.json`. */
export function writeSecrets(home: EnvironmentHome, secrets: EnvironmentSecrets): void {
  writeWhole(home.secrets, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
}

function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.infer<Schema> | null {
  const text = readIfThere(path);
  if (text === null) return null;
  // The file's content stays out of the message: it may hold secrets.
  const broken = (why: string): Error =>
    new Error(`${path} cannot be used (${why}). Move it away and run: connector up`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken('it is no JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw broken(parsed.error.issues.map((issue) => issue.path.join('.')).join(', '));
  return parsed.data;
}
