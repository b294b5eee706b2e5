/** How long a quota lasts before it starts anew. */
export type QuotaWindow =
  /** From midnight to midnight in an IANA time zone, with its daylight saving. */
  | { readonly kind: 'calendar_day'; readonly timeZone: string }
  /** From the billing day of one month to that of the next (UTC); a day that a month lacks is its last. */
  | { readonly kind: 'billing_month'; readonly billingDay: number }
  /** Fixed windows of a length, counted from the first reservation. */
  | { readonly kind: 'rolling'; readonly lengthMs: number };

/** One thing that a platform counts. */
export interface QuotaBucket {
  readonly bucket: string;
  /** What is counted, in the plural: `uploads`, `units`, `posts`. */
  readonly unit: string;
  /** The credentials field whose value tells whose quota it is: an app's (`client_id`) or an account's. */
  readonly countedBy: string;
  readonly window: QuotaWindow;
  readonly limit: number;
}

/** A bucket as it stands. Instants are ISO 8601 in UTC. */
export interface QuotaState {
  readonly platform: string;
  readonly bucket: string;
  readonly unit: string;
  readonly limit: number;
  readonly used: number;
  readonly reserved: number;
  readonly remaining: number;
  readonly windowStart: string;
  readonly resetsAt: string;
}
