import { z } from 'zod';
import type { PlatformContext } from '../platform.ts';
import { hasApiError } from './diagnosis.ts';
import { call, failureOf } from './tiktok-call.ts';

const text = z.string().min(1);

const userInfoAnswer = z.object({
  data: z.object({
    user: z.object({
      open_id: text,
      union_id: text.optional(),
      display_name: z.string().optional(),
      username: z.string().optional(),
    }),
  }),
});

/** The account behind a token. */
export type UserInfo = z.infer<typeof userInfoAnswer>['data']['user'];

const creatorInfoAnswer = z.object({
  data: z.object({
    creator_username: z.string().optional(),
    creator_nickname: z.string().optional(),
    privacy_level_options: z.array(z.string()),
    max_video_post_duration_sec: z.number().optional(),
  }),
});

/** How the account may post now. */
export type CreatorInfo = z.infer<typeof creatorInfoAnswer>['data'];

const initAnswer = z.object({ data: z.object({ publish_id: text }) });

interface ApiCall {
  readonly method: 'GET' | 'POST';
  readonly path: `/v2/${string}`;
  readonly body?: unknown;
}

// An error code stands in the body, for caps and bans possibly with status 200 (2026-11-23) [C/U].
async function callApi<Answer>(
  schema: z.ZodType<Answer>,
  { method, path, body }: ApiCall,
  accessToken: string,
  context: PlatformContext,
): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    ...(method === 'POST' ? { 'content-type': 'application/json; charset=UTF-8' } : {}),
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await call(path, { method, headers, ...sent }, context);
  const parsed = schema.safeParse(answer.body);
  if (answer.status >= 400 || hasApiError(answer.body) || !parsed.success) throw failureOf(answer, context);
  return parsed.data;
}

/**
 * Whose token this is: there is no introspection, so this is the probe. The username is asked for only where its scope
 * was granted, because TikTok refuses the whole call otherwise.
 * https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info (2026-11-23) [O; username C]
 */
export async function fetchUserInfo(
  accessToken: string,
  context: PlatformContext,
  scopes: readonly string[] = context.scopes,
): Promise<UserInfo> {
  const username = scopes.includes('user.info.profile') ? ',username' : '';
  const path = `/v2/user/info/?fields=open_id,union_id,display_name${username}` as const;
  const { data } = await callApi(userInfoAnswer, { method: 'GET', path }, accessToken, context);
  return data.user;
}

/**
 * Whether and how the account may post now; reports bans and caps. 20 a minute and token.
 * https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info (2026-11-23) [O]
 */
export async function queryCreatorInfo(accessToken: string, context: PlatformContext): Promise<CreatorInfo> {
  const path = '/v2/post/publish/creator_info/query/';
  const { data } = await callApi(creatorInfoAnswer, { method: 'POST', path }, accessToken, context);
  return data;
}

/**
 * Opens a draft for the inbox whose bytes are never sent: nothing appears anywhere. 6 a minute and token.
 * https://developers.tiktok.com/doc/content-posting-api-reference-upload-video (2026-11-23) [O; that nothing appears: I]
 */
export async function openEmptyDraft(accessToken: string, context: PlatformContext): Promise<void> {
  const path = '/v2/post/publish/inbox/video/init/';
  const size = 1_000_000;
  const body = { source_info: { source: 'FILE_UPLOAD', video_size: size, chunk_size: size, total_chunk_count: 1 } };
  await callApi(initAnswer, { method: 'POST', path, body }, accessToken, context);
}
