import { isHealthy } from '../../model/connection.ts';
import type { ConnectionFacts, ConnectionReport } from '../../model/connection.ts';
import type { Credentials } from '../../model/credentials.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../store/store.ts';

/** One row of the status table. */
export function reportOf(
  platform: Platform | undefined,
  facts: ConnectionFacts,
  credentials: Credentials,
  now: Date,
): ConnectionReport {
  return {
    id: facts.id,
    owner: facts.owner,
    platform: facts.platform,
    accountId: facts.accountId,
    accountName: facts.accountName,
    status: facts.status,
    statusReason: facts.statusReason,
    mode: facts.mode,
    scopes: facts.scopes,
    capabilities: facts.status === 'active' ? (platform?.capabilities(facts.scopes, credentials) ?? []) : [],
    expiresAt: facts.expiresAt,
    refreshExpiresAt: facts.refreshExpiresAt,
    consentExpiresAt: facts.consentExpiresAt,
    nextRefreshAt: facts.nextRefreshAt,
    lastRefreshAt: facts.lastRefreshAt,
    healthy: isHealthy(facts, now),
  };
}

interface Reported {
  readonly store: Store;
  readonly platforms: readonly Platform[];
}

/** The status table of an owner, or of all owners. */
export async function reportConnections(
  parts: Reported,
  filter: Parameters<Store['connections']['list']>[0],
): Promise<ConnectionReport[]> {
  const all = await parts.store.connections.list(filter);
  return Promise.all(all.map((facts) => reportFacts(parts, facts)));
}

/** One row of the status table by its id, or null. */
export async function reportConnection(parts: Reported, id: string): Promise<ConnectionReport | null> {
  const facts = await parts.store.connections.facts(id);
  return facts === null ? null : reportFacts(parts, facts);
}

async function reportFacts({ store, platforms }: Reported, facts: ConnectionFacts): Promise<ConnectionReport> {
  const platform = platforms.find(({ id }) => id === facts.platform);
  // What a connection can do may hang on its app's tier or on linked accounts, which only its credentials tell.
  const loaded = facts.status === 'active' ? await store.connections.load(facts.id) : null;
  return reportOf(platform, facts, loaded?.credentials ?? {}, new Date());
}
