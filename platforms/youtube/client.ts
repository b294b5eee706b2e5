import { auth, youtube_v3 } from 'googleapis/build/src/apis/youtube/index.js';
import type { Network } from '../network.ts';

/** What a YouTube client needs: where tokens come from, and the way out. */
export interface YoutubeClientOptions {
  /** Asked before each request; should be as cheap as reading a row. */
  readonly getAccessToken: () => Promise<string>;
  readonly network: Network;
}

/**
 * A `googleapis` client of the YouTube Data API that stays valid by itself. Only YouTube's part of that package is
 * loaded. Errors are those of googleapis; `platform.diagnose` tells what they mean.
 */
export function youtubeClient({ getAccessToken, network }: YoutubeClientOptions): youtube_v3.Youtube {
  // OAuth2 of this very package: google-auth-library beside it is another copy with other types.
  const client = new auth.OAuth2({ transporterOptions: { agent: network.agent }, useAuthRequestParameters: false });
  // A token that counts as expired from the start is never reused: the client asks for one at each request.
  client.refreshHandler = async () => ({ access_token: await getAccessToken(), expiry_date: 1 });
  return new youtube_v3.Youtube({ auth: client });
}
