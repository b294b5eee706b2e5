import { connectorHome, environmentHome } from './home.ts';
import { environmentPulumiVariables } from './provision-environment.ts';
import { readRecord, readSecrets } from './record.ts';
import { readSettings } from './settings.ts';

/** What other programs need to use an environment of this machine. Holds secrets. */
export interface EnvironmentVariables {
  readonly variables: Readonly<Record<string, string>>;
  /** Folders to put in front of PATH. */
  readonly pathEntries: readonly string[];
}

/**
 * The variables of the environment that `env` names, as its files have them: what `env` itself says of addresses may be
 * from an earlier start. Throws SettingsMissingError before the first start.
 */
export function environmentVariables(env: NodeJS.ProcessEnv): EnvironmentVariables {
  const named = Object.entries(env).filter(([name]) =>
    /^(HOME|XDG_STATE_HOME|CONNECTOR_HOME|CONNECTOR_ENV)$/.test(name),
  );
  const fileEnv = Object.fromEntries(named);
  const home = environmentHome(fileEnv);
  const record = readRecord(home);
  // Without files it is a hosted environment, whose variables are all there is.
  const settings = readSettings(record === null ? env : fileEnv);
  const codecKey = settings.apiKeys.find(({ scopes }) => scopes.includes('codec'))?.key;
  const { databaseUrls, databasePooledUrl: pooledUrl } = readSecrets(home);
  const adminUrl = databaseUrls.admin;
  const pulumi =
    record === null || adminUrl === null
      ? {}
      : environmentPulumiVariables({ home, record, adminUrl, pooledUrl, programs: [], path: '' });
  const variables: Record<string, string | null> = {
    CONNECTOR_HOME: connectorHome(fileEnv),
    CONNECTOR_ENV: settings.environment,
    CONNECTOR_URL: settings.publicUrl,
    CONNECTOR_API_KEY: settings.apiKeys[0]?.key ?? null,
    CONNECTOR_SIMULATOR_URL: settings.simulatorUrl,
    DATABASE_URL: settings.databaseUrls.worker,
    DATABASE_URL_WORKER: settings.databaseUrls.worker,
    DATABASE_URL_READER: settings.databaseUrls.reader,
    DATABASE_URL_MIGRATOR: settings.databaseUrls.migrator,
    TEMPORAL_ADDRESS: settings.temporal.address,
    TEMPORAL_NAMESPACE: settings.temporal.namespace,
    TEMPORAL_UI_URL: settings.temporalUiOrigins[0] ?? null,
    // With these two the `temporal` command line shows what is encrypted, and encrypts what it sends.
    TEMPORAL_CODEC_ENDPOINT: codecKey === undefined ? null : new URL('/codec', settings.publicUrl).href,
    TEMPORAL_CODEC_AUTH: codecKey === undefined ? null : `Bearer ${codecKey}`,
    ...pulumi,
    // Its folders go in front of the PATH that the shell has.
    PATH: null,
  };
  const given = Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== null);
  return { variables: Object.fromEntries(given), pathEntries: record?.pathEntries ?? [] };
}
