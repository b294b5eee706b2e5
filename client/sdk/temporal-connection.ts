import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import type { ConnectionOptions } from '@temporalio/client';
import type { Settings } from '../../infra/environment/settings.ts';

type TlsConfig = Exclude<NonNullable<ConnectionOptions['tls']>, boolean>;

/**
 * A client of the environment's Temporal that connects with its first call. TLS and API key come from Temporal's own
 * variables: `TEMPORAL_TLS`, `TEMPORAL_TLS_*`, `TEMPORAL_API_KEY`. Throws when a file that they name cannot be read.
 */
export function openTemporalClient(settings: Settings['temporal'], env: NodeJS.ProcessEnv = process.env): Client {
  const apiKey = env['TEMPORAL_API_KEY'];
  const connection = Connection.lazy({
    address: settings.address,
    ...(apiKey === undefined || apiKey === '' ? {} : { apiKey }),
    tls: tlsFrom(env),
  });
  return new Client({ connection, namespace: settings.namespace });
}

function tlsFrom(env: NodeJS.ProcessEnv): TlsConfig | boolean {
  const bytes = (name: string): Buffer | undefined => {
    const path = env[`TEMPORAL_TLS_${name}_PATH`];
    if (path !== undefined) return readFileSync(path);
    const data = env[`TEMPORAL_TLS_${name}_DATA`];
    return data === undefined ? undefined : Buffer.from(data);
  };
  const authority = bytes('SERVER_CA_CERT');
  const certificate = bytes('CLIENT_CERT');
  const key = bytes('CLIENT_KEY');
  const serverName = env['TEMPORAL_TLS_SERVER_NAME'];
  const tls: TlsConfig = {
    ...(authority === undefined ? {} : { serverRootCACertificate: authority }),
    ...(certificate === undefined || key === undefined ? {} : { clientCertPair: { crt: certificate, key } }),
    ...(serverName === undefined ? {} : { serverNameOverride: serverName }),
  };
  if (Object.keys(tls).length > 0) return tls;
  // An API key is never sent in the clear unless somebody says so.
  const said = env['TEMPORAL_TLS'];
  return said === undefined ? Boolean(env['TEMPORAL_API_KEY']) : /^(true|1|yes)$/i.test(said);
}
