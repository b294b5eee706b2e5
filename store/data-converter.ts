import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from './key-ring.ts';
import { createPayloadCodec } from './payload-codec.ts';

/** The bundle of the workflows needs it as well: Temporal loads it by its path there. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** How each client and worker writes to Temporal: arguments, results and failures, all of it encrypted. */
export function createDataConverter(ring: KeyRing): DataConverter {
  return { payloadCodecs: [createPayloadCodec(ring)], failureConverterPath };
}
