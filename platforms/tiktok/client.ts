import { Headers, type RequestInit, type Response } from 'undici';
import type { Network } from '../network.ts';
import { apiOrigin } from './tiktok-call.ts';

/** What calls to TikTok need: where tokens come from, and the way out. */
export interface TiktokFetchOptions {
  /** Asked before each request; should be as cheap as reading a row. */
  readonly getAccessToken: () => Promise<string>;
  readonly network: Network;
}

/** Like fetch; a path such as `/v2/user/info/?fields=open_id` is enough. */
export type TiktokFetch = (path: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * A fetch bound to https://open.tiktokapis.com with a valid bearer token at each request. It rejects an address of
 * another host, because the token would go there; bytes of a video are sent to TikTok's upload_url by a plain fetch.
 */
export function tiktokFetch({ getAccessToken, network }: TiktokFetchOptions): TiktokFetch {
  return async (path, init) => {
    const url = new URL(path, apiOrigin);
    if (url.origin !== apiOrigin) {
      throw new TypeError(`tiktokFetch sends the token to ${apiOrigin} only, not to ${url.host}. Use a plain fetch.`);
    }
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${await getAccessToken()}`);
    return network.fetch(url, { ...init, headers });
  };
}
