import type { Settings } from '../../infra/environment/settings.ts';
import { keyRingReader } from '../../infra/environment/key-ring-reader.ts';
import { urlForNode } from '../../infra/postgres-tls.ts';
import { createStore, followKeyRing } from '../../store/index.ts';
import type { Store } from '../../store/store.ts';

/**
 * The environment's database, by the role that may do the most of those that this process was given: the worker's
 * refreshes, the reader's only reads. Throws when there is neither.
 */
export function openStore(settings: Settings): Store {
  const databaseUrl = settings.databaseUrls.worker ?? settings.databaseUrls.reader;
  if (databaseUrl === null) {
    throw new Error('There is no database: set DATABASE_URL_READER (or DATABASE_URL_WORKER), or run: npm start.');
  }
  return createStore({
    connection: { databaseUrl: urlForNode(databaseUrl) },
    keyRing: followKeyRing(keyRingReader(settings)),
  });
}
