import { TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2';
import type { Credentials } from '../../model/credentials.ts';
import { systemClock, type Clock, type Network } from '../network.ts';
import { signedTokens } from './api.ts';
import { readUserTokens } from './credentials.ts';
import { datedSignatures } from './signing.ts';

/** What a client of X needs: where valid credentials come from, and the way out. */
export interface TwitterClientOptions {
  /** Asked before each request; should be as cheap as reading a row. The access token in it is valid. */
  readonly getCredentials: () => Promise<Credentials>;
  readonly network: Network;
  /** Dates the signatures; this machine's unless said. */
  readonly clock?: Clock;
}

/**
 * A `TwitterApi` that stays valid by itself, whichever method its connection uses: keys that sign, or a bearer token that
 * is fetched at each request. Errors are those of twitter-api-v2; `platform.diagnose` tells what they mean.
 */
export function twitterClient({ getCredentials, network, clock = systemClock }: TwitterClientOptions): TwitterApi {
  const freshTokens: ITwitterApiClientPlugin = {
    onBeforeRequestConfig: async ({ client }) => {
      const tokens = readUserTokens(await getCredentials());
      client.initializeToken(tokens.method === 'oauth1' ? signedTokens(tokens) : tokens.access_token);
    },
  };
  return new TwitterApi(undefined, { httpAgent: network.agent, plugins: [freshTokens, datedSignatures(clock)] });
}
