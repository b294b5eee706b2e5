import { remainingOf } from '../../model/quota.ts';
import type { QuotaState } from '../../model/quota.ts';
import { resolvePlatform } from '../../platforms/load.ts';
import type { Platform } from '../../platforms/platform.ts';
import { countedBucket, momentOf } from './counted-bucket.ts';
import type { CountedBucket } from './counted-bucket.ts';
import { NotConnectedError, QuotaExceededError, UnknownBucketError } from './errors.ts';
import type { Wanted } from './errors.ts';
import { listQuotas } from './list-quotas.ts';
import { createQuotaReadings } from './quota-readings.ts';
import type { QuotaReadingParts, QuotaReadings } from './quota-readings.ts';

/** An amount of a quota that is held for one call. */
export interface QuotaReservation {
  readonly id: string;
  readonly platform: string;
  readonly bucket: string;
  readonly amount: number;
  /** What is left beside it. */
  readonly remaining: number;
  /** When the quota starts anew; ISO 8601 in UTC. */
  readonly resetsAt: string;
  /** After the call: the amount counts as used, or what the call truly used. Settling again changes nothing. */
  settle(used?: number): Promise<void>;
  /** Gives it back: the call was not made. */
  release(): Promise<void>;
}

/** The quota ledger as programs use it: see Connector. */
export interface Quotas {
  reserve: (
    platform: string,
    bucket: string,
    amount: number,
    options?: { owner?: string | undefined; account?: string | undefined },
  ) => Promise<QuotaReservation>;
  list: (platform?: string, options?: { owner?: string }) => Promise<QuotaState[]>;
}

type QuotaParts = QuotaReadingParts & { readonly platforms: readonly Platform[] };

/** Counts in the store's ledger, by the limits that platforms declare and tell. */
export function createQuotas(parts: QuotaParts): Quotas {
  const readings = createQuotaReadings(parts);
  return {
    reserve: async (name, bucket, amount, { owner = 'default', account } = {}) => {
      requireAmount('amount', amount, 1);
      if (!parts.mayWrite) throw new Error(readOnly);
      const wanted = { platform: name, owner, account };
      const counted = await findCounted(parts, wanted, bucket);
      return reserveCounted(parts, readings, { wanted, counted, amount });
    },
    list: async (name, { owner } = {}) => {
      const platforms = name === undefined ? parts.platforms : [resolvePlatform(parts.platforms, name)];
      return listQuotas({ ...parts, platforms, readings }, owner);
    },
  };
}

const readOnly =
  'This process may only read the database, so it cannot reserve a quota: set DATABASE_URL_WORKER, or ask the server: POST /v1/quota/{platform}/{bucket}/reservations.';

function requireAmount(what: string, amount: number, least: number): void {
  if (Number.isSafeInteger(amount) && amount >= least) return;
  throw new RangeError(`${what} is ${amount}; give a whole number, ${least} or more.`);
}

async function findCounted(parts: QuotaParts, wanted: Wanted, bucketName: string): Promise<CountedBucket> {
  const platform = platformNamed(parts, wanted);
  const known = platform.quotas.map(({ bucket }) => bucket);
  const bucket = platform.quotas.find((one) => one.bucket === bucketName);
  if (bucket === undefined) throw new UnknownBucketError(wanted, { bucket: bucketName, known });
  const { owner, account } = wanted;
  const query = { owner, platform: platform.id, ...(account === undefined ? {} : { account }) };
  const [stored] = await parts.store.connections.read(query);
  if (stored === undefined) throw new NotConnectedError(wanted);
  const counted = countedBucket(platform, bucket, stored, parts.clock);
  // A Page without an Instagram account has no Instagram posts to count.
  if (counted === null) throw new UnknownBucketError(wanted, { bucket: bucketName, known });
  return counted;
}

function platformNamed({ platforms }: QuotaParts, wanted: Wanted): Platform {
  try {
    return resolvePlatform(platforms, wanted.platform);
  } catch (error) {
    throw new NotConnectedError(wanted, { cause: error });
  }
}

interface Reserving {
  readonly wanted: Wanted;
  readonly counted: CountedBucket;
  readonly amount: number;
}

async function reserveCounted(
  { store }: QuotaParts,
  readings: QuotaReadings,
  { wanted, counted, amount }: Reserving,
): Promise<QuotaReservation> {
  const { bucket, unit } = counted.bucket;
  const answer = await store.quotaWindows.reserve({ ...momentOf(counted, await readings.read(counted)), amount });
  const { limit, resetsAt } = answer.count;
  const remaining = remainingOf(answer.count);
  if (!answer.granted) throw new QuotaExceededError(wanted, { bucket, unit, amount, limit, remaining, resetsAt });
  const settle = async (used?: number): Promise<void> => {
    if (used !== undefined) requireAmount('used', used, 0);
    await store.quotaWindows.settle(answer.reservationId, { used });
  };
  return {
    ...{ id: answer.reservationId, platform: counted.platform.id, bucket, amount, remaining, resetsAt },
    settle,
    release: () => settle(0),
  };
}
