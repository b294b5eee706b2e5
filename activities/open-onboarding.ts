import type { Step } from '../model/portal-step.ts';
import { describePlatform } from '../platforms/describe-platform.ts';
import type { Platform } from '../platforms/platform.ts';
import type { StoredConnection } from '../store/store.ts';
import type { OnboardingActivities, OpenedOnboarding } from '../workflows/ports.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { consentLink } from './dependencies.ts';
import { platformOf } from './platform-of.ts';

/**
 * Makes the pending row of an onboarding and says which steps to walk. A connection that exists is taken as it is and
 * starts at consent.
 */
export async function openOnboarding(
  dependencies: ActivityDependencies,
  request: Parameters<OnboardingActivities['openOnboarding']>[0],
): Promise<OpenedOnboarding> {
  const { store, platforms, publicUrl, redirectUri } = dependencies;
  const platform = platformOf(platforms, request.platform);
  const { steps } = describePlatform(platform, redirectUri);
  if (request.connectionId !== undefined) {
    const loaded = await store.connections.load(request.connectionId);
    if (loaded === null) throw new Error(`There is no connection ${request.connectionId} to reconnect.`);
    const first = steps.find((step) => step.kind === 'consent') ?? steps[0];
    const startAt = platform.reconnectAt?.(loaded.credentials) ?? first?.id ?? '';
    return opened(loaded, steps, startAt, publicUrl);
  }
  await store.connections.open({
    ...request,
    id: request.newConnectionId,
    credentials: await appOf(dependencies, platform, request.owner),
    readable: platform.readableFields,
  });
  const loaded = await store.connections.load(request.newConnectionId);
  if (loaded === null) throw new Error(`The pending row ${request.newConnectionId} was deleted while it was created.`);
  return opened(loaded, steps, steps[0]?.id ?? '', publicUrl);
}

function opened(
  loaded: StoredConnection,
  steps: readonly Step[],
  startAt: string,
  publicUrl: string,
): OpenedOnboarding {
  const connectionId = loaded.facts.id;
  const known = Object.keys(loaded.credentials);
  return { connectionId, steps, startAt, consentLink: consentLink(publicUrl, connectionId), known };
}

/** The app that this owner has registered already: a second account needs no second walk through the portal. */
async function appOf(
  { store }: ActivityDependencies,
  platform: Platform,
  owner: string,
): Promise<Record<string, string>> {
  const [newest] = await store.connections.read({ owner, platform: platform.id });
  if (newest === undefined) return {};
  return Object.fromEntries(
    platform.appFields.flatMap((name) => {
      const value = newest.credentials[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
