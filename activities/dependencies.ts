import type { ConnectionFacts } from '../model/connection.ts';
import type { Notice } from '../model/notice.ts';
import type { Clock, Network } from '../platforms/network.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Store } from '../store/store.ts';

/** Everything that a refresh touches; the SDK has these too, for a refresh without Temporal. */
export interface RefreshDependencies {
  readonly store: Store;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly network: Network;
  readonly clock: Clock;
  /** The OAuth callback of this environment. */
  readonly redirectUri: string;
  /** Absent where nobody can deliver: what happened then stands in the events alone. */
  readonly notices?: Notices;
  /** Absent where Temporal cannot be reached. */
  readonly keepers?: Keepers;
}

/** The way out for notices. */
export interface Notices {
  /** Hands a notice to be delivered; one with an id that was handed in before is not delivered twice. */
  send(notice: Notice): Promise<void>;
}

/** Everything that activities touch. */
export interface ActivityDependencies extends RefreshDependencies {
  /** Where people reach the connector, such as `http://localhost:8422`. */
  readonly publicUrl: string;
  readonly keepers: Keepers;
  /** Posts one notice to whoever wants to hear; throws when it was not taken. */
  readonly postNotice: (notice: Notice) => Promise<void>;
}

/** The running keepers, as Temporal knows them. */
export interface Keepers {
  /** Starts the keeper of a connection, or tells the running one that its connection has new credentials. */
  reconnected(facts: ConnectionFacts): Promise<void>;
  /** Starts the keeper if none runs. True when it was started. */
  ensure(facts: ConnectionFacts): Promise<boolean>;
  /** Ids of the connections whose keeper runs. */
  running(): Promise<ReadonlySet<string>>;
}

/** Where a person agrees (again) for a connection. */
export function consentLink(publicUrl: string, connectionId: string): string {
  return new URL(`/consent/${connectionId}`, publicUrl).href;
}
