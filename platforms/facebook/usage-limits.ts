import { z } from 'zod';

const perUseCase = z.record(
  z.string(),
  z.array(z.object({ estimated_time_to_regain_access: z.number().nonnegative().catch(0) })),
);

/**
 * The instant (ISO 8601) at which Meta expects a limit to have room again, from `x-business-use-case-usage`, whose numbers
 * are minutes; null when the header is missing or tells nothing. `x-app-usage` has no such number.
 * https://developers.facebook.com/docs/graph-api/overview/rate-limiting (2026-11-23) [O]
 */
export function regainInstant(headers: { get(name: string): string | null }, now: Date): string | null {
  const header = headers.get('x-business-use-case-usage');
  if (header === null) return null;
  const parsed = perUseCase.safeParse(parseJson(header));
  if (!parsed.success) return null;
  const entries = Object.values(parsed.data).flat();
  const minutes = Math.max(0, ...entries.map((entry) => entry.estimated_time_to_regain_access));
  return minutes > 0 ? new Date(now.getTime() + minutes * 60_000).toISOString() : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
