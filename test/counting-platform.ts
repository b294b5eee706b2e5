import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PlatformFailure, type Failure } from '../model/failure.ts';
import { definePlatform } from '../platforms/define-platform.ts';
import type { Platform } from '../platforms/platform.ts';

/** A platform in memory that counts its refreshes, and fails them on demand. */
export interface CountingPlatform {
  readonly platform: Platform;
  refreshes(): number;
  /** Null: refreshes work again. */
  failWith(failure: Failure | null): void;
}

const schema = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  access_token: z.string(),
  refresh_token: z.string(),
  token_expiry: z.string().optional(),
});

/** How long its tokens live. */
export const countingLifetimeMs = 3_600_000;

/** Makes one whose refreshes take `tookMs`. */
export function createCountingPlatform(tookMs = 40): CountingPlatform {
  let count = 0;
  let failure: Failure | null = null;
  const platform = definePlatform({
    id: 'counting',
    name: 'Counting',
    aliases: ['count'],
    credentials: schema,
    shape: ['client_id', 'client_secret', 'access_token', 'refresh_token', 'token_expiry'],
    readableFields: ['client_id', 'token_expiry'],
    appFields: ['client_id', 'client_secret'],
    refreshPolicy: { kind: 'rotating', idleRefreshEveryMs: 86_400_000, probeEveryMs: 86_400_000 },
    steps: [
      {
        kind: 'portal',
        id: 'app',
        title: 'Register the app',
        link: 'https://portal.counting.example/',
        instructions: ['Register it.'],
        fields: [
          { name: 'client_id', label: 'Client ID', secret: false, required: true },
          { name: 'client_secret', label: 'Client secret', secret: true, required: true, pattern: 'secret-.+' },
        ],
      },
      {
        kind: 'consent',
        id: 'consent',
        title: 'Agree',
        instructions: ['Agree.'],
        authorizationUrl: ({ credentials, state }, context) => {
          const page = new URL('https://www.counting.example/agree');
          page.searchParams.set('client_id', credentials['client_id'] ?? '');
          page.searchParams.set('state', state);
          page.searchParams.set('redirect_uri', context.redirectUri);
          return page;
        },
        exchange: () => Promise.resolve({ outcome: { outcome: 'done' } }),
        refused: (parameters) => ({
          outcome: 'refused',
          remedy:
            parameters.get('error') === 'access_denied'
              ? { cause: 'You pressed Cancel.', remedy: 'Press Agree next time.' }
              : { cause: 'Counting sent an error.', remedy: 'Try again.' },
        }),
      },
    ],
    accessToken: (field) => field('access_token'),
    refreshToken: (field) => field('refresh_token'),
    capabilities: () => ['post', 'read'],
    refresh: async () => {
      count += 1;
      const number = count;
      await sleep(tookMs);
      if (failure !== null) throw new PlatformFailure(failure);
      const expiresAt = new Date(Date.now() + countingLifetimeMs).toISOString();
      const credentials = {
        access_token: `refreshed-access-${number}`,
        refresh_token: `refreshed-refresh-${number}`,
        token_expiry: expiresAt,
      };
      return { credentials, expiresAt };
    },
    probe: () => Promise.resolve({ credentials: {} }),
    revoke: () => Promise.resolve(),
    diagnose: () => ({ kind: 'transient', code: 'unknown', cause: 'Something broke.', remedy: 'Wait a little.' }),
  });
  return {
    platform,
    refreshes: () => count,
    failWith: (next) => {
      failure = next;
    },
  };
}
