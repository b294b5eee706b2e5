import type { z } from 'zod';
import { environmentHome, type EnvironmentHome } from './home.ts';
import {
  apiKeysSchema,
  keyRingSchema,
  readRecord,
  readSecrets,
  type EnvironmentRecord,
  type EnvironmentSecrets,
} from './record.ts';

/** Where everything is and what unlocks it: the same for every process of the service. Keep it out of logs. */
export interface Settings {
  readonly environment: string;
  /** The address under which people and programs reach the server, such as `http://localhost:8422`. */
  readonly publicUrl: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** By role; null where this process was not given the role. */
  readonly databaseUrls: {
    readonly worker: string | null;
    readonly reader: string | null;
    readonly migrator: string | null;
  };
  readonly temporal: { readonly address: string; readonly namespace: string };
  /** New values are sealed with the first key; any of them opens what it sealed. */
  readonly keyRing: readonly { readonly id: string; readonly key: string }[];
  /** The file that the ring was read from, and that gets new keys; null: a variable holds it. */
  readonly keyRingFile: string | null;
  readonly apiKeys: readonly { readonly name: string; readonly key: string; readonly scopes: readonly string[] }[];
  /** Null: the real platforms. */
  readonly simulatorUrl: string | null;
  /** Where the Temporal UI is served: its pages may ask our codec to open what Temporal keeps. */
  readonly temporalUiOrigins: readonly string[];
}

/** The variables that win over an environment's files: a hosted environment sets these and needs no files. */
export const settingVariables = [
  'CONNECTOR_URL',
  'CONNECTOR_HOST',
  'CONNECTOR_PORT',
  'DATABASE_URL',
  'DATABASE_URL_WORKER',
  'DATABASE_URL_READER',
  'DATABASE_URL_MIGRATOR',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'CONNECTOR_KEY_RING',
  'CONNECTOR_API_KEYS',
  'CONNECTOR_SIMULATOR_URL',
  'CONNECTOR_TEMPORAL_UI',
] as const;

/** The variables that name a Postgres of the user's own for `connector up` and `pulumi up`. */
export const serverVariables = ['DATABASE_ADMIN_URL', 'DATABASE_POOLED_URL'] as const;

/** The namespace that the Pulumi project makes unless it is told another. */
export const defaultNamespace = 'connector';

/** The public port unless `CONNECTOR_PORT` says another. */
export const defaultPort = 8422;

/** Something that a process needs was neither in the environment's files nor in the variables. */
export class SettingsMissingError extends Error {
  override readonly name = 'SettingsMissingError';
  readonly remedy: string;

  constructor(what: string, remedy: string) {
    super(`${what} ${remedy}`);
    this.remedy = remedy;
  }
}

/**
 * Reads the files of the environment that `CONNECTOR_HOME` and `CONNECTOR_ENV` name, and lets variables win. Throws an
 * error that names everything that is missing and how to get it.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const home = environmentHome(env);
  const record = readRecord(home);
  const settings = fromFilesAndVariables(env, home, record, readSecrets(home));
  refuseMissing(settings, home);
  return settings;
}

function fromFilesAndVariables(
  env: NodeJS.ProcessEnv,
  home: EnvironmentHome,
  record: EnvironmentRecord | null,
  secrets: EnvironmentSecrets,
): Settings {
  const given = (name: (typeof settingVariables)[number]): string | null => {
    const value = env[name];
    return value === undefined || value === '' ? null : value;
  };
  const port = portFrom(given('CONNECTOR_PORT')) ?? record?.ports['public'] ?? defaultPort;
  const isRecorded = record?.ports['public'] === port;
  const keyRing = given('CONNECTOR_KEY_RING');
  const apiKeys = given('CONNECTOR_API_KEYS');
  return {
    environment: home.environment,
    publicUrl:
      given('CONNECTOR_URL') ?? (record !== null && isRecorded ? record.publicUrl : `http://localhost:${String(port)}`),
    listen: { host: given('CONNECTOR_HOST') ?? record?.host ?? '127.0.0.1', port },
    databaseUrls: {
      worker: given('DATABASE_URL_WORKER') ?? given('DATABASE_URL') ?? secrets.databaseUrls.worker,
      reader: given('DATABASE_URL_READER') ?? secrets.databaseUrls.reader,
      migrator: given('DATABASE_URL_MIGRATOR') ?? secrets.databaseUrls.migrator,
    },
    temporal: {
      address: given('TEMPORAL_ADDRESS') ?? record?.temporal.address ?? '',
      namespace: given('TEMPORAL_NAMESPACE') ?? record?.temporal.namespace ?? defaultNamespace,
    },
    keyRing: keyRing === null ? secrets.keyRing : fromJson('CONNECTOR_KEY_RING', keyRing, keyRingSchema),
    keyRingFile: keyRing === null ? home.secrets : null,
    apiKeys: apiKeys === null ? secrets.apiKeys : fromJson('CONNECTOR_API_KEYS', apiKeys, apiKeysSchema),
    simulatorUrl: given('CONNECTOR_SIMULATOR_URL') ?? record?.simulatorUrl ?? null,
    temporalUiOrigins: temporalUiOrigins(given('CONNECTOR_TEMPORAL_UI'), record),
  };
}

/** People type either name of this machine for the embedded one. */
function temporalUiOrigins(given: string | null, record: EnvironmentRecord | null): string[] {
  if (given !== null) {
    if (URL.canParse(given)) return [new URL(given).origin];
    throw new Error(
      `CONNECTOR_TEMPORAL_UI is ${JSON.stringify(given)}: set it to an address, as https://temporal.example`,
    );
  }
  const port = record?.temporal.embedded === true ? record.ports['temporalUi'] : undefined;
  return port === undefined ? [] : ['localhost', '127.0.0.1'].map((host) => `http://${host}:${String(port)}`);
}

/** The port that a text names, null for none. Throws when it is no port. */
export function portFrom(text: string | null | undefined): number | null {
  if (text === null || text === undefined || text === '') return null;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new Error(`CONNECTOR_PORT is ${JSON.stringify(text)}: set it to a number from 1 to 65535.`);
  }
  return port;
}

function fromJson<Schema extends z.ZodType>(name: string, text: string, schema: Schema): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${name} is no JSON. Set it as Pulumi's output of that name prints it.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Error(`${name} does not have its shape (${issues}). Set it as Pulumi's output of that name prints it.`);
}

function refuseMissing(settings: Settings, home: EnvironmentHome): void {
  const missing: string[] = [];
  const { worker, reader, migrator } = settings.databaseUrls;
  if (worker === null && reader === null && migrator === null) {
    missing.push('the database (DATABASE_URL_WORKER or DATABASE_URL, DATABASE_URL_READER for token reads)');
  }
  if (settings.keyRing.length === 0) missing.push('the keys that seal secrets (CONNECTOR_KEY_RING)');
  if (settings.temporal.address === '') missing.push('Temporal (TEMPORAL_ADDRESS)');
  if (missing.length === 0) return;
  const command =
    home.environment === 'sandbox' ? 'npm start, or: connector up' : `connector up --env ${home.environment}`;
  throw new SettingsMissingError(
    `The environment "${home.environment}" is not set up in ${home.directory}: missing are ${missing.join(', ')}.`,
    `Run: ${command} – or set the variables in brackets.`,
  );
}
