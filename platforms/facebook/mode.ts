import type { Grant } from '../../model/credentials.ts';
import type { AppCredentials } from './credentials.ts';

const unpublished =
  'The Meta app is unpublished: what it posts is seen only by people who have a role on the app. Publish the app, say so at the step "app-mode", and everybody sees new posts.';

/**
 * What an app of this state may do; nothing when the state is not known, as for an imported connection. Meta tells no token
 * whether its app is published, so a person says it (2026-11-23) [U].
 */
export function modeOf({ app_mode }: Pick<AppCredentials, 'app_mode'>): Pick<Grant, 'mode'> {
  if (app_mode === undefined) return {};
  const mode = app_mode === 'published' ? ({ mode: 'live', reason: null } as const) : restricted;
  return { mode };
}

const restricted: NonNullable<Grant['mode']> = { mode: 'restricted', reason: unpublished };
