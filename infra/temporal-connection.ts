import { readFile } from 'node:fs/promises';
import { Connection, type TLSConfig } from '@temporalio/client';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Connects to Temporal with what Temporal's own environment variables say: TEMPORAL_API_KEY, TEMPORAL_TLS,
 * TEMPORAL_TLS_CLIENT_CERT_PATH or _DATA, TEMPORAL_TLS_CLIENT_KEY_PATH or _DATA, TEMPORAL_TLS_SERVER_CA_CERT_PATH or
 * _DATA, TEMPORAL_TLS_SERVER_NAME. Throws an error that names the address; the caller closes the connection.
 */
export async function connectToTemporal(address: string, environment: Environment): Promise<Connection> {
  const apiKey = environment['TEMPORAL_API_KEY'];
  const tls = await tlsFrom(environment);
  try {
    return await Connection.connect({
      address,
      connectTimeout: '15s',
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey ? { apiKey } : {}),
    });
  } catch (cause) {
    throw new Error(
      `Temporal does not answer at ${address}. Start it, or correct TEMPORAL_ADDRESS (connector:temporalAddress) and its TLS or API key settings.`,
      { cause },
    );
  }
}

async function tlsFrom(environment: Environment): Promise<TLSConfig | boolean | undefined> {
  const wanted = environment['TEMPORAL_TLS']?.toLowerCase();
  if (wanted === 'false' || wanted === '0') return false;
  const material = async (name: string): Promise<Buffer | undefined> => {
    const data = environment[`TEMPORAL_TLS_${name}_DATA`];
    const path = environment[`TEMPORAL_TLS_${name}_PATH`];
    if (data) return Buffer.from(data);
    return path ? readFile(path) : undefined;
  };
  const [crt, key, serverRootCACertificate] = await Promise.all([
    material('CLIENT_CERT'),
    material('CLIENT_KEY'),
    material('SERVER_CA_CERT'),
  ]);
  const serverName = environment['TEMPORAL_TLS_SERVER_NAME'];
  const config: TLSConfig = {
    ...(crt && key ? { clientCertPair: { crt, key } } : {}),
    ...(serverRootCACertificate ? { serverRootCACertificate } : {}),
    ...(serverName ? { serverNameOverride: serverName } : {}),
  };
  if (Object.keys(config).length > 0) return config;
  return wanted === undefined ? undefined : true;
}
