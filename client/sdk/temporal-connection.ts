import { Client, Connection } from '@temporalio/client';
import { temporalOptions } from '../../infra/environment/temporal-options.ts';
import type { Settings } from '../../infra/environment/settings.ts';
import { createDataConverter } from '../../store/data-converter.ts';
import type { KeyRing } from '../../store/index.ts';

/**
 * A client of the environment's Temporal that connects with its first call and encrypts what it sends; TLS and keys come
 * from Temporal's own environment configuration. Throws when that is broken.
 */
export function openTemporalClient(
  { address, namespace }: Settings['temporal'],
  keyRing: KeyRing,
  env: NodeJS.ProcessEnv = process.env,
): Client {
  const connection = Connection.lazy(temporalOptions(address, env));
  return new Client({ connection, namespace, dataConverter: createDataConverter(keyRing) });
}
