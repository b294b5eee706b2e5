import { readSettings } from '../../infra/environment/settings.ts';
import type { Settings } from '../../infra/environment/settings.ts';
import { loadPlatforms } from '../../platforms/load.ts';
import { createNetwork, createSimulatedNetwork } from '../../platforms/network.ts';
import type { Clock, Network } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../store/store.ts';
import { createConnector } from './connector.ts';
import type { Connector } from './connector.ts';
import { openStore } from './open-store.ts';
import type { Orchestration } from './orchestration.ts';

export type { AccountOptions, Clients } from './clients.ts';
export type { Connector } from './connector.ts';
export { ConnectorError, ManualModeError, NeedsConsentError, NotConnectedError, UnavailableError } from './errors.ts';
export { QuotaExceededError, UnknownBucketError } from './errors.ts';
export type { QuotaState } from '../../model/quota.ts';
export type { QuotaReservation } from './quotas.ts';
export type { TokenOptions } from './token-reader.ts';
export type { Token } from './token.ts';

export interface ConnectOptions {
  /** The environment; the one that `CONNECTOR_HOME` and `CONNECTOR_ENV` name unless given. */
  readonly settings?: Settings;
  /** Parts that the caller brings and closes. */
  readonly store?: Store;
  readonly platforms?: readonly Platform[];
  readonly network?: Network;
  /** Null: never ask Temporal. */
  readonly orchestration?: Orchestration | null;
  /** Only for tests that live in another time. */
  readonly clock?: Clock;
}

/**
 * Connects to an environment. Needs Postgres and the key ring; Temporal is reached for only when a token has to be
 * refreshed. Throws when settings are missing, with their names.
 */
export async function connect(options: ConnectOptions = {}): Promise<Connector> {
  const settings = options.settings ?? readSettings();
  const opened: { close(): Promise<void> }[] = [];
  const own = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.push(part);
    return part;
  };
  const store = options.store ?? own(openStore(settings));
  const network = options.network ?? own(networkOf(settings));
  const connector = createConnector({
    store,
    network,
    platforms: options.platforms ?? (await loadPlatforms()),
    publicUrl: settings.publicUrl,
    orchestration: orchestrationOf(options, settings, own),
    refreshesInline: settings.databaseUrls.worker !== null && settings.keyRing.length > 0,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  return {
    ...connector,
    close: async () => {
      await connector.close();
      await Promise.all(opened.map((part) => part.close()));
    },
  };
}

/** The network that an environment's platforms are reached through. */
export function networkOf(settings: Settings): Network {
  return settings.simulatorUrl === null ? createNetwork() : createSimulatedNetwork(settings.simulatorUrl);
}

function orchestrationOf(
  options: ConnectOptions,
  settings: Settings,
  own: (orchestration: Orchestration) => Orchestration,
): (() => Promise<Orchestration>) | null {
  const { orchestration } = options;
  if (orchestration === null) return null;
  if (orchestration !== undefined) return () => Promise.resolve(orchestration);
  let opening: Promise<Orchestration> | null = null;
  return () => {
    // Loaded with its first use: most programs only ever read fresh tokens.
    opening ??= import('./open-orchestration.ts').then(({ openOrchestration }) => own(openOrchestration(settings)));
    return opening;
  };
}
