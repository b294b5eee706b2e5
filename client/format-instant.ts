const units = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** An instant as a person says it: `in 58 min`, `3 days ago`, `never` for null. */
export function formatInstant(instant: string | null, now: Date): string {
  if (instant === null) return 'never';
  const distanceMs = Date.parse(instant) - now.getTime();
  const sizeMs = Math.abs(distanceMs);
  const [unit, unitMs] = units.find(([, ms]) => sizeMs >= 2 * ms) ?? units[3];
  const count = Math.round(sizeMs / unitMs);
  const length = `${String(count)} ${unit === 'day' ? 'days' : unit}`;
  return distanceMs >= 0 ? `in ${length}` : `${length} ago`;
}
