import type { Credentials } from '../../model/credentials.ts';
import type { QuotaBucket } from '../../model/quota.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const rollingDay = { kind: 'rolling', lengthMs: dayMs } as const;

/**
 * TikTok names no number for the posts of one creator by API: it answers `spam_risk_too_many_posts` when they are spent.
 * Fifteen in 24 hours is what its guidelines are quoted with, and stays below what creators report (2026-11-23) [U].
 */
const postsPerDay = 15;

/**
 * Once the audit is passed TikTok sets a cap by the use that was applied for, and tells it to nobody but the operator
 * (2026-11-23) [U]; the app is not held up by ours then.
 */
const auditedPostingAccountsPerDay = 1_000_000;

/**
 * https://developers.tiktok.com/doc/content-posting-api-reference-direct-post (2026-11-23) [O for inits, drafts and
 * posting accounts; posts U]
 */
export const quotas: readonly QuotaBucket[] = [
  { bucket: 'posts', unit: 'posts', countedBy: 'open_id', window: rollingDay, limit: postsPerDay },
  { bucket: 'drafts', unit: 'pending drafts', countedBy: 'open_id', window: rollingDay, limit: 5 },
  {
    bucket: 'inits',
    unit: 'started posts',
    countedBy: 'open_id',
    window: { kind: 'rolling', lengthMs: minuteMs },
    limit: 6,
  },
  { bucket: 'posting_accounts', unit: 'posting accounts', countedBy: 'client_key', window: rollingDay, limit: 5 },
];

/** TikTok tells no use and no limit by API; what the audit changes is known from the connection. */
export function readQuota(bucket: string, credentials: Credentials): Promise<{ readonly limit: number } | null> {
  const isFree = bucket === 'posting_accounts' && credentials['audited'] === 'yes';
  return Promise.resolve(isFree ? { limit: auditedPostingAccountsPerDay } : null);
}
