import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import type { QuotaBucket } from '../../model/quota.ts';
import type { PlatformContext } from '../platform.ts';
import { readConnection } from './credentials.ts';
import { openGraph } from './graph.ts';

const dayMs = 24 * 3_600_000;

/**
 * Published posts in any 24 hours: 50 by the reference [O], 100 by the guide [C], so the true number is read at run time. A
 * carousel counts once. https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit (2026-11-23)
 */
export const instagramPosts: QuotaBucket = {
  bucket: 'instagram_posts',
  unit: 'posts',
  countedBy: 'ig_user_id',
  window: { kind: 'rolling', lengthMs: dayMs },
  limit: 50,
};

const publishingLimit = z.object({
  data: z
    .array(
      z.object({
        quota_usage: z.number().int().nonnegative(),
        config: z.object({ quota_total: z.number().int().nonnegative() }).optional(),
      }),
    )
    .min(1),
});

/** The limit and use of Instagram posts as Instagram tells them; null without an Instagram account. */
export async function readQuota(
  bucket: string,
  credentials: Credentials,
  context: PlatformContext,
): Promise<{ limit?: number; used?: number } | null> {
  const connection = readConnection(credentials);
  const { ig_user_id } = connection;
  if (bucket !== instagramPosts.bucket || ig_user_id === undefined || ig_user_id === '') return null;
  const call = {
    path: `${ig_user_id}/content_publishing_limit`,
    query: { fields: 'quota_usage,config' },
    token: connection.page_access_token,
  };
  const { data } = await openGraph(connection, context).call(call, publishingLimit);
  const [state] = data;
  if (state === undefined) return null;
  return { used: state.quota_usage, ...(state.config !== undefined && { limit: state.config.quota_total }) };
}
