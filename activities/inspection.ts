import type { ConnectionFacts } from '../model/connection.ts';
import type { Inspection } from '../model/keeper.ts';
import { jitterOf, nextRefreshAt } from '../model/refresh-policy.ts';
import type { RefreshPolicy } from '../model/refresh-policy.ts';

/** When the connection must be refreshed and probed next, by its platform's policy. Pure. */
export function inspect(facts: ConnectionFacts, policy: RefreshPolicy, now: Date): Inspection {
  if (facts.status !== 'active') return { facts, schedule: { refreshAt: null, probeAt: null } };
  const refreshAt = nextRefreshAt(ageOf(facts), policy, now, jitterOf(`${facts.id}/${facts.version}`));
  return { facts, schedule: { refreshAt: refreshAt?.toISOString() ?? null, probeAt: probeAt(facts, policy) } };
}

function ageOf(facts: ConnectionFacts): Parameters<typeof nextRefreshAt>[0] {
  const date = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));
  return {
    obtainedAt: new Date(facts.lastRefreshAt ?? facts.createdAt),
    expiresAt: date(facts.expiresAt),
    refreshExpiresAt: date(facts.refreshExpiresAt),
    // A connection that was never read counts as in use from its creation on: somebody just wanted it.
    usedAt: new Date(facts.lastReadAt ?? facts.createdAt),
  };
}

/** A refresh proves the credentials as well as a probe does, so the later of the two counts. */
function probeAt(facts: ConnectionFacts, policy: RefreshPolicy): string {
  const proofs = [facts.createdAt, facts.lastProbeAt, facts.lastRefreshAt].filter((instant) => instant !== null);
  const provenMs = Math.max(...proofs.map((instant) => Date.parse(instant)));
  return new Date(provenMs + policy.probeEveryMs).toISOString();
}
