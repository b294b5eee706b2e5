import { z } from 'zod';

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'use lower-case letters, digits and underscores, beginning with a letter');
const keyId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'use up to 32 letters, digits, dashes and underscores');
const apiKey = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use lower-case letters, digits and dashes'),
  scopes: z.array(z.enum(['tokens:read', 'connections:write', 'codec'])).min(1),
});

const settingsSchema = z.object({
  database: identifier.max(63).default('connector'),
  rolePrefix: identifier.max(30).default('connector'),
  protect: z.boolean().default(true),
  keyIds: z.array(keyId).min(1).refine(unique, 'name each key once').default(['k1']),
  apiKeys: z
    .array(apiKey)
    .refine((keys) => unique(keys.map((key) => key.name)), 'name each API key once')
    .default([
      { name: 'local', scopes: ['tokens:read', 'connections:write'] },
      // For Temporal's own command line and UI: it opens payloads, and gets no tokens.
      { name: 'temporal', scopes: ['codec'] },
    ]),
  temporalAddress: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'write it as host:port')
    .optional(),
  temporalNamespace: z.string().min(1).default('connector'),
  temporalRetentionDays: z.int().min(1).max(90).default(30),
});

/** What an environment may choose, checked; the administrator's URL is apart because it is a secret. */
export type Settings = z.infer<typeof settingsSchema>;

/** One value of the stack's configuration as text (lists and numbers as JSON), or undefined. */
export type ConfigLookup = (key: string) => string | undefined;

const jsonKeys: ReadonlySet<string> = new Set(['protect', 'keyIds', 'apiKeys', 'temporalRetentionDays']);

/**
 * Reads the settings from the stack's configuration and, where that says nothing, from the environment.
 * Throws an error that names each wrong setting and what it should look like.
 */
export function readSettings(
  config: ConfigLookup,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const variables: Readonly<Record<string, string | undefined>> = {
    temporalAddress: environment['TEMPORAL_ADDRESS'],
    temporalNamespace: environment['TEMPORAL_NAMESPACE'],
  };
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(settingsSchema.shape)) {
    // An empty string stands for "not given": Pulumi.yaml cannot declare a setting without a default.
    const text = [config(key), variables[key]].find((value) => value !== undefined && value !== '');
    if (text !== undefined) given[key] = jsonKeys.has(key) ? parseJson(key, text) : text;
  }
  const parsed = settingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  connector:${issue.path.join('.')}: ${issue.message}`);
  throw new Error(
    `The stack's settings are not usable:\n${problems.join('\n')}\nMend them with \`pulumi config set\`; infra/README.md lists them.`,
  );
}

/**
 * Refuses a URL with a password that was set without `--secret`, because the stack's settings are a file that people
 * commit. `environment` is the program's own: Pulumi tells there what is set, and which of it is secret.
 */
export function refuseSecretsInClear(environment: Readonly<Record<string, string | undefined>>): void {
  const values = z.record(z.string(), z.string()).parse(JSON.parse(environment['PULUMI_CONFIG'] ?? '{}'));
  const secret = z.array(z.string()).parse(JSON.parse(environment['PULUMI_CONFIG_SECRET_KEYS'] ?? '[]'));
  const isOpen = (key: string): boolean => (values[key] ?? '') !== '' && !secret.includes(key);
  const pooled = 'connector:databasePooledUrl';
  const password = /:\/\/[^/@]*:[^/@]+@/;
  const open = [
    ...['connector:databaseAdminUrl'].filter(isOpen),
    // A pooler's address needs no password: each role has its own.
    ...[pooled].filter((key) => isOpen(key) && password.test(values[key] ?? '')),
  ];
  if (open.length === 0) return;
  throw new Error(
    `${open.join(' and ')} stands in clear text in the stack's settings. Set it again with \`pulumi config set --secret\`, and change the password if the file was shared.`,
  );
}

function parseJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`The setting connector:${key} is not JSON. infra/README.md shows its form.`, { cause });
  }
}

function unique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
