import type { ITwitterApiClientPlugin } from 'twitter-api-v2';
import { OAuth1Helper } from 'twitter-api-v2/dist/cjs/client-mixins/oauth1.helper.js';
import type { Clock } from '../network.ts';

class DatedSigner extends OAuth1Helper {
  readonly #clock: Clock;

  constructor(consumerKeys: { readonly key: string; readonly secret: string }, clock: Clock) {
    super({ consumerKeys });
    this.#clock = clock;
  }

  protected override getTimestamp(): number {
    return Math.trunc(this.#clock.now().getTime() / 1000);
  }
}

/**
 * A plugin that dates OAuth 1.0a signatures by `clock`. The library itself takes the machine's clock, which is another
 * one than X's wherever time is simulated, and X refuses a timestamp that is off.
 */
export function datedSignatures(clock: Clock): ITwitterApiClientPlugin {
  return {
    onBeforeRequest: ({ client, computedParams }) => {
      const { headers, url, method, body } = computedParams;
      const tokens = client.getActiveTokens();
      if (tokens.type !== 'oauth-1.0a' || headers['Authorization']?.startsWith('OAuth ') !== true) return;
      const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
      const data = isForm && typeof body === 'string' ? Object.fromEntries(new URLSearchParams(body)) : {};
      const signer = new DatedSigner({ key: tokens.appKey, secret: tokens.appSecret }, clock);
      const { accessToken, accessSecret } = tokens;
      const user =
        accessToken === undefined || accessSecret === undefined ? {} : { key: accessToken, secret: accessSecret };
      const signed = signer.toHeader(signer.authorize({ url: url.href, method, data }, user));
      headers['Authorization'] = signed.Authorization;
    },
  };
}
