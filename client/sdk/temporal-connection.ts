import { Client, Connection } from '@temporalio/client';
import type { Settings } from '../../infra/environment/settings.ts';
import { temporalOptions } from '../../infra/environment/temporal-options.ts';

/** A client of the environment's Temporal that connects with its first call. Throws when Temporal's own configuration is broken. */
export function openTemporalClient(settings: Settings['temporal'], env: NodeJS.ProcessEnv = process.env): Client {
  const { address, namespace } = settings;
  return new Client({ connection: Connection.lazy(temporalOptions(address, env)), namespace });
}
