import type { ConnectionReport } from '../../model/connection.ts';
import type { QuotaState } from '../../model/quota.ts';
import { systemClock } from '../../platforms/network.ts';
import type { Clock, Network } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../store/store.ts';
import { reportConnection, reportConnections } from './connection-report.ts';
import { createClients } from './clients.ts';
import type { AccountOptions, Clients } from './clients.ts';
import { createInlineRefresh } from './inline-refresh.ts';
import type { Orchestration } from './orchestration.ts';
import { createQuotas } from './quotas.ts';
import type { QuotaReservation } from './quotas.ts';
import { createReadNotes } from './read-notes.ts';
import { createRefresher } from './refresh-once.ts';
import type { RefreshResult } from './refresh-once.ts';
import { readToken } from './token-reader.ts';
import type { TokenOptions } from './token-reader.ts';
import type { Token } from './token.ts';

/** Hands out valid tokens, and clients that stay valid by themselves. */
export interface Connector extends Clients {
  /**
   * A token that lives for at least `minimumSeconds` (30) more. Throws NotConnectedError, NeedsConsentError,
   * ManualModeError or UnavailableError.
   */
  getValidToken(platform: string, options?: TokenOptions): Promise<Token>;
  /**
   * Takes `amount` of a quota before the call that spends it. Throws QuotaExceededError when that much is not left, and
   * NotConnectedError or UnknownBucketError. Settle or release it afterwards: a reservation left alone counts as used.
   */
  reserveQuota(platform: string, bucket: string, amount: number, options?: AccountOptions): Promise<QuotaReservation>;
  /** How much of each quota is used and left, for the connections of one owner or of everybody. */
  quotas(platform?: string, options?: { owner?: string }): Promise<QuotaState[]>;
  /** All connections, of one owner or of everybody, without their secrets. */
  status(options?: { owner?: string }): Promise<ConnectionReport[]>;
  /** Refreshes a connection although it is not due; null: there is no such connection. */
  refresh(connectionId: string): Promise<{ result: RefreshResult; connection: ConnectionReport } | null>;
  /** Frees the database and Temporal; what is under way is finished first. */
  close(): Promise<void>;
}

/** What a connector works with; `connect` makes these from the environment's settings. */
export interface ConnectorParts {
  readonly store: Store;
  readonly platforms: readonly Platform[];
  readonly network: Network;
  readonly publicUrl: string;
  /** Opened when it is first needed; null: this connector does without. */
  readonly orchestration: (() => Promise<Orchestration>) | null;
  /** Whether this process's database role may refresh by itself when Temporal is away. */
  readonly refreshesInline: boolean;
  /** Only for tests that live in another time. */
  readonly clock?: Clock;
}

/** A connector over parts that the caller keeps: `close` waits for what is under way and closes none of them. */
export function createConnector(parts: ConnectorParts): Connector {
  const { store, platforms, network, publicUrl, orchestration } = parts;
  const notes = createReadNotes(store);
  const clock = parts.clock ?? systemClock;
  const redirectUri = new URL('/callback', publicUrl).href;
  const quotas = createQuotas({
    ...{ store, platforms, network, redirectUri },
    mayWrite: parts.refreshesInline,
    clock: parts.clock,
  });
  const inline = createInlineRefresh({
    store,
    platforms: new Map(platforms.map((platform) => [platform.id, platform])),
    network,
    clock,
    redirectUri,
  });
  const refresher = createRefresher({ orchestration, inline: parts.refreshesInline ? inline : null, clock });
  const reader = { store, platforms, refresher, notes, publicUrl, clock: parts.clock };
  const getValidToken = (platform: string, options?: TokenOptions): Promise<Token> =>
    readToken(reader, platform, options);

  return {
    getValidToken,
    ...createClients(getValidToken, network),
    reserveQuota: quotas.reserve,
    quotas: quotas.list,
    status: ({ owner } = {}) => reportConnections(parts, owner === undefined ? {} : { owner }),
    refresh: async (connectionId) => {
      const stored = await store.connections.load(connectionId);
      if (stored === null) return null;
      const result = await refresher.refresh(stored, { insist: true });
      const connection = await reportConnection(parts, connectionId);
      return connection === null ? null : { result, connection };
    },
    close: () => notes.settled(),
  };
}
