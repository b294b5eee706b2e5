import { keyRingReader } from '../../infra/environment/key-ring-reader.ts';
import type { Settings } from '../../infra/environment/settings.ts';
import { followKeyRing } from '../../store/index.ts';
import type { Orchestration } from './orchestration.ts';
import { openTemporalClient } from './temporal-connection.ts';
import { createTemporalOrchestration } from './temporal-orchestration.ts';

/** The environment's Temporal; connects with the first call. */
export function openOrchestration(settings: Settings): Orchestration {
  return createTemporalOrchestration(openTemporalClient(settings.temporal, followKeyRing(keyRingReader(settings))));
}
