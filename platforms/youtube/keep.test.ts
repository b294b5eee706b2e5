import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlatformFailure } from '../../model/failure.ts';
import { createSimulatedNetwork } from '../network.ts';
import type { PlatformContext } from '../platform.ts';
import { youtubeClient } from './client.ts';
import { platform } from './index.ts';
import { startScriptedGoogle, type ScriptedGoogle } from './scripted-google.ts';

const credentials = {
  client_id: '1-a.apps.googleusercontent.com',
  client_secret: 'app-s3cret',
  access_token: 'access-s3cret',
  refresh_token: 'refresh-s3cret',
  token_expiry: '2026-11-23T12:30:00.000Z',
};
const late = { ...credentials, token_expiry: '2026-11-23T11:59:00.000Z' };
const refreshed = { status: 200, body: { access_token: 'new-access', expires_in: 3599, token_type: 'Bearer' } };
const dead = { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' };

let google: ScriptedGoogle;
let context: PlatformContext;
beforeEach(async () => {
  google = await startScriptedGoogle();
  context = google.context();
});
afterEach(() => google.close());

describe('a refresh', () => {
  it('brings a new access token and touches nothing that Google did not send', async () => {
    google.answer(refreshed);
    expect(await platform.refresh(credentials, context)).toEqual({
      credentials: { access_token: 'new-access', token_expiry: '2026-11-23T12:59:59.000Z' },
      expiresAt: '2026-11-23T12:59:59.000Z',
    });
    expect(Object.fromEntries(google.seen[0]!.form)).toEqual({
      client_id: credentials.client_id,
      client_secret: credentials.client_secret,
      refresh_token: credentials.refresh_token,
      grant_type: 'refresh_token',
    });
  });

  it('takes a new refresh token and a new end, which the library would drop', async () => {
    const body = { ...refreshed.body, refresh_token: 'rotated', refresh_token_expires_in: 600, scope: 'a b' };
    google.answer({ status: 200, body });
    expect(await platform.refresh(credentials, context)).toMatchObject({
      credentials: { refresh_token: 'rotated' },
      refreshExpiresAt: '2026-11-23T12:10:00.000Z',
      scopes: ['a', 'b'],
    });
  });

  it('counts lifetimes from the clock that it is given', async () => {
    google.answer(refreshed);
    const future = google.context({ now: new Date('2031-01-01T00:00:00.000Z') });
    expect((await platform.refresh(credentials, future)).expiresAt).toBe('2031-01-01T00:59:59.000Z');
  });

  it('of a dead grant needs consent, after one call', async () => {
    google.answer({ status: 400, body: dead });
    const failure = { kind: 'needs_consent', code: 'invalid_grant' };
    await expect(platform.refresh(credentials, context)).rejects.toMatchObject({ failure });
    expect(google.seen).toHaveLength(1);
  });

  it.each([429, 500, 503])('is tried once: %i is for the keeper to repeat', async (status) => {
    google.answer({ status, body: {} });
    await expect(platform.refresh(credentials, context)).rejects.toBeInstanceOf(PlatformFailure);
    expect(google.seen).toHaveLength(1);
  });

  it('is transient when nothing answers', async () => {
    const network = createSimulatedNetwork('http://127.0.0.1:1');
    const failure = { kind: 'transient', code: 'ECONNREFUSED' };
    await expect(platform.refresh(credentials, { ...context, network })).rejects.toMatchObject({ failure });
  });
});

describe('a probe', () => {
  it('costs one call that needs no quota', async () => {
    google.answer({ status: 200, body: { scope: 'a b', expires_in: '1200' } });
    expect(await platform.probe(credentials, context)).toEqual({
      credentials: { token_expiry: '2026-11-23T12:20:00.000Z' },
      scopes: ['a', 'b'],
      expiresAt: '2026-11-23T12:20:00.000Z',
    });
    expect(google.seen[0]?.url.href).toBe('https://oauth2.googleapis.com/tokeninfo');
  });

  it('of an access token that has ended tries the refresh token', async () => {
    google.answer(refreshed);
    expect((await platform.probe(late, context)).credentials).toMatchObject({ access_token: 'new-access' });
  });

  it('tells a revoked grant from an access token that merely ended early', async () => {
    const invalid = { status: 400, body: { error: 'invalid_token', error_description: 'Invalid Value' } };
    google.answer(invalid, refreshed);
    expect((await platform.probe(credentials, context)).credentials).toMatchObject({ access_token: 'new-access' });
    google.answer(invalid, { status: 400, body: dead });
    await expect(platform.probe(credentials, context)).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });
});

describe('a connection that was imported with a refresh token alone', () => {
  it('is brought to life by a probe', async () => {
    const { client_id, client_secret, refresh_token } = credentials;
    google.answer(refreshed);
    const imported = { client_id, client_secret, refresh_token, publishing_status: 'no such status' };
    expect((await platform.probe(imported, context)).credentials).toMatchObject({ access_token: 'new-access' });
  });
});

describe('a revocation', () => {
  it('ends the grant by its refresh token, which never stands in a URL', async () => {
    google.answer({ status: 200, body: {} });
    await platform.revoke(credentials, context);
    expect(google.seen[0]?.url.href).toBe('https://oauth2.googleapis.com/revoke');
    expect(google.seen[0]?.form.get('token')).toBe('refresh-s3cret');
  });

  it('of a grant that is dead already is no failure', async () => {
    const body = { error: 'invalid_token', error_description: 'Token expired or revoked' };
    google.answer({ status: 400, body });
    await expect(platform.revoke(credentials, context)).resolves.toBeUndefined();
  });

  it('of an onboarding that never reached consent has nothing to do', async () => {
    await platform.revoke({ client_id: 'x' }, context);
    expect(google.seen).toEqual([]);
  });

  it('that did not reach Google fails', async () => {
    google.answer({ status: 503, body: {} });
    await expect(platform.revoke(credentials, context)).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });
});

describe('whatever fails', () => {
  it('leaves without a secret in its text, its cause and its trace', async () => {
    const acts = [
      () => platform.refresh(credentials, context),
      () => platform.probe(credentials, context),
      () => platform.revoke(credentials, context),
    ];
    for (const act of acts) {
      google.answer({ status: 500, body: { echo: 'refresh-s3cret access-s3cret app-s3cret' } });
      const error: unknown = await act().catch((thrown: unknown) => thrown);
      if (!(error instanceof PlatformFailure) || !(error.cause instanceof Error)) throw new Error('not judged');
      const texts = [error.message, error.stack, error.cause.message, error.cause.stack, Object.entries(error.cause)];
      expect(JSON.stringify([texts, error.failure])).not.toContain('s3cret');
    }
  });
});

describe('the client for users of the SDK', () => {
  const channels = { status: 200, body: { kind: 'youtube#channelListResponse', items: [] } };

  it('asks for a valid token at each request', async () => {
    google.answer(channels, channels);
    const tokens = ['first', 'second'];
    const getAccessToken = (): Promise<string> => Promise.resolve(tokens.shift() ?? 'none');
    const youtube = youtubeClient({ getAccessToken, network: context.network });
    await youtube.channels.list({ part: ['id'], mine: true });
    await youtube.channels.list({ part: ['id'], mine: true });
    expect(google.seen.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it('passes on why there is no token', async () => {
    const needsConsent = new Error('needs consent');
    const youtube = youtubeClient({ getAccessToken: () => Promise.reject(needsConsent), network: context.network });
    await expect(youtube.channels.list({ part: ['id'], mine: true })).rejects.toBe(needsConsent);
    expect(google.seen).toEqual([]);
  });
});
