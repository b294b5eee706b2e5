import type { NativeConnectionOptions } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** What both kinds of connection take, the client's and the worker's. */
type TemporalOptions = Pick<NativeConnectionOptions, 'address' | 'apiKey' | 'tls' | 'metadata'>;

/**
 * How to reach the Temporal at `address`: TLS, API key and headers come from Temporal's own environment configuration
 * (`TEMPORAL_TLS…`, `TEMPORAL_API_KEY`, its file and profiles). Throws when that is broken.
 */
export function temporalOptions(
  address: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TemporalOptions {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: definedIn(environment) });
  const { apiKey, tls, metadata } = connectionOptions;
  // A profile that names another server is not for this one: its key must not be sent here.
  if (connectionOptions.address !== undefined && connectionOptions.address !== address) return { address };
  return {
    address,
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(tls === undefined ? {} : { tls }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function definedIn(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
