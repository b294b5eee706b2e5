import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  base64urlChallenge,
  openTestSession,
  redirectUri,
  tokensOf,
  verifier,
  type TestSession,
} from './test-session.ts';

const dayMs = 86_400_000;

let tiktok: TestSession;
beforeEach(async () => {
  tiktok = await openTestSession();
});
afterEach(() => tiktok.close());

function fault(error: string, description?: string): object {
  return { status: 200, body: { error, ...(description === undefined ? {} : { error_description: description }) } };
}

describe('the consent page', () => {
  it('sends the code encoded, with the granted scopes and the state', async () => {
    const { url } = await tiktok.visit({}, { scopes: ['user.info.basic', 'video.publish'] });
    expect(url).toMatch(/^http:\/\/localhost:8422\/callback\?code=[\w-]+%2A0%21\d{4}\.va&scopes=/);
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      scopes: 'user.info.basic,video.publish',
      state: 'state-1',
    });
  });

  it('sends access_denied when the person cancels, unticks all, or is set to decline', async () => {
    const denied = { error: 'access_denied', state: 'state-1' };
    const parameters = async (visit: object): Promise<object> =>
      Object.fromEntries(new URL((await tiktok.visit({}, visit)).url).searchParams);
    expect(await parameters({ approve: false })).toMatchObject(denied);
    expect(await parameters({ scopes: [] })).toMatchObject(denied);
    tiktok.set({ declinedScopes: ['user.info.basic', 'user.info.profile', 'video.upload', 'video.publish'] });
    expect(await parameters({})).toMatchObject(denied);
  });

  it.each([
    [{ client_key: 'wrong' }, 'client_key'],
    [{ client_key: '', client_id: 'wrong' }, 'client_key'],
    [{ redirect_uri: `${redirectUri}/` }, 'redirect_uri'],
    [{ redirect_uri: 'http://localhost:9999/callback' }, 'redirect_uri'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'user.info.basic video.publish' }, 'invalid_scope'],
    [{ scope: '' }, 'scope'],
    [{ code_challenge: '' }, 'code_challenge'],
    [{ code_challenge_method: 'plain' }, 'code_challenge_method'],
  ])('is not shown for %o', async (parameters, code) => {
    expect((await tiktok.visit(parameters)).text).toContain(code);
  });

  it('needs the slash at the end of its address', async () => {
    const response = await tiktok.network.fetch('https://www.tiktok.com/v2/auth/authorize?client_key=x');
    expect(response.status).toBe(404);
  });

  it('takes any port where one is registered as *', async () => {
    tiktok.set({ redirectUris: ['http://127.0.0.1:*/callback/'] });
    const redirect_uri = 'http://127.0.0.1:50123/callback/';
    expect(tokensOf(await tiktok.exchange(await tiktok.consent({ redirect_uri }), { redirect_uri }))).toBeTruthy();
  });

  it('lets target users alone into a sandbox, and nobody into production before the approval', async () => {
    tiktok.set({ targetUsers: [] });
    await expect(tiktok.consent()).rejects.toThrow('non_sandbox_target');
    tiktok.useProduction();
    for (const review of ['none', 'submitted', 'rejected']) {
      tiktok.set({ review });
      await expect(tiktok.consent()).rejects.toThrow('unauthorized_client');
    }
    tiktok.set({ review: 'approved' });
    expect((await tiktok.connect()).open_id).toMatch(/^-000/);
  });
});

describe('the token endpoint', () => {
  it.each([
    ['2h_180d', 7_200, 15_552_000],
    ['24h_365d', 86_400, 31_536_000],
  ])('answers flat, with the lifetimes of %s', async (tokenProfile, access, refresh) => {
    tiktok.set({ tokenProfile });
    const { expires_in, refresh_expires_in, scope } = await tiktok.connect();
    expect([expires_in, refresh_expires_in]).toEqual([access, refresh]);
    expect(scope).toBe('user.info.basic,user.info.profile,video.upload,video.publish');
  });

  it('takes a code once', async () => {
    const code = await tiktok.consent();
    tokensOf(await tiktok.exchange(code));
    expect(await tiktok.exchange(code)).toMatchObject(fault('invalid_grant'));
  });

  it('wants the challenge of a desktop app in hexadecimal digits', async () => {
    const code = await tiktok.consent({ code_challenge: base64urlChallenge });
    const message = 'Code verifier or code challenge is invalid.';
    expect(await tiktok.exchange(code)).toMatchObject(fault('invalid_request', message));
    const other = await tiktok.exchange(await tiktok.consent(), { code_verifier: `${verifier}x` });
    expect(other).toMatchObject(fault('invalid_request', message));
  });

  it('wants https and no challenge from a web app', async () => {
    tiktok.set({ clientPlatform: 'web' });
    await expect(tiktok.consent()).rejects.toThrow('redirect_uri');
    const redirect_uri = 'https://connector.example/callback';
    tiktok.set({ redirectUris: [redirect_uri] });
    const code = await tiktok.consent({ redirect_uri, code_challenge: '', code_challenge_method: '' });
    tokensOf(await tiktok.exchange(code, { redirect_uri, code_verifier: '' }));
  });

  it.each([
    [{ client_key: 'wrong' }, 'invalid_client'],
    [{ client_secret: 'wrong' }, 'invalid_client'],
    [{ client_key: '' }, 'invalid_request'],
    [{ redirect_uri: 'http://localhost:1/' }, 'invalid_request'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ code: 'wrong' }, 'invalid_grant'],
  ])('refuses %o in the body', async (form, error) => {
    expect(await tiktok.exchange(await tiktok.consent(), form)).toMatchObject(fault(error));
    tiktok.set({ oauthErrorStatus: 400 });
    expect((await tiktok.exchange('code', form)).status).toBe(400);
  });

  it('kills a refresh token by its use, and refuses that of the other client', async () => {
    const { refresh_token } = await tiktok.connect();
    const next = tokensOf(await tiktok.refresh(refresh_token));
    expect(await tiktok.refresh(refresh_token)).toMatchObject(fault('invalid_grant'));
    tiktok.useProduction();
    expect(await tiktok.refresh(next.refresh_token)).toMatchObject(fault('invalid_grant'));
  });

  it.each([
    ['restarts', 180],
    ['inherited', 100],
  ])('a rotation %s the life of the refresh token', async (refreshLifetime, days) => {
    tiktok.set({ refreshLifetime });
    const { refresh_token } = await tiktok.connect();
    tiktok.simulators.clock.advance(80 * dayMs);
    expect(tokensOf(await tiktok.refresh(refresh_token)).refresh_expires_in).toBe(days * 86_400);
  });

  it('refuses a refresh token after its time, and all of a person who removed the app', async () => {
    const old = await tiktok.connect();
    tiktok.simulators.clock.advance(180 * dayMs);
    expect(await tiktok.refresh(old.refresh_token)).toMatchObject(fault('invalid_grant'));
    const { refresh_token } = await tiktok.connect();
    tiktok.set({ removeAccessOf: ['creator'] });
    expect(await tiktok.refresh(refresh_token)).toMatchObject(fault('invalid_grant'));
  });

  it('knows a new secret only', async () => {
    const { refresh_token } = await tiktok.connect();
    tiktok.set({ newClientSecret: 'sandbox' });
    expect(await tiktok.refresh(refresh_token)).toMatchObject(fault('invalid_client'));
  });
});

describe('a revocation', () => {
  it('by either token ends both', async () => {
    for (const name of ['access_token', 'refresh_token'] as const) {
      const tokens = await tiktok.connect();
      expect(await tiktok.oauth('revoke', { ...tiktok.client, token: tokens[name] })).toEqual({
        status: 200,
        body: {},
      });
      expect(await tiktok.refresh(tokens.refresh_token)).toMatchObject(fault('invalid_grant'));
      expect((await tiktok.get('/v2/user/info/?fields=open_id', tokens.access_token)).status).toBe(401);
    }
  });
});
