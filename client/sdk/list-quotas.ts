import type { ConnectionFacts } from '../../model/connection.ts';
import { remainingOf } from '../../model/quota.ts';
import type { QuotaReading, QuotaState } from '../../model/quota.ts';
import { windowAt } from '../../model/quota-window.ts';
import type { Clock } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { QuotaCount, Store } from '../../store/store.ts';
import { countedBucket, momentOf } from './counted-bucket.ts';
import type { CountedBucket } from './counted-bucket.ts';
import type { QuotaReadings } from './quota-readings.ts';

interface Listed {
  readonly store: Store;
  readonly platforms: readonly Platform[];
  readonly readings: QuotaReadings;
  readonly clock?: Clock | undefined;
}

/** The quotas of these platforms' connections as they stand, also those of which nothing is used yet. */
export async function listQuotas(parts: Listed, owner: string | undefined): Promise<QuotaState[]> {
  const groups = await countedGroups(parts, owner);
  const [first] = groups;
  if (first === undefined) return [];
  // Before the books are read: what a platform tells goes into them.
  const readings = await Promise.all(groups.map(({ counted }) => parts.readings.read(counted)));
  const { now } = first.counted;
  const platforms = parts.platforms.map(({ id }) => id);
  const counts = await parts.store.quotaWindows.states({ platforms, now });
  return groups.map((group, index) => stateOf(group, readings[index] ?? {}, counts, now));
}

/** One bucket of one app or account, and the connections that share it. */
interface CountedGroup {
  readonly counted: CountedBucket;
  readonly accounts: string[];
}

async function countedGroups({ store, platforms, clock }: Listed, owner: string | undefined): Promise<CountedGroup[]> {
  const connections = await store.connections.list({
    ...(owner === undefined ? {} : { owner }),
    platforms: platforms.filter(({ quotas }) => quotas.length > 0).map(({ id }) => id),
    statuses: ['active', 'needs_consent'],
  });
  const groups = new Map<string, CountedGroup>();
  for (const stored of await Promise.all(connections.map(({ id }) => store.connections.load(id)))) {
    const platform = platforms.find(({ id }) => id === stored?.facts.platform);
    // Disconnected since it was listed.
    if (stored === null || platform === undefined) continue;
    for (const bucket of platform.quotas) {
      const counted = countedBucket(platform, bucket, stored, clock);
      if (counted === null) continue;
      const key = JSON.stringify([platform.id, bucket.bucket, counted.app]);
      const group = groups.get(key) ?? { counted, accounts: [] };
      groups.set(key, group);
      group.accounts.push(nameOf(stored.facts));
    }
  }
  return [...groups.values()];
}

function nameOf({ accountName, accountId, id }: ConnectionFacts): string {
  return accountName ?? accountId ?? id;
}

function stateOf(
  { counted, accounts }: CountedGroup,
  reading: QuotaReading,
  counts: readonly QuotaCount[],
  now: Date,
): QuotaState {
  const { platform, app, bucket, window, limit } = momentOf(counted, reading);
  const own = counts.filter((one) => one.platform === platform && one.app === app && one.bucket === bucket);
  const newest = own.at(-1);
  const span = windowAt(window, now, newest && new Date(newest.windowStart));
  const windowStart = span.start.toISOString();
  const count = own.find((one) => one.windowStart === windowStart);
  const { used, reserved } = count ?? { used: 0, reserved: 0 };
  const books = { limit: reading.limit ?? count?.limit ?? limit, used, reserved };
  return {
    ...{ platform, bucket, app, accounts, unit: counted.bucket.unit },
    countedFor: counted.platform.appFields.includes(counted.bucket.countedBy) ? 'app' : 'account',
    ...books,
    remaining: remainingOf(books),
    windowStart,
    resetsAt: span.end.toISOString(),
  };
}
