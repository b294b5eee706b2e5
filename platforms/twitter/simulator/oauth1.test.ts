import { TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datedSignatures } from '../signing.ts';
import { openTestSession, redirectUri, type TestSession } from './test-session.ts';

let x: TestSession;
beforeEach(async () => {
  x = await openTestSession();
});
afterEach(() => x.close());

function refusal(status: number, code: number): object {
  return { code: status, data: { errors: [{ code }] } };
}

/** Alters what is about to be sent, after it was signed. */
function tamper(change: (header: string) => string): ITwitterApiClientPlugin {
  return {
    onBeforeRequest: ({ computedParams: { headers } }) => {
      headers['Authorization'] = change(headers['Authorization'] ?? '');
    },
  };
}

const me = (client: TwitterApi): Promise<unknown> => client.v2.get('users/me');
const unauthorized = { code: 401, data: { title: 'Unauthorized', type: 'about:blank', status: 401 } };

describe('the three legs of OAuth 1.0a', () => {
  async function walk(visit = {}): Promise<{ url: URL; secret: string }> {
    const link = await x.signed({ access_token: '' }).generateAuthLink(redirectUri, { linkMode: 'authorize' });
    expect(link.oauth_callback_confirmed).toBe('true');
    const { url } = await x.visit(new URL(link.url), visit);
    expect(url.searchParams.get('oauth_token') ?? url.searchParams.get('denied')).toBe(link.oauth_token);
    return { url, secret: link.oauth_token_secret };
  }

  function requestClient(url: URL, secret: string): TwitterApi {
    const access_token = url.searchParams.get('oauth_token') ?? '';
    return x.signed({ access_token, access_token_secret: secret });
  }

  it('end in a token that begins with the account’s id and works, in the library itself', async () => {
    const { url, secret } = await walk();
    const login = await requestClient(url, secret).login(url.searchParams.get('oauth_verifier') ?? '');
    expect(login.screenName).toBe('creator');
    expect(login.accessToken).toMatch(new RegExp(`^${login.userId}-\\w{40}$`));
    const client = x.signed({ access_token: login.accessToken, access_token_secret: login.accessSecret });
    expect(await me(client)).toMatchObject({ data: { id: login.userId, username: 'creator' } });
  });

  it('give a token once, and none for a wrong verifier', async () => {
    const { url, secret } = await walk();
    await expect(requestClient(url, secret).login('wrong')).rejects.toMatchObject(refusal(401, 32));
    const verifier = url.searchParams.get('oauth_verifier') ?? '';
    await requestClient(url, secret).login(verifier);
    await expect(requestClient(url, secret).login(verifier)).rejects.toMatchObject(refusal(401, 89));
  });

  it('tell the callback when the person cancels', async () => {
    const { url } = await walk({ approve: false });
    expect(url.searchParams.has('oauth_verifier')).toBe(false);
  });

  it('need a callback that is registered', async () => {
    const client = x.signed({ access_token: '' });
    await expect(client.generateAuthLink('http://localhost:1/')).rejects.toMatchObject(refusal(403, 415));
    await expect(client.generateAuthLink('http://127.0.0.1:8422/callback')).resolves.toBeDefined();
  });
});

describe('a signature', () => {
  it.each([
    ['with a wrong app secret', { api_secret: 'wrong' }],
    ['with a wrong token secret', { access_token_secret: 'wrong' }],
    ['with an unknown token', { access_token: '1-unknown' }],
    ['with an unknown app', { api_key: 'unknown' }],
  ])('%s is refused, without a reason', async (_what, keys) => {
    await expect(me(x.signed(keys))).rejects.toMatchObject(unauthorized);
  });

  it('covers the query and the method, but not a JSON body', async () => {
    const client = x.signed();
    await expect(client.v2.get('users/me', { 'user.fields': 'id,name with blanks & ümläut' })).resolves.toBeDefined();
    await expect(client.v2.tweet('Hello & good-bye')).resolves.toBeDefined();
    const altered = x.signed({}, [
      {
        onBeforeRequest: ({ computedParams }) => {
          computedParams.url.searchParams.set('added', '1');
        },
      },
    ]);
    await expect(me(altered)).rejects.toMatchObject(unauthorized);
  });

  it.each([301, -301])('%i seconds off is refused; a little less is not', async (seconds) => {
    const clock = { now: () => new Date(x.simulators.clock.now().getTime() + seconds * 1_000) };
    await expect(me(x.signed({}, [datedSignatures(clock)]))).rejects.toMatchObject(unauthorized);
    x.set({ clockToleranceSeconds: 310 });
    await expect(me(x.signed({}, [datedSignatures(clock)]))).resolves.toBeDefined();
  });

  it('is good once: its nonce is known afterwards', async () => {
    const headers: string[] = [];
    const record = tamper((header) => {
      headers.push(header);
      return header;
    });
    await me(x.signed({}, [record]));
    await expect(me(x.signed({}, [tamper(() => headers[0] ?? '')]))).rejects.toMatchObject(unauthorized);
  });

  it('of the older API is refused with its codes', async () => {
    const path = 'https://api.x.com/1.1/oauth/invalidate_token.json';
    const post = (keys: Record<string, string>, plugins: ITwitterApiClientPlugin[] = []): Promise<unknown> =>
      x.signed(keys, plugins).post(path);
    await expect(post({ access_token: '1-unknown' })).rejects.toMatchObject(refusal(401, 89));
    await expect(post({ access_token_secret: 'wrong' })).rejects.toMatchObject(refusal(401, 32));
    await expect(post({}, [tamper(() => 'Basic x')])).rejects.toMatchObject(refusal(401, 215));
    const slow = { now: () => new Date(x.simulators.clock.now().getTime() - 600_000) };
    await expect(post({}, [datedSignatures(slow)])).rejects.toMatchObject(refusal(401, 135));
  });
});

describe('a token', () => {
  it('that was made before the permission was changed stays read-only; a new one is not', async () => {
    x.set({ permission: 'read', newAccessToken: true });
    const early = x.console();
    x.set({ permission: 'read-write' });
    const { headers } = await x.signed(early).get('https://api.x.com/2/users/me', {}, { fullResponse: true });
    expect(headers['x-access-level']).toBe('read');
    await expect(x.signed(early).v2.tweet('Hello')).rejects.toMatchObject({
      code: 403,
      data: { type: 'https://api.twitter.com/2/problems/oauth1-permissions' },
    });
    x.set({ newAccessToken: true });
    await expect(me(x.signed(early))).rejects.toMatchObject(unauthorized);
    await expect(x.signed().v2.tweet('Hello')).resolves.toBeDefined();
  });

  it('invalidates itself', async () => {
    const keys = x.console();
    const path = 'https://api.x.com/1.1/oauth/invalidate_token.json';
    expect(await x.signed(keys).post(path)).toEqual({ access_token: keys['access_token'] });
    await expect(x.signed(keys).post(path)).rejects.toMatchObject(refusal(401, 89));
    await expect(me(x.signed(keys))).rejects.toMatchObject(unauthorized);
  });

  it('dies with the API key', async () => {
    const keys = x.console();
    x.set({ newApiKeys: true });
    await expect(me(x.signed(keys))).rejects.toMatchObject(unauthorized);
  });
});

describe('the bearer token of the app', () => {
  const usage = (client: TwitterApi): Promise<unknown> => client.v2.get('usage/tweets');

  it('is the same each time, holds %2F and %3D, and is not decoded', async () => {
    const { bearer_token = '' } = x.console();
    const app = await x.signed({ access_token: '' }).appLogin();
    expect(app.getActiveTokens()).toMatchObject({ bearerToken: bearer_token });
    expect(bearer_token).toMatch(/%2F.*%3D/);
    await expect(usage(x.bearing(bearer_token))).resolves.toBeDefined();
    await expect(usage(x.bearing(decodeURIComponent(bearer_token)))).rejects.toMatchObject(unauthorized);
  });

  it('is refused to a wrong pair', async () => {
    const login = x.signed({ access_token: '', api_secret: 'wrong' }).appLogin();
    await expect(login).rejects.toMatchObject(refusal(403, 99));
  });

  it('cannot be used for an account, nor a token of the account for the app', async () => {
    const data = { type: 'https://api.twitter.com/2/problems/unsupported-authentication' };
    await expect(me(x.bearing(x.console()['bearer_token'] ?? ''))).rejects.toMatchObject({ code: 403, data });
    await expect(usage(x.signed())).rejects.toMatchObject({ code: 403, data });
  });

  it('ends by Basic or by a signature', async () => {
    for (const how of ['basic', 'signature']) {
      const { bearer_token = '', api_key = '', api_secret = '' } = x.console();
      const path = 'https://api.x.com/oauth2/invalidate_token';
      const basic = new TwitterApi({ username: api_key, password: api_secret }, { httpAgent: x.network.agent });
      const client = how === 'basic' ? basic : x.signed();
      const answer = await client.post<unknown>(`${path}?access_token=${encodeURIComponent(bearer_token)}`);
      expect(answer).toEqual({ access_token: bearer_token });
      await expect(usage(x.bearing(bearer_token))).rejects.toMatchObject(unauthorized);
    }
  });
});
