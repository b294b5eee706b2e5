import type { ConnectionFacts } from '../model/connection.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Platform } from '../platforms/platform.ts';
import type { RefreshDependencies } from './dependencies.ts';
import { contextFor } from './platform-of.ts';

/**
 * Ends at the platform what it gave to a connection that was disconnected meanwhile: nobody owns it, and nothing here
 * will ever hold it. `facts` are those of before.
 */
export async function endOrphan(
  dependencies: RefreshDependencies,
  platform: Platform,
  facts: ConnectionFacts,
  credentials: Credentials,
): Promise<void> {
  // Once only: nobody waits for it, and a platform that cannot be reached ends it when its time is over.
  await platform.revoke(credentials, contextFor(dependencies, facts)).catch(() => undefined);
}
