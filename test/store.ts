import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ConnectionFacts } from '../model/connection.ts';
import type { Credentials } from '../model/credentials.ts';
import { createStore, type KeyRing, parseKeyRing, type Store } from '../store/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A store on a database of its own, with the owner's connection beside it for looking behind the store's back. */
export interface TestStore {
  readonly store: Store;
  readonly admin: pg.Pool;
  readonly database: TestDatabase;
  readonly keyRing: KeyRing;
  close(): Promise<void>;
}

/** Opens it as the worker role: what the grants and row-level security forbid to workers fails here too. */
export async function createTestStore(keyRing = parseKeyRing([newKey('k1')])): Promise<TestStore> {
  const database = await createTestDatabase();
  const store = createStore({ connection: { databaseUrl: database.workerUrl, maxConnections: 20 }, keyRing });
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
  // `drop` ends connections that the pool has let go of but the server has not yet.
  admin.on('error', () => undefined);
  const close = async (): Promise<void> => {
    await store.close();
    await admin.end();
    await database.drop();
  };
  return { store, admin, database, keyRing, close };
}

/** A random entry of a key ring. */
export function newKey(id: string): { id: string; key: string } {
  return { id, key: randomBytes(32).toString('base64') };
}

/** What the tests' connections may show in plain text. */
export const readable = ['client_id', 'token_expiry'];

/** The secrets that openActive stores; whoever finds one of them in the open has found a leak. */
export const secrets = {
  client_secret: 'secret-of-the-client',
  access_token: 'access-token-1',
  refresh_token: 'refresh-token-1',
} as const;

/** An active connection with an account of its own, as after an onboarding. */
export async function openActive(
  store: Store,
  given: { owner?: string; platform?: string; credentials?: Credentials; accountId?: string } = {},
): Promise<ConnectionFacts> {
  const id = randomUUID();
  const { owner = 'default', platform = 'youtube', accountId = `account-${id}` } = given;
  const credentials = given.credentials ?? { client_id: 'client-1', ...secrets };
  await store.connections.open({ id, owner, platform, label: id, credentials: {}, readable });
  const facts = await store.connections.saveGrant({
    connectionId: id,
    version: 1,
    grant: { credentials, scopes: ['upload'], account: { id: accountId, name: 'Ada' } },
    readable,
    status: 'active',
  });
  if (facts === null) throw new Error(`Connection ${id} could not be made active.`);
  return facts;
}
