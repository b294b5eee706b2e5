import type { ConnectionFacts } from '../model/connection.ts';
import type { Inspection } from '../model/keeper.ts';
import { nextReminderAt } from '../model/deadlines.ts';
import type { Deadline } from '../model/deadlines.ts';
import { jitterOf, nextProbeAt, nextRefreshAt } from '../model/refresh-policy.ts';
import type { Platform } from '../platforms/platform.ts';

/** What a platform says about time: all that an inspection asks of it. */
export type Timing = Pick<Platform, 'refreshPolicy' | 'deadlines'>;

/** When the connection must be refreshed and probed, and its owner reminded, by its platform's rules. Pure. */
export function inspect(facts: ConnectionFacts, platform: Timing, now: Date): Inspection {
  if (facts.status !== 'active') return { facts, schedule: { refreshAt: null, probeAt: null, remindAt: null } };
  const policy = platform.refreshPolicy;
  const age = ageOf(facts);
  const refreshAt = nextRefreshAt(age, policy, now, jitterOf(`${facts.id}/${facts.version}`));
  const probeAt = nextProbeAt({ provenAt: provenAt(facts), usedAt: age.usedAt }, policy, now);
  const remindAt = nextReminderAt(deadlinesOf(facts, platform, now), now);
  const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;
  return { facts, schedule: { refreshAt: iso(refreshAt), probeAt: iso(probeAt), remindAt: iso(remindAt) } };
}

/** Everything that a person must renew in time for this connection. */
export function deadlinesOf(facts: ConnectionFacts, platform: Timing, now: Date): readonly Deadline[] {
  const account = facts.accountName ?? facts.platform;
  const own: Deadline[] = [];
  if (facts.consentExpiresAt !== null) {
    const why = 'The permission ends then, whatever is refreshed until then; only the person who gave it can renew it.';
    own.push({
      key: 'consent',
      at: facts.consentExpiresAt,
      title: `Renew the permission for ${account}`,
      why,
      link: null,
    });
  }
  if (facts.refreshExpiresAt !== null) {
    const why = 'The refresh token ends then, and with it the connection; a new consent brings a new one.';
    own.push({ key: 'refresh_token', at: facts.refreshExpiresAt, title: `Reconnect ${account}`, why, link: null });
  }
  return [...own, ...(platform.deadlines?.(facts, now) ?? [])];
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
function provenAt(facts: ConnectionFacts): Date {
  const proofs = [facts.createdAt, facts.lastProbeAt, facts.lastRefreshAt].filter((instant) => instant !== null);
  return new Date(Math.max(...proofs.map((instant) => Date.parse(instant))));
}
