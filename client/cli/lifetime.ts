const unitsMs = { d: 86_400_000, h: 3_600_000, min: 60_000 } as const;
const longestMs = 3_650 * unitsMs.d;

/** How long `90d`, `12h` or `30min` are; null for `never`, undefined for anything else and for more than ten years. */
export function lifetimeMs(text: string): number | null | undefined {
  if (text === 'never') return null;
  const [, count = '', unit = ''] = /^([1-9]\d{0,6})(d|h|min)$/.exec(text) ?? [];
  const ms = Number(count) * (unit === 'd' || unit === 'h' || unit === 'min' ? unitsMs[unit] : NaN);
  return ms <= longestMs ? ms : undefined;
}
