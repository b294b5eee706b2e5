import { TwitterApi } from 'twitter-api-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestSession, redirectUri, tokensOf, verifier, type TestSession } from './test-session.ts';

let x: TestSession;
beforeEach(async () => {
  x = await openTestSession();
});
afterEach(() => x.close());

function invalid(what: string): object {
  const error_description = `Value passed for the ${what} was invalid.`;
  return { status: 400, body: { error: 'invalid_request', error_description } };
}

const noHeader = {
  status: 401,
  body: { error: 'unauthorized_client', error_description: 'Missing valid authorization header' },
};

function decode(token: string): string {
  return Buffer.from(token, 'base64url').toString();
}

describe('X’s consent page', () => {
  it.each(['S256', 's256'])('takes the challenge method %s', async (code_challenge_method) => {
    expect(tokensOf(await x.exchange(await x.consent({ code_challenge_method })))).toHaveProperty('refresh_token');
  });

  it('takes a plain challenge', async () => {
    const code = await x.consent({ code_challenge_method: 'plain', code_challenge: verifier });
    expect((await x.exchange(code)).status).toBe(200);
  });

  it('sends state and code to the callback, or that the person cancelled', async () => {
    const { url } = await x.visit(x.authorizePage({ state: 'a & b' }), { approve: false });
    expect(url.href).toBe(`${redirectUri}?state=a+%26+b&error=access_denied`);
  });

  it.each([
    ['an unregistered redirect URI', { redirect_uri: `${redirectUri}/` }],
    ['an unknown client', { client_id: 'unknown' }],
    ['no challenge', { code_challenge: '' }],
    ['a hexadecimal challenge', { code_challenge: 'a'.repeat(64) }],
    ['a state of 501 characters', { state: 's'.repeat(501) }],
    ['no scope', { scope: '' }],
    ['another response type', { response_type: 'token' }],
  ])('shows that something went wrong for %s, and calls nobody back', async (_what, parameters) => {
    const { url, status, text } = await x.visit(x.authorizePage(parameters));
    expect([status, url.hostname]).toEqual([400, '127.0.0.1']);
    expect(text).toContain('Something went wrong');
  });
});

describe('a code', () => {
  it('gives tokens of X’s form', async () => {
    const { access_token, refresh_token = '', expires_in, scope } = await x.connect();
    expect(decode(access_token)).toMatch(/^[\w-]{45}:1795435200\d{3}:1:1:at:1$/);
    expect(decode(refresh_token)).toMatch(/^[\w-]{45}:\d{13}:1:1:rt:1$/);
    expect(decode(x.console()['client_id'] ?? '')).toMatch(/^[\w-]{20}:1:ci$/);
    expect(expires_in).toBe(7200);
    expect(scope.split(' ')).toContain('offline.access');
  });

  it('lives 30 seconds', async () => {
    const [young, old] = [await x.consent(), await x.consent()];
    x.advanceSeconds(29);
    expect((await x.exchange(young)).status).toBe(200);
    x.advanceSeconds(2);
    expect(await x.exchange(old)).toMatchObject(invalid('authorization code'));
  });

  it('is good once', async () => {
    const code = await x.consent();
    await x.exchange(code);
    expect(await x.exchange(code)).toMatchObject(invalid('authorization code'));
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:8422/callback' }],
  ])('needs what it was asked for with, not %s', async (_what, form) => {
    expect(await x.exchange(await x.consent(), form)).toMatchObject(invalid('authorization code'));
  });

  it('gives a refresh token only with offline.access', async () => {
    expect(await x.connect({ scope: 'tweet.read users.read' })).not.toHaveProperty('refresh_token');
  });
});

describe('the token endpoint', () => {
  it.each(['form', 'json'] as const)('takes a %s', async (as) => {
    const { refresh_token = '' } = await x.connect();
    expect((await x.token({ grant_type: 'refresh_token', refresh_token }, as)).status).toBe(200);
  });

  it('wants Basic of a confidential client, whatever the body says', async () => {
    const { refresh_token = '' } = await x.connect();
    const { client_id = '', client_secret = '' } = x.console();
    const form = { grant_type: 'refresh_token', refresh_token, client_id, client_secret };
    expect(await x.token(form, 'form', '')).toMatchObject(noHeader);
    x.set({ newClientSecret: true });
    const old = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
    expect(await x.token(form, 'form', old)).toMatchObject(noHeader);
  });

  it('wants just the client ID of a public client', async () => {
    x.set({ clientType: 'public' });
    const { client_id = '' } = x.console();
    const answer = await x.exchange(await x.consent(), { client_id });
    const form = { grant_type: 'refresh_token', refresh_token: tokensOf(answer).refresh_token ?? '' };
    expect(await x.token({ ...form, client_id: 'unknown' }, 'form', '')).toMatchObject(invalid('client id'));
    expect((await x.token({ ...form, client_id }, 'form', '')).status).toBe(200);
  });

  it('knows two grants', async () => {
    expect((await x.token({ grant_type: 'password' })).status).toBe(400);
    expect((await x.token({ grant_type: 'refresh_token' })).status).toBe(400);
  });
});

describe('a refresh token', () => {
  it('is good once, and its successor comes with the answer', async () => {
    const { refresh_token: first = '' } = await x.connect();
    const { refresh_token: second = '' } = tokensOf(await x.refresh(first));
    expect(second).not.toBe(first);
    expect(await x.refresh(first)).toMatchObject(invalid('token'));
    expect((await x.refresh(second)).status).toBe(200);
  });

  it('works in the library itself, which sends JSON, and ends there too', async () => {
    const { client_id: clientId = '', client_secret: clientSecret = '' } = x.console();
    const client = new TwitterApi({ clientId, clientSecret }, { httpAgent: x.network.agent });
    const { refresh_token = '' } = await x.connect();
    const { refreshToken = '', client: user } = await client.refreshOAuth2Token(refresh_token);
    expect((await user.v2.me()).data.username).toBe('creator');
    await client.revokeOAuth2Token(refreshToken, 'refresh_token');
    expect(await x.refresh(refreshToken)).toMatchObject(invalid('token'));
    await expect(client.refreshOAuth2Token(refreshToken)).rejects.toMatchObject({ code: 400 });
  });

  it('dies when the person removes the app, and so does the access token', async () => {
    const { refresh_token = '', access_token } = await x.connect();
    x.set({ removeAccessOf: ['creator'] });
    expect(await x.refresh(refresh_token)).toMatchObject(invalid('token'));
    await expect(x.bearing(access_token).v2.me()).rejects.toMatchObject({ code: 401 });
  });
});

it('an access token ends after 7200 seconds', async () => {
  const { access_token } = await x.connect();
  x.advanceSeconds(7_199);
  await expect(x.bearing(access_token).v2.me()).resolves.toBeDefined();
  x.advanceSeconds(1);
  await expect(x.bearing(access_token).v2.me()).rejects.toMatchObject({ code: 401 });
});
