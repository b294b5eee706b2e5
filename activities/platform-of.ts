import type { ConnectionFacts } from '../model/connection.ts';
import type { Clock, Network } from '../platforms/network.ts';
import type { Platform, PlatformContext } from '../platforms/platform.ts';

/** The platform of a connection. Throws when its folder is gone from `platforms/`. */
export function platformOf(platforms: ReadonlyMap<string, Platform>, id: string): Platform {
  const platform = platforms.get(id);
  if (platform !== undefined) return platform;
  const known = [...platforms.keys()].join(', ');
  throw new Error(`No platform is called ${id}. Known: ${known}. Is its folder under platforms/ missing?`);
}

/** What platform code may do and know while it works for a connection. */
export function contextFor(
  dependencies: { readonly network: Network; readonly clock: Clock; readonly redirectUri: string },
  facts: ConnectionFacts,
): PlatformContext {
  const { network, clock, redirectUri } = dependencies;
  return { network, clock, redirectUri, scopes: facts.scopes };
}
