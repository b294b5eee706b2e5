import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openTestSession,
  readScope,
  redirectUri,
  tokensOf,
  uploadScope,
  verifier,
  type TestSession,
} from './test-session.ts';

const daySeconds = 86_400;
const dead = { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } };

let google: TestSession;

beforeEach(async () => {
  google = await openTestSession();
});

afterEach(async () => {
  await google.close();
});

describe('an exchange', () => {
  it('gives tokens for 3599 s in Google’s form', async () => {
    const tokens = await google.connect();
    expect(tokens).toMatchObject({ expires_in: 3599, scope: `${uploadScope} ${readScope}`, token_type: 'Bearer' });
    expect([tokens.access_token, tokens.refresh_token]).toEqual([
      expect.stringMatching(/^ya29\./),
      expect.stringMatching(/^1\/\/0/),
    ]);
    expect(tokens).not.toHaveProperty('refresh_token_expires_in');
  });

  it('takes the verifier of RFC 7636 and no other', async () => {
    const code = await google.consent();
    const wrong = await google.exchange(code, { code_verifier: `${verifier.slice(0, -1)}A` });
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await google.exchange(code)).status).toBe(200);
  });

  it('needs the verifier when there was a challenge', async () => {
    const form = { ...google.client, code: await google.consent(), redirect_uri: redirectUri };
    expect(await google.token({ ...form, grant_type: 'authorization_code' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('refuses a verifier when there was no challenge', async () => {
    const code = (await google.visit()).url.searchParams.get('code') ?? '';
    expect(await google.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('works once for each code, and the tokens of the first time stay alive', async () => {
    const code = await google.consent();
    const { refresh_token = '' } = tokensOf(await google.exchange(code));
    expect(await google.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await google.refresh(refresh_token)).status).toBe(200);
  });

  it('is refused ten minutes after the consent', async () => {
    const code = await google.consent();
    google.advanceSeconds(601);
    expect(await google.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('needs the redirect URI of the consent', async () => {
    const other = 'http://localhost:8422/other';
    google.set({ redirectUris: [redirectUri, other] });
    const answer = await google.exchange(await google.consent(), { redirect_uri: other });
    expect(answer).toMatchObject({ status: 400, body: { error: 'redirect_uri_mismatch' } });
  });

  it.each([
    ['made up', { code: 'made-up' }, 400, 'invalid_grant', 'Malformed auth code.'],
    ['made up well', { code: '4/0Amade-up' }, 400, 'invalid_grant', 'Bad Request'],
    ['with a wrong secret', { code: '4/0A', client_secret: 'GOCSPX-wrong' }, 401, 'invalid_client', 'Unauthorized'],
    [
      'with an unknown client',
      { code: '4/0A', client_id: '1-x.apps.googleusercontent.com' },
      401,
      'invalid_client',
      'The OAuth client was not found.',
    ],
    ['of an unknown kind', { grant_type: 'password' }, 400, 'unsupported_grant_type', 'Invalid grant_type: password'],
    ['of no kind', { grant_type: '' }, 400, 'invalid_request', 'Missing required parameter: grant_type'],
  ])('%s is refused', async (_name, form, status, error, error_description) => {
    expect(await google.exchange('4/0A', form)).toMatchObject({ status, body: { error, error_description } });
  });

  it('tells a deleted client', async () => {
    google.set({ clientDeleted: true });
    expect(await google.exchange('4/0A')).toMatchObject({ status: 401, body: { error: 'deleted_client' } });
  });

  it('takes the client by HTTP Basic too, and the old secret no longer once there is a new one', async () => {
    const { client_id, client_secret } = google.client;
    const headers = { authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` };
    const body = (): URLSearchParams => new URLSearchParams({ grant_type: 'refresh_token', refresh_token: '1//0' });
    const ask = () =>
      google.network.fetch('https://oauth2.googleapis.com/token', { method: 'POST', headers, body: body() });
    expect((await ask()).status).toBe(400);
    google.set({ newClientSecret: true });
    expect((await ask()).status).toBe(401);
  });

  it('must be form-encoded', async () => {
    const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    expect((await google.network.fetch('https://oauth2.googleapis.com/token', init)).status).toBe(400);
  });
});

describe('a refresh token', () => {
  it('comes only with offline access', async () => {
    expect(await google.connect({ access_type: 'online' })).not.toHaveProperty('refresh_token');
  });

  it('comes the first time, then only when consent is asked for again', async () => {
    expect(await google.connect()).toHaveProperty('refresh_token');
    expect(await google.connect()).not.toHaveProperty('refresh_token');
    expect(await google.connect({ prompt: 'consent' })).toHaveProperty('refresh_token');
  });

  it('stays the same over refreshes', async () => {
    const { refresh_token = '' } = await google.connect();
    for (let round = 0; round < 3; round += 1) {
      expect(tokensOf(await google.refresh(refresh_token))).not.toHaveProperty('refresh_token');
    }
  });

  it('of an app in Testing says that it ends after 7 days, and does', async () => {
    google.set({ publishingStatus: 'testing', testUsers: ['creator'] });
    const { refresh_token = '', refresh_token_expires_in } = await google.connect();
    expect(refresh_token_expires_in).toBe(604_799);
    google.advanceSeconds(7 * daySeconds - 2);
    expect(tokensOf(await google.refresh(refresh_token)).refresh_token_expires_in).toBe(1);
    google.advanceSeconds(2);
    expect(await google.refresh(refresh_token)).toMatchObject(dead);
  });

  it('dies when unused for 6 months, and use keeps it alive', async () => {
    const { refresh_token = '' } = await google.connect();
    google.advanceSeconds(150 * daySeconds);
    expect((await google.refresh(refresh_token)).status).toBe(200);
    google.advanceSeconds(150 * daySeconds);
    expect((await google.refresh(refresh_token)).status).toBe(200);
    google.advanceSeconds(184 * daySeconds);
    expect(await google.refresh(refresh_token)).toMatchObject(dead);
  });

  it('is killed without a word by the 101st of the same account', async () => {
    const { refresh_token: first = '' } = await google.connect();
    const { refresh_token: second = '' } = await google.connect({ prompt: 'consent' });
    for (let count = 3; count <= 100; count += 1) await google.connect({ prompt: 'consent' });
    expect((await google.refresh(first)).status).toBe(200);
    await google.connect({ prompt: 'consent' });
    expect(await google.refresh(first)).toMatchObject(dead);
    expect((await google.refresh(second)).status).toBe(200);
  });

  it('gives fewer scopes when asked for fewer, and never more', async () => {
    const { refresh_token = '' } = await google.connect({ scope: readScope });
    const form = { ...google.client, refresh_token, grant_type: 'refresh_token' };
    expect(await google.token({ ...form, scope: uploadScope })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    expect(tokensOf(await google.token({ ...form, scope: readScope })).scope).toBe(readScope);
  });
});

describe('revocation', () => {
  const url = 'https://oauth2.googleapis.com/revoke';

  it.each(['access_token', 'refresh_token'] as const)('by the %s ends the whole grant', async (which) => {
    const tokens = await google.connect();
    const { access_token, refresh_token = '' } = tokens;
    expect(await google.post(url, { token: tokens[which] ?? '' })).toMatchObject({ status: 200, body: {} });
    expect(await google.refresh(refresh_token)).toMatchObject(dead);
    expect((await google.api('/youtube/v3/channels?part=id&mine=true', access_token)).status).toBe(401);
  });

  it('takes the token in the query, and refuses it the second time', async () => {
    const { refresh_token = '' } = await google.connect();
    const address = `${url}?${new URLSearchParams({ token: refresh_token }).toString()}`;
    expect((await google.post(address, {})).status).toBe(200);
    const body = { error: 'invalid_token', error_description: 'Token expired or revoked' };
    expect(await google.post(address, {})).toMatchObject({ status: 400, body });
  });

  it('by the person in the Google account works alike, and the next consent gives a refresh token again', async () => {
    const { refresh_token = '' } = await google.connect();
    google.set({ removeAccessOf: ['creator'] });
    expect(await google.refresh(refresh_token)).toMatchObject(dead);
    expect(await google.connect()).toHaveProperty('refresh_token');
  });
});

describe('tokeninfo', () => {
  const url = 'https://oauth2.googleapis.com/tokeninfo';

  it('tells by GET what a token is worth, with numbers as texts', async () => {
    const { access_token } = await google.connect();
    google.advanceSeconds(99);
    const response = await google.network.fetch(`${url}?access_token=${access_token}`);
    const { client_id } = google.client;
    const exp = String(Date.parse('2026-11-23T12:00:00Z') / 1_000 + 3_599);
    const expected = {
      azp: client_id,
      aud: client_id,
      scope: `${uploadScope} ${readScope}`,
      exp,
      expires_in: '3500',
      access_type: 'offline',
    };
    expect(await response.json()).toEqual(expected);
  });

  it('takes the token as a bearer by POST', async () => {
    const { access_token } = await google.connect();
    const init = { method: 'POST', headers: { authorization: `Bearer ${access_token}` } };
    expect((await google.network.fetch(url, init)).status).toBe(200);
  });

  it('refuses an expired token', async () => {
    const { access_token } = await google.connect();
    google.advanceSeconds(3_599);
    const response = await google.network.fetch(`${url}?access_token=${access_token}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_token', error_description: 'Invalid Value' },
    ]);
  });
});
