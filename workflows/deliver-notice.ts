import type { Notice } from '../model/notice.ts';
import { noticeActivities } from './proxies.ts';

/** Delivers one notice to the webhook, for three days at most: a receiver that is away must not lose it. */
export async function deliverNotice(notice: Notice): Promise<void> {
  await noticeActivities.postNotice(notice);
}
