/** How long a quota lasts before it starts anew. */
export type QuotaWindow =
  /** From midnight to midnight in an IANA time zone, with its daylight saving. */
  | { readonly kind: 'calendar_day'; readonly timeZone: string }
  /** From the billing day of one month to that of the next (UTC); a day that a month lacks is its last. */
  | { readonly kind: 'billing_month'; readonly billingDay: number }
  /** Windows of a fixed length; each begins with the first reservation after the one before has ended. */
  | { readonly kind: 'rolling'; readonly lengthMs: number };

/** One thing that a platform counts. */
export interface QuotaBucket {
  readonly bucket: string;
  /** What is counted, in the plural and in whole numbers: `uploads`, `units`, `posts`; money in a unit that needs no fractions. */
  readonly unit: string;
  /** The credentials field whose value tells whose quota it is: an app's (`client_id`) or an account's. */
  readonly countedBy: string;
  readonly window: QuotaWindow;
  readonly limit: number;
}

/** The limit of what has none: a number, because quotas travel as JSON. */
export const unlimited = Number.MAX_SAFE_INTEGER;

/** What is known of one connection's bucket beyond what its platform declares for all; absent: as declared. */
export interface QuotaReading {
  readonly limit?: number;
  /** What the platform counts itself since the window began, other programs included. */
  readonly used?: number;
  readonly window?: QuotaWindow;
}

/** A bucket as it stands. Instants are ISO 8601 in UTC. */
export interface QuotaState {
  readonly platform: string;
  readonly bucket: string;
  /** Whose quota it is: the value of the field that it is counted by, or its fingerprint where that is a secret. */
  readonly app: string;
  /** `app`: all accounts that are connected through the app share it. */
  readonly countedFor: 'app' | 'account';
  /** The accounts whose calls it counts, by name. */
  readonly accounts: readonly string[];
  readonly unit: string;
  readonly limit: number;
  readonly used: number;
  /** Reserved by calls under way. */
  readonly reserved: number;
  readonly remaining: number;
  readonly windowStart: string;
  readonly resetsAt: string;
}

/** What may still be reserved in a window; never less than nothing. */
export function remainingOf({ limit, used, reserved }: Pick<QuotaState, 'limit' | 'used' | 'reserved'>): number {
  return limit >= unlimited ? unlimited : Math.max(0, limit - used - reserved);
}
