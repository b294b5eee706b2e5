import { Client, Connection } from '@temporalio/client';
import { temporalOptions } from '../../infra/environment/temporal-options.ts';
import type { Settings } from '../../infra/environment/settings.ts';

/**
 * A client of the environment's Temporal that connects with its first call; TLS and keys come from Temporal's own
 * environment configuration. Throws when that is broken.
 */
export function openTemporalClient(settings: Settings['temporal'], env: NodeJS.ProcessEnv = process.env): Client {
  const { address, namespace } = settings;
  return new Client({ connection: Connection.lazy(temporalOptions(address, env)), namespace });
}
