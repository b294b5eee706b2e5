/** The state of a row from an instant on; milliseconds since 1970. */
export interface TokenState {
  readonly fromMs: number;
  /** When the token in the row stops working unless something newer is saved; null: not by itself. */
  readonly endsMs: number | null;
}

/** A time in which whoever asked would have had no valid token. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The times between `fromMs` and `untilMs` that no state covers: exact, whatever their length. */
export function gapsOf(states: readonly TokenState[], fromMs: number, untilMs: number): readonly Gap[] {
  const inOrder = states.toSorted((a, b) => a.fromMs - b.fromMs);
  const gaps: Gap[] = [];
  const [first] = inOrder;
  if (first === undefined || first.fromMs > fromMs) gaps.push({ fromMs, toMs: first?.fromMs ?? untilMs });
  for (const [index, state] of inOrder.entries()) {
    const nextMs = Math.min(inOrder[index + 1]?.fromMs ?? untilMs, untilMs);
    const endsMs = Math.max(state.endsMs ?? Number.POSITIVE_INFINITY, state.fromMs, fromMs);
    if (endsMs < nextMs) gaps.push({ fromMs: endsMs, toMs: nextMs });
  }
  return gaps;
}
