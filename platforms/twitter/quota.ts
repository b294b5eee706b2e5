import type { Credentials } from '../../model/credentials.ts';
import { unlimited, type QuotaBucket, type QuotaReading } from '../../model/quota.ts';
import type { PlatformContext } from '../platform.ts';
import { readUsage } from './api.ts';
import { tiers, type Tier } from './credentials.ts';

/**
 * What a post costs, in thousandths of a dollar: $0.015, with a link $0.20.
 * https://docs.x.com/x-api/getting-started/pricing (2026-11-23) [O]
 */
const postPrice = { plain: 15, withLink: 200 } as const;

/** The legacy free plan's posts a month: 100 by the users' specification, about 500 by older pages (2026-11-23) [U]. */
const legacyFreePosts = 100;

/** Post reads a month of a pay-per-use project (2026-11-23) [O]; `GET /2/usage/tweets` tells the true cap. */
const readCap = 3_000_000;

/** What posting this text costs, in the unit of the bucket `spending`. */
export function priceOf(text: string): number {
  return /https?:\/\/\S/i.test(text) ? postPrice.withLink : postPrice.plain;
}

interface Plan {
  readonly tier: Tier;
  readonly billingDay: number;
  readonly posts: number;
  /** In thousandths of a dollar. */
  readonly spending: number;
}

function planOf({ tier, billing_day, monthly_posts, spending_limit_usd }: Credentials): Plan {
  const known = tiers.find((one) => one === tier) ?? 'pay_per_use';
  const limitUsd = readNumber(spending_limit_usd);
  const spending = known !== 'pay_per_use' || limitUsd === null ? unlimited : Math.round(limitUsd * 1000);
  const affordable = spending === unlimited ? unlimited : Math.floor(spending / postPrice.plain);
  const included = readNumber(monthly_posts) ?? (known === 'free_legacy' ? legacyFreePosts : unlimited);
  const posts = Math.min(included, affordable);
  return { tier: known, billingDay: readNumber(billing_day) ?? 1, posts, spending };
}

function readNumber(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/**
 * What X counts for a connection with these fields. Months run from billing day to billing day, not with the calendar
 * (the users' specification). Counted by the account, though a plan belongs to the developer account [U].
 */
export function quotasOf(credentials: Credentials): readonly QuotaBucket[] {
  const { billingDay, posts, spending } = planOf(credentials);
  const window = { kind: 'billing_month', billingDay } as const;
  return [
    { bucket: 'posts', unit: 'posts', countedBy: 'user_id', window, limit: posts },
    { bucket: 'spending', unit: 'thousandths of a dollar', countedBy: 'user_id', window, limit: spending },
    { bucket: 'reads', unit: 'post reads', countedBy: 'user_id', window, limit: readCap },
  ];
}

/** Limit and window by the plan of this connection, without a call; of `reads` what X itself says, with one. */
export async function readQuota(
  bucket: string,
  credentials: Credentials,
  context: PlatformContext,
): Promise<QuotaReading | null> {
  const found = quotasOf(credentials).find((one) => one.bucket === bucket);
  if (found === undefined) return null;
  const { limit, window } = found;
  const token = credentials['bearer_token'];
  if (bucket !== 'reads' || token === undefined || token === '') return { limit, window };
  const { cap, used, resetDay } = await readUsage(token, context);
  // Presumably a day of the month (2026-11-23) [I].
  const billingDay = resetDay !== null && resetDay >= 1 && resetDay <= 31 ? resetDay : planOf(credentials).billingDay;
  return { limit: cap, used, window: { kind: 'billing_month', billingDay } };
}
