import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../model/credentials.ts';
import { findStep } from '../find-step.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { callbackErrors } from './consent.ts';
import { platform } from './index.ts';
import { startScriptedGoogle, type ScriptedAnswer, type ScriptedGoogle } from './scripted-google.ts';

const upload = 'https://www.googleapis.com/auth/youtube.upload';
const readonly = 'https://www.googleapis.com/auth/youtube.readonly';
const app = { client_id: '1-a.apps.googleusercontent.com', client_secret: 'app-s3cret' };
const granted = { ...app, access_token: 'access-s3cret' };
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const code = { credentials: app, code: 'code-s3cret', verifier };

let google: ScriptedGoogle;
let context: PlatformContext;
beforeEach(async () => {
  google = await startScriptedGoogle();
  context = google.context();
});
afterEach(() => google.close());

function refusal(error: string, status = 400, description = 'Bad Request'): ScriptedAnswer {
  return { status, body: { error, error_description: description } };
}

describe('the consent link', () => {
  function link(scopes: readonly string[]): URL {
    const request = { credentials: app, state: 'state & more', verifier };
    return findStep(platform, 'consent', 'consent').authorizationUrl(request, google.context({ scopes }));
  }

  it('asks for everything, for lasting access, with PKCE, and leads to the simulator in a sandbox', () => {
    const url = link([]);
    expect(url.hostname).toBe('127.0.0.1');
    expect(url.pathname).toBe('/accounts.google.com/o/oauth2/v2/auth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: app.client_id,
      redirect_uri: context.redirectUri,
      response_type: 'code',
      scope: `${upload} ${readonly}`,
      state: 'state & more',
      access_type: 'offline',
      prompt: 'consent',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    expect(url.href).not.toContain(app.client_secret);
  });

  it('asks after a partial consent for just what is missing, on top of what was granted', () => {
    const { searchParams } = link([readonly]);
    expect(searchParams.get('scope')).toBe(upload);
    expect(searchParams.get('include_granted_scopes')).toBe('true');
    expect(searchParams.get('prompt')).toBe('consent');
  });

  it('asks for everything again when a complete consent is renewed', () => {
    const { searchParams } = link([upload, readonly]);
    expect(searchParams.get('scope')).toBe(`${upload} ${readonly}`);
    expect(searchParams.has('include_granted_scopes')).toBe(false);
  });
});

describe('the exchange', () => {
  const tokens = { access_token: 'new-access', expires_in: 3599, refresh_token: 'new-refresh', token_type: 'Bearer' };
  const exchange = (credentials: Credentials = app): Promise<StepResult> =>
    findStep(platform, 'consent', 'consent').exchange({ ...code, credentials }, context);

  it('sends code, verifier and redirect URI, and dates everything by the clock and the answer', async () => {
    google.answer({ status: 200, body: { ...tokens, scope: `${upload} ${readonly}` } });
    expect(await exchange()).toEqual({
      outcome: { outcome: 'done' },
      save: {
        credentials: {
          access_token: 'new-access',
          refresh_token: 'new-refresh',
          token_expiry: '2026-11-23T12:59:59.000Z',
        },
        expiresAt: '2026-11-23T12:59:59.000Z',
        refreshExpiresAt: null,
        scopes: [upload, readonly],
        mode: { mode: 'live', reason: null },
      },
    });
    expect(Object.fromEntries(google.seen[0]!.form)).toEqual({
      ...app,
      code: code.code,
      code_verifier: verifier,
      redirect_uri: context.redirectUri,
      grant_type: 'authorization_code',
    });
  });

  it('is restricted, with its end, when Google states that the grant ends', async () => {
    google.answer({ status: 200, body: { ...tokens, refresh_token_expires_in: 604799 } });
    const { save } = await exchange();
    expect(save?.refreshExpiresAt).toBe('2026-11-30T11:59:59.000Z');
    expect(save?.mode?.mode).toBe('restricted');
    expect(save?.mode?.reason).toContain('2026-11-30');
  });

  it('is restricted in Testing even when Google does not state the end', async () => {
    google.answer({ status: 200, body: tokens });
    const { save } = await exchange({ ...app, publishing_status: 'testing' });
    expect(save?.refreshExpiresAt).toBe('2026-11-30T12:00:00.000Z');
    expect(save?.mode?.mode).toBe('restricted');
  });

  it('without a refresh token sends back to the consent and saves nothing, so that the old token stays', async () => {
    google.answer({ status: 200, body: { access_token: 'new-access', expires_in: 3599 } });
    const result = await exchange();
    expect(result.outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(result.outcome)).toContain('prompt=consent');
    expect(result).not.toHaveProperty('save');
  });

  it.each([
    ['invalid_grant', 400, 'consent'],
    ['redirect_uri_mismatch', 400, 'client'],
    ['invalid_client', 401, 'client'],
    ['deleted_client', 401, 'client'],
  ])('sends back after %s', async (error, status, back) => {
    google.answer(refusal(error, status));
    expect((await exchange()).outcome).toMatchObject({ outcome: 'again', step: back });
  });

  it('does not blame the person for trouble at Google', async () => {
    google.answer({ status: 500, body: {} });
    await expect(exchange()).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });
});

describe('an answer at the callback without a code', () => {
  const refused = (query: string): unknown =>
    findStep(platform, 'consent', 'consent').refused(new URLSearchParams(query));

  it.each(callbackErrors)('is explained: $code', ({ code: error, remedy }) => {
    expect(refused(`error=${error}&state=s`)).toEqual({ outcome: 'refused', remedy });
  });

  it('of an unknown kind is refused without repeating it', () => {
    for (const query of ['error=%3Cscript%3E', '']) {
      expect(refused(query)).toMatchObject({ outcome: 'refused' });
      expect(JSON.stringify(refused(query))).not.toContain('script');
    }
  });
});

describe('the scopes step', () => {
  const run = (): Promise<StepResult> => findStep(platform, 'automatic', 'scopes').run(granted, context);
  const tokenInfo = (scope: string): ScriptedAnswer => ({ status: 200, body: { scope, expires_in: '3599', exp: '1' } });

  it('asks Google what was granted', async () => {
    google.answer(tokenInfo(`${readonly} ${upload}`));
    expect(await run()).toMatchObject({ outcome: { outcome: 'done' }, save: { scopes: [readonly, upload] } });
    expect(google.seen[0]).toMatchObject({ method: 'POST', authorization: 'Bearer access-s3cret' });
  });

  it('explains what does not work without a box that was left open, and asks again', async () => {
    google.answer(tokenInfo(readonly));
    const { outcome, save } = await run();
    expect(outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(outcome)).toContain('no video can be posted');
    expect(save?.scopes).toEqual([readonly]);
  });
});

describe('the channel step', () => {
  const run = (): Promise<StepResult> => findStep(platform, 'automatic', 'channel').run(granted, context);
  const kind = 'youtube#channelListResponse';

  it('finds the channel of the grant', async () => {
    google.answer({ status: 200, body: { kind, items: [{ id: 'UC1', snippet: { title: 'My channel' } }] } });
    const { outcome, save } = await run();
    expect(outcome.outcome).toBe('done');
    expect(save).toEqual({ credentials: {}, account: { id: 'UC1', name: 'My channel' } });
    expect(google.seen[0]?.url.searchParams.getAll('part')).toEqual(['id', 'snippet']);
  });

  it.each<[string, ScriptedAnswer]>([
    ['an empty answer', { status: 200, body: { kind, pageInfo: { totalResults: 0 } } }],
    ['a refusal', { status: 401, body: { error: { code: 401, errors: [{ reason: 'youtubeSignupRequired' }] } } }],
  ])('tells from %s that the account has no channel', async (_what, answer) => {
    google.answer(answer);
    const { outcome } = await run();
    expect(outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(outcome)).toContain('Create a channel');
  });

  it.each([
    ['accessNotConfigured', 'enable-api'],
    ['insufficientPermissions', 'consent'],
  ])('sends back after %s', async (reason, back) => {
    google.answer({ status: 403, body: { error: { code: 403, errors: [{ reason }] } } });
    expect((await run()).outcome).toMatchObject({ outcome: 'again', step: back });
  });

  it('waits when the quota is empty', async () => {
    google.answer({ status: 403, body: { error: { code: 403, errors: [{ reason: 'quotaExceeded' }] } } });
    await expect(run()).rejects.toMatchObject({
      failure: { kind: 'rate_limited', retryAt: '2026-11-24T08:00:00.000Z' },
    });
  });
});
