import type pg from 'pg';
import { createApiKeys } from './api-keys.ts';
import { createConnectionCopies } from './connection-copies.ts';
import { createConnectionEvents } from './connection-events.ts';
import { createConnectionLookups } from './connection-lookups.ts';
import { createConnections } from './connections.ts';
import { createConsentRequests } from './consent-requests.ts';
import { createConsoleSessions } from './console-sessions.ts';
import { createDatabase } from './database.ts';
import { createHumanTasks } from './human-tasks.ts';
import type { KeyRing } from './key-ring.ts';
import { createPool, type PoolSettings } from './pool.ts';
import { createQuotaWindows } from './quota-windows.ts';
import { createRefreshes } from './refreshes.ts';
import { createSealedFields } from './sealed-fields.ts';
import type { Store } from './store.ts';

export { followKeyRing, type KeyRing, parseKeyRing } from './key-ring.ts';
export { createPool, isDatabaseAway, type PoolSettings } from './pool.ts';
export { digestOf, isApiKey } from './random-secrets.ts';
export { UnreadableCredentialsError } from './sealing.ts';
export type * from './store.ts';

export type StoreOptions = {
  readonly keyRing: KeyRing;
  /**
   * Whether to prepare the statements that run often. Default true, unless the database's URL has `pgbouncer=true`, as
   * poolers' own documents tell users to write; a pooler that is not announced is noticed at the first statement it loses.
   */
  readonly preparedStatements?: boolean;
  // A pool that is handed in stays open at `close`: it belongs to whoever opened it.
} & ({ readonly pool: pg.Pool } | { readonly connection: PoolSettings });

/** Opens the store; no connection is made before the first statement. */
export function createStore(options: StoreOptions): Store {
  const pool = 'pool' in options ? options.pool : createPool(options.connection);
  const isPooled = 'connection' in options && /[?&]pgbouncer=true(&|$)/.test(options.connection.databaseUrl);
  const database = createDatabase(pool, { preparedStatements: options.preparedStatements ?? !isPooled });
  return {
    connections: createConnections(database, options.keyRing),
    lookups: createConnectionLookups(database, options.keyRing),
    refreshes: createRefreshes(database, options.keyRing),
    consentRequests: createConsentRequests(database, options.keyRing),
    tasks: createHumanTasks(database),
    events: createConnectionEvents(database),
    quotaWindows: createQuotaWindows(database),
    sealedFields: createSealedFields(database, options.keyRing),
    copies: createConnectionCopies(database, options.keyRing),
    apiKeys: createApiKeys(database),
    consoleSessions: createConsoleSessions(database),
    close: async () => {
      if (!('pool' in options)) await pool.end();
    },
  };
}
