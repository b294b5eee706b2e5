import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../model/credentials.ts';
import { twitterClient } from './client.ts';
import { platform } from './index.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

let x: TestConnection;
beforeEach(async () => {
  x = await openTestConnection();
});
afterEach(() => x.close());

function client(): ReturnType<typeof twitterClient> {
  const getCredentials = (): Promise<Credentials> => Promise.resolve(x.credentials);
  return twitterClient({ getCredentials, network: x.network, clock: x.simulators.clock });
}

describe('the client for users of the SDK', () => {
  it('posts with keys', async () => {
    await x.connectSigned();
    const { data } = await client().v2.tweet('Hello');
    expect(await client().v2.deleteTweet(data.id)).toEqual({ data: { deleted: true } });
  });

  it('stays valid over refreshes, with the token of each moment', async () => {
    await x.connectGranted();
    const one = client();
    for (const text of ['one', 'two', 'three']) {
      await expect(one.v2.tweet(text)).resolves.toBeDefined();
      x.simulators.clock.advance(2 * 3_600_000);
      await x.refresh();
    }
  });

  it('takes over keys that were replaced', async () => {
    await x.connectSigned();
    const one = client();
    await one.v2.me();
    x.set({ newAccessToken: true });
    await expect(one.v2.me()).rejects.toMatchObject({ code: 401 });
    await x.portal('access-token');
    await expect(one.v2.me()).resolves.toBeDefined();
  });

  it('throws the library’s errors, which the platform explains', async () => {
    await x.connectSigned();
    await client().v2.tweet('Hello');
    const error: unknown = await client()
      .v2.tweet('Hello')
      .catch((thrown: unknown) => thrown);
    expect(platform.diagnose(error, x.simulators.clock.now())).toMatchObject({ kind: 'transient', code: 'duplicate' });
  });

  it('passes on why there is no token, without a call', async () => {
    const needsConsent = new Error('needs consent');
    const one = twitterClient({ getCredentials: () => Promise.reject(needsConsent), network: x.network });
    await expect(one.v2.me()).rejects.toBe(needsConsent);
    expect(x.calls('/2/users/me')).toBe(0);
  });
});
