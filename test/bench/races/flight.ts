import { acting } from './turns.ts';

/** Which refreshes are under way at the platform. */
export interface Flight {
  /** Those that were under way together although no lease had ended. */
  readonly overlaps: string[];
  /** Whoever acts has a lease now. */
  readonly took: () => void;
  readonly began: () => void;
  readonly ended: () => void;
  readonly leaseEnded: () => void;
}

/** Sees refreshes that are under way at the platform together; those whose lease has ended may be. */
export function createFlight(): Flight {
  const overlaps: string[] = [];
  const holders = new Set<string>();
  const under = new Set<string>();
  const me = (): string => acting.getStore() ?? '';
  return {
    overlaps,
    took: () => holders.add(me()),
    began: () => {
      const others = [...under].filter((other) => holders.has(other));
      if (others.length > 0 && holders.has(me())) overlaps.push(`${me()} refreshes while ${others.join(', ')} does.`);
      under.add(me());
    },
    ended: () => under.delete(me()),
    leaseEnded: () => holders.clear(),
  };
}
