import { createHash } from 'node:crypto';
import type { Credentials } from '../../model/credentials.ts';
import type { QuotaBucket, QuotaReading } from '../../model/quota.ts';
import type { Clock } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { QuotaMoment, StoredConnection } from '../../store/store.ts';

/** One bucket of one connection, at an instant. */
export interface CountedBucket {
  readonly platform: Platform;
  readonly bucket: QuotaBucket;
  /** Whose it is: see QuotaState. */
  readonly app: string;
  readonly stored: StoredConnection;
  readonly now: Date;
}

/** Null: the connection lacks the field that the bucket is counted by, so nothing is counted for it. */
export function countedBucket(
  platform: Platform,
  bucket: QuotaBucket,
  stored: StoredConnection,
  clock: Clock | undefined,
): CountedBucket | null {
  const app = appOf(platform, bucket, stored.credentials);
  return app === null ? null : { platform, bucket, app, stored, now: clock?.now() ?? new Date(stored.readAt) };
}

/** The ledger is readable, so a field that is sealed in the connection stands there as a fingerprint. */
function appOf(platform: Platform, { countedBy }: QuotaBucket, credentials: Credentials): string | null {
  const value = credentials[countedBy];
  if (value === undefined || value === '') return null;
  if (platform.readableFields.includes(countedBy)) return value;
  return `sha256:${createHash('sha256').update(value).digest('hex').slice(0, 16)}`;
}

/** The bucket as the ledger takes it: as declared, but for what is known better. */
export function momentOf({ platform, bucket, app, now }: CountedBucket, reading: QuotaReading): QuotaMoment {
  const { window = bucket.window, limit = bucket.limit } = reading;
  return { platform: platform.id, app, bucket: bucket.bucket, window, limit, now };
}
