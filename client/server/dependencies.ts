import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from 'pino';
import type { Settings } from '../../infra/environment/settings.ts';
import type { Clock, Network } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../store/store.ts';
import type { Connector } from '../sdk/connector.ts';
import type { Orchestration } from '../sdk/orchestration.ts';
import type { EnvironmentKey } from './known-keys.ts';

/** Everything that the server works with. */
export interface ServerDependencies {
  readonly settings: Pick<Settings, 'environment' | 'publicUrl' | 'listen' | 'temporalUiOrigins'>;
  /** Digests: the server does not keep the keys themselves. */
  readonly environmentKeys: readonly EnvironmentKey[];
  readonly store: Store;
  readonly platforms: readonly Platform[];
  readonly connector: Connector;
  readonly orchestration: Orchestration;
  /** What Temporal keeps is encrypted by it. */
  readonly payloadCodec: PayloadCodec;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Logger;
}
