import { randomUUID } from 'node:crypto';
import type { Settings } from '../infra/environment/settings.ts';
import type { ConnectionFacts } from '../model/connection.ts';
import type { Mode } from '../model/platform.ts';
import { TemporalUnreachableError, type Orchestration } from '../client/sdk/orchestration.ts';
import type { Network } from '../platforms/network.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Store } from '../store/store.ts';

/** Keys of the tests' environment: one may do everything but open payloads, the others only what their names say. */
export const fullKey = 'key-that-may-do-everything';
export const tokensKey = 'key-that-may-read-tokens';
export const codecKey = 'key-that-may-open-payloads';

/** Settings of an environment that is not there: tests bring its parts themselves. */
export const testSettings: Settings = {
  environment: 'test',
  publicUrl: 'http://localhost:8422',
  listen: { host: '127.0.0.1', port: 8422 },
  databaseUrls: { worker: 'postgres://unused', reader: null, migrator: null },
  temporal: { address: '127.0.0.1:1', namespace: 'test' },
  keyRing: [{ id: 'k1', key: 'unused' }],
  keyRingFile: null,
  apiKeys: [
    { name: 'full', key: fullKey, scopes: ['tokens:read', 'connections:write'] },
    { name: 'tokens', key: tokensKey, scopes: ['tokens:read'] },
    { name: 'temporal', key: codecKey, scopes: ['codec'] },
  ],
  simulatorUrl: null,
  temporalUiOrigins: ['http://localhost:8233'],
};

/** A network that leads nowhere. */
export const noNetwork: Pick<Network, 'browserUrl' | 'close'> & { fetch: () => Promise<never> } = {
  fetch: () => Promise.reject(new Error('The tests have no network.')),
  browserUrl: (url) => url,
  close: () => Promise.resolve(),
};

/** Temporal as it is when it is away, but for what a test replaces. */
export function fakeOrchestration(parts: Partial<Orchestration> = {}): Orchestration {
  const away = (): Promise<never> => Promise.reject(new TemporalUnreachableError('what the test asked for'));
  return {
    refresh: away,
    startOnboarding: away,
    onboardingState: away,
    completeStep: away,
    abandonOnboarding: away,
    revoke: away,
    health: () => Promise.resolve({ temporal: 'down', worker: 'unknown' }),
    close: () => Promise.resolve(),
    ...parts,
  };
}

export interface GivenConnection {
  readonly owner?: string;
  readonly accountId?: string;
  /** From now; negative: expired; null: never. */
  readonly expiresInMs?: number | null;
  readonly status?: 'pending' | 'active' | 'needs_consent';
  readonly statusReason?: string;
  readonly mode?: Mode;
}

/** Whoever finds one of these outside the token itself has found a leak. */
export const storedSecrets = {
  client_secret: 'secret-of-the-client',
  access_token: 'stored-access-token',
  refresh_token: 'stored-refresh-token',
} as const;

/** A connection of the platform as its onboarding leaves it. */
export async function openConnection(
  store: Store,
  platform: Platform,
  given: GivenConnection = {},
): Promise<ConnectionFacts> {
  const id = randomUUID();
  const { owner = 'default', accountId = `account-${id}`, expiresInMs = 1_800_000, status = 'active' } = given;
  const expiresAt = expiresInMs === null ? null : new Date(Date.now() + expiresInMs).toISOString();
  const readable = platform.readableFields;
  await store.connections.open({ id, owner, platform: platform.id, label: 'main', credentials: {}, readable });
  const facts = await store.connections.saveGrant({
    connectionId: id,
    version: 1,
    readable,
    grant: {
      credentials: { client_id: 'client-1', ...storedSecrets },
      scopes: ['post'],
      expiresAt,
      account: { id: accountId, name: 'Ada' },
      mode: {
        mode: given.mode ?? 'live',
        reason: given.mode === 'manual' ? 'Post by hand until the review is over.' : null,
      },
    },
    obtainedAt: new Date(Date.now() + (expiresInMs ?? 0) - 3_600_000).toISOString(),
    status,
    statusReason: given.statusReason ?? null,
  });
  if (facts === null) throw new Error(`Connection ${id} could not be made.`);
  return facts;
}
