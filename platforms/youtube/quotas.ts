import type { QuotaBucket } from '../../model/quota.ts';
import { pacificDay } from './pacific-midnight.ts';

// Google counts by Cloud project. All clients of one project share its quota, but a client id names its project only in
// its first digits by habit, not by contract: two clients of one project count apart here.
const perProject = { countedBy: 'client_id', window: pacificDay } as const;

/**
 * What a project may do in a day with the quota that Google grants by default. Google tells nobody how much is left: no
 * endpoint, no header. An extended quota is shown in the console only.
 * https://developers.google.com/youtube/v3/determine_quota_cost (2026-11-23) [O]
 */
export const quotas: readonly QuotaBucket[] = [
  // `videos.insert`, 1 a call; a bucket of its own since 2026-06-01 [O].
  { ...perProject, bucket: 'uploads', unit: 'uploads', limit: 100 },
  // `search.list`, 1 a call; a bucket of its own since 2026-06-01 [O].
  { ...perProject, bucket: 'search', unit: 'searches', limit: 100 },
  // Everything else: lists cost 1, writes and `thumbnails.set` 50, captions 400 [O].
  { ...perProject, bucket: 'units', unit: 'units', limit: 10_000 },
  // `videos.batchGetStats`, 1 a call [O 2026-06].
  { ...perProject, bucket: 'batch_stats', unit: 'calls', limit: 10_000 },
];
