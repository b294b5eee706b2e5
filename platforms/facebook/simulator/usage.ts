import { GraphFault } from './graph-fault.ts';
import type { UsageWindow, World } from './world.ts';

const hourMs = 3_600_000;

function current(window: UsageWindow, nowMs: number): UsageWindow {
  if (nowMs - window.startMs < hourMs && nowMs >= window.startMs) return window;
  window.startMs = nowMs;
  window.calls = 0;
  return window;
}

function windowOf(world: World, pageId: string | null): UsageWindow {
  const window = pageId === null ? world.kept.appUsage : (world.kept.pageUsage[pageId] ??= { startMs: 0, calls: 0 });
  return current(window, world.nowMs());
}

/**
 * Counts one call: of the app with a user or app token, of the Page with a Page token. At 100 % it is refused: 4 and 32.
 * Meta's windows slide; here they are hours that start with the first call [U].
 * https://developers.facebook.com/docs/graph-api/overview/rate-limiting (checked 2026-11-23 [O])
 */
export function countCall(world: World, pageId: string | null): void {
  const window = windowOf(world, pageId);
  const { appCallsPerHour, pageCallsPerHour } = world.settings();
  if (window.calls >= (pageId === null ? appCallsPerHour : pageCallsPerHour)) {
    throw pageId === null
      ? new GraphFault(4, '(#4) Application request limit reached', { isTransient: true })
      : new GraphFault(32, '(#32) Page request limit reached', { isTransient: true });
  }
  window.calls += 1;
}

/** Sets the calls of the running hour, for the app or for a Page. */
export function setCalls(world: World, pageId: string | null, calls: number): void {
  windowOf(world, pageId).calls = calls;
}

/** The usage headers of an answer; none while there is too little traffic to speak of. [O for when, U for "1 %"] */
export function usageHeaders(world: World, pageId: string | null): Readonly<Record<string, string>> {
  const window = windowOf(world, pageId);
  const { appCallsPerHour, pageCallsPerHour } = world.settings();
  const percent = Math.min(
    100,
    Math.floor((100 * window.calls) / (pageId === null ? appCallsPerHour : pageCallsPerHour)),
  );
  if (percent < 1) return {};
  const numbers = { call_count: percent, total_cputime: Math.floor(percent / 2), total_time: Math.floor(percent / 2) };
  if (pageId === null) return { 'x-app-usage': JSON.stringify(numbers) };
  const leftMinutes = Math.ceil((window.startMs + hourMs - world.nowMs()) / 60_000);
  const regain = percent >= 100 ? leftMinutes : 0;
  const entry = { type: 'pages', ...numbers, estimated_time_to_regain_access: regain };
  return { 'x-business-use-case-usage': JSON.stringify({ [pageId]: [entry] }) };
}
