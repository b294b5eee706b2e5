import { setTimeout as sleep } from 'node:timers/promises';
import type { QuotaReading } from '../../model/quota.ts';
import { systemClock } from '../../platforms/network.ts';
import type { Clock, Network } from '../../platforms/network.ts';
import type { Store } from '../../store/store.ts';
import { momentOf } from './counted-bucket.ts';
import type { CountedBucket } from './counted-bucket.ts';

/** What asking platforms for their quotas takes. */
export interface QuotaReadingParts {
  readonly store: Store;
  readonly network: Network;
  readonly redirectUri: string;
  /** Whether what a platform tells may be noted in the ledger. */
  readonly mayWrite: boolean;
  /** Only tests give one: without it the database's clock judges, so that skewed machines agree. */
  readonly clock?: Clock | undefined;
}

/** What platforms tell of quotas, asked for at most every five minutes. */
export interface QuotaReadings {
  /** What it told last, at once or after a few seconds; nothing where it tells nothing. Never throws. */
  read(counted: CountedBucket): Promise<QuotaReading>;
}

const freshForMs = 5 * 60_000;
const afterFailureMs = 60_000;
const patienceMs = 5_000;
const nothing: QuotaReading = {};

interface Remembered {
  readonly reading: QuotaReading;
  /** The connection's version at the reading: a new one may have another limit in its fields. */
  readonly version: number;
  readonly untilMs: number;
}

/** Keeps in memory what this process was told, and notes it in the ledger for the others. */
export function createQuotaReadings(parts: QuotaReadingParts): QuotaReadings {
  const remembered = new Map<string, Remembered>();
  const running = new Map<string, Promise<QuotaReading>>();

  const ask = async (key: string, counted: CountedBucket): Promise<QuotaReading> => {
    const { version } = counted.stored.facts;
    const last = remembered.get(key)?.reading ?? nothing;
    try {
      const reading = (await askPlatform(parts, counted, last)) ?? nothing;
      remembered.set(key, { reading, version, untilMs: Date.now() + freshForMs });
      return reading;
    } catch {
      // Nobody posts less safely for it: what it told last counts, or else what its folder declares.
      remembered.set(key, { reading: last, version, untilMs: Date.now() + afterFailureMs });
      return last;
    }
  };

  return {
    read: async (counted) => {
      if (counted.platform.readQuota === undefined) return nothing;
      const { id, version } = counted.stored.facts;
      const key = `${id}/${counted.bucket.bucket}`;
      const known = remembered.get(key);
      if (known?.version === version && Date.now() < known.untilMs) return known.reading;
      let asking = running.get(key);
      if (asking === undefined) {
        asking = ask(key, counted).finally(() => running.delete(key));
        running.set(key, asking);
      }
      const giveUp = new AbortController();
      try {
        return await Promise.race([asking, sleep(patienceMs, known?.reading ?? nothing, { signal: giveUp.signal })]);
      } finally {
        giveUp.abort();
      }
    },
  };
}

async function askPlatform(
  { store, network, redirectUri, mayWrite, clock = systemClock }: QuotaReadingParts,
  counted: CountedBucket,
  last: QuotaReading,
): Promise<QuotaReading | null> {
  const { platform, bucket, stored } = counted;
  const context = { network, clock, redirectUri, scopes: stored.facts.scopes };
  const ask = async (): Promise<QuotaReading | null> =>
    (await platform.readQuota?.(bucket.bucket, stored.credentials, context)) ?? null;
  return mayWrite ? store.quotaWindows.observe(momentOf(counted, last), ask) : ask();
}
