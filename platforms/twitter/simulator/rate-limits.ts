import type { EndpointName } from './settings.ts';
import type { World } from './world.ts';

const quarterMs = 15 * 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * Calls per window. `app` counts for all accounts together.
 * https://docs.x.com/x-api/fundamentals/rate-limits (2026-11-23) [O 2026-07]
 */
const table: Readonly<
  Record<EndpointName, { readonly by: 'user' | 'app'; readonly limit: number; readonly appDay?: number }>
> = {
  post: { by: 'user', limit: 100, appDay: 10_000 },
  delete: { by: 'user', limit: 50 },
  me: { by: 'user', limit: 75 },
  usage: { by: 'app', limit: 50 },
  media: { by: 'user', limit: 1_875, appDay: 180_000 },
};

/** What a call has left, as the headers say it; `spent`: it was one too many. */
export interface RateState {
  readonly spent: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts one call; one too many is not counted and changes nothing. */
export function countCall(world: World, endpoint: EndpointName, account: string | null): RateState {
  const { by, limit: documented, appDay } = table[endpoint];
  const limit = world.settings().limits[endpoint] ?? documented;
  const windows = [take(world, `${endpoint}/${by === 'app' ? 'app' : (account ?? 'app')}`, limit, quarterMs)];
  if (appDay !== undefined) windows.push(take(world, `${endpoint}/app-day`, appDay, dayMs));
  const spent = windows.some(({ left }) => left === 0);
  if (!spent) for (const window of windows) window.count();
  const prefixes = ['x-rate-limit', 'x-app-limit-24hour'];
  const headers = windows.flatMap((window, index) => window.headers(prefixes[index] ?? 'x-rate-limit'));
  return { spent, headers: Object.fromEntries(headers) };
}

interface Window {
  readonly left: number;
  count(): void;
  headers(prefix: string): readonly (readonly [string, string])[];
}

function take(world: World, key: string, limit: number, lengthMs: number): Window {
  const nowMs = world.nowMs();
  const known = world.kept.windows[key];
  const window = known !== undefined && nowMs < known.startedAtMs + lengthMs ? known : { startedAtMs: nowMs, calls: 0 };
  world.kept.windows[key] = window;
  return {
    left: Math.max(0, limit - window.calls),
    count: () => {
      window.calls += 1;
    },
    headers: (prefix) => [
      [`${prefix}-limit`, String(limit)],
      [`${prefix}-remaining`, String(Math.max(0, limit - window.calls))],
      [`${prefix}-reset`, String(Math.ceil((window.startedAtMs + lengthMs) / 1_000))],
    ],
  };
}
