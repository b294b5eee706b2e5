import { Connection } from '@temporalio/client';
import { temporalOptions } from './environment/temporal-options.ts';

/**
 * Connects to Temporal with what Temporal's own environment configuration says. Throws an error that names the address;
 * the caller closes the connection.
 */
export async function connectToTemporal(
  address: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Connection> {
  try {
    return await Connection.connect({ ...temporalOptions(address, environment), connectTimeout: '15s' });
  } catch (cause) {
    throw new Error(
      `Temporal does not answer at ${address}. Start it, or correct TEMPORAL_ADDRESS (connector:temporalAddress) and its TLS or API key settings.`,
      { cause },
    );
  }
}
