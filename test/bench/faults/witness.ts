import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Simulator } from '../../../platforms/simulator.ts';

/** One refresh token that arrived at the platform, by its fingerprint, and what became of it. */
export interface Spending {
  readonly token: string;
  readonly atMs: number;
  readonly outcome: 'issued' | 'refused';
}

/** What the platform itself has seen of refresh tokens: the truth that the service's own books are held against. */
export interface Witness {
  readonly simulator: Simulator;
  spendings(): readonly Spending[];
  /**
   * How often a refresh token was sent although the platform had refused it before. Not counted: tokens whose refusal
   * met a kill of the worker within a quarter of a second, because that one may not have heard of it.
   */
  sentAfterRefusal(killsMs?: readonly number[]): number;
}

const issued = z.object({ access_token: z.string(), refresh_token: z.string() });

/** Puts a witness into the token endpoint of a simulator. It changes nothing that is asked or answered. */
export function witness(base: Simulator): Witness {
  const seen: Spending[] = [];
  const simulator: Simulator = {
    ...base,
    create: (surroundings) => {
      const running = base.create(surroundings);
      return {
        ...running,
        handle: async (request) => {
          const token = await refreshTokenOf(request.clone());
          const response = await running.handle(request);
          if (token === null) return response;
          const body: unknown = await response.clone().json();
          const outcome = issued.safeParse(body).success ? 'issued' : 'refused';
          seen.push({ token: fingerprint(token), atMs: Date.now(), outcome });
          return response;
        },
      };
    },
  };
  return {
    simulator,
    spendings: () => seen,
    sentAfterRefusal: (killsMs = []) => {
      const sent = [...Map.groupBy(seen, ({ token }) => token).values()];
      return sent.reduce((sum, one) => sum + sendsAfterRefusal(one, killsMs), 0);
    },
  };
}

function sendsAfterRefusal(sent: readonly Spending[], killsMs: readonly number[]): number {
  const refusal = sent.findIndex(({ outcome }) => outcome === 'refused');
  const atMs = sent[refusal]?.atMs;
  if (atMs === undefined || killsMs.some((killMs) => killMs >= atMs && killMs < atMs + 250)) return 0;
  return sent.length - 1 - refusal;
}

async function refreshTokenOf(request: Request): Promise<string | null> {
  if (request.method !== 'POST' || new URL(request.url).pathname !== '/v2/oauth/token/') return null;
  return new URLSearchParams(await request.text()).get('refresh_token');
}

/** How a token is named where it must not stand itself. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 16);
}
