import type { Network } from '../../platforms/network.ts';
import { facebookFetch } from '../../platforms/facebook/client.ts';
import type { FacebookFetch } from '../../platforms/facebook/client.ts';
import { tiktokFetch } from '../../platforms/tiktok/client.ts';
import type { TiktokFetch } from '../../platforms/tiktok/client.ts';
import { twitterClient } from '../../platforms/twitter/client.ts';
import { youtubeClient } from '../../platforms/youtube/client.ts';
import type { TokenOptions } from './token-reader.ts';
import type { Token } from './token.ts';

export type AccountOptions = Pick<TokenOptions, 'owner' | 'account'>;

/** The platforms' own clients over our tokens: each asks for a valid one before each request. */
export interface Clients {
  /** A `googleapis` YouTube client. */
  youtube(options?: AccountOptions): ReturnType<typeof youtubeClient>;
  /** A `TwitterApi`, whichever way the connection authorizes. */
  twitter(options?: AccountOptions): ReturnType<typeof twitterClient>;
  /** A fetch for the Graph API, with the Page's token and its proof; for Instagram too. */
  facebook(options?: AccountOptions): FacebookFetch;
  /** A fetch for TikTok's API. */
  tiktok(options?: AccountOptions): TiktokFetch;
}

export function createClients(
  getValidToken: (platform: string, options?: TokenOptions) => Promise<Token>,
  network: Network,
): Clients {
  const accessTokenOf = (platform: string, options: AccountOptions) => async (): Promise<string> =>
    (await getValidToken(platform, options)).accessToken;
  return {
    youtube: (options = {}) => youtubeClient({ getAccessToken: accessTokenOf('youtube', options), network }),
    twitter: (options = {}) =>
      twitterClient({ getCredentials: async () => (await getValidToken('twitter', options)).credentials, network }),
    facebook:
      (options = {}) =>
      async (path, init) => {
        const { accessToken, credentials } = await getValidToken('facebook', options);
        const appSecret = credentials['app_secret'];
        const getAccessToken = (): Promise<string> => Promise.resolve(accessToken);
        return facebookFetch({ getAccessToken, network, ...(appSecret === undefined ? {} : { appSecret }) })(
          path,
          init,
        );
      },
    tiktok: (options = {}) => tiktokFetch({ getAccessToken: accessTokenOf('tiktok', options), network }),
  };
}
