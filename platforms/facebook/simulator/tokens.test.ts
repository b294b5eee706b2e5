import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestSession, redirectUri, tokenOf, type TestSession } from './test-session.ts';

const daySeconds = 86_400;

let meta: TestSession;
beforeEach(async () => {
  meta = await openTestSession();
});
afterEach(() => meta.close());

function fault(code: number, subcode?: number): object {
  const error = { code, ...(subcode !== undefined && { error_subcode: subcode }) };
  return { status: 400, body: { error } };
}

describe('a code', () => {
  it('is good for one exchange, by form or by query', async () => {
    const code = await meta.consent();
    const first = await meta.exchange(code);
    expect(first.body).toMatchObject({ token_type: 'bearer', expires_in: 5_400 });
    expect(tokenOf(first)).toMatch(/^EAA[A-Za-z0-9]{190}$/);
    const second = await meta.exchange(code);
    expect(second).toMatchObject(fault(100, 36009));
    expect(second.headers.get('www-authenticate')).toBe(
      'OAuth "Facebook Platform" "invalid_code" "This authorization code has been used."',
    );
    const query = new URLSearchParams({ ...meta.app, redirect_uri: redirectUri, code: await meta.consent() });
    expect((await meta.graph(`/v25.0/oauth/access_token?${query.toString()}`)).status).toBe(200);
  });

  it('is bound to its redirect URI, and survives a wrong one', async () => {
    const code = await meta.consent();
    expect(await meta.exchange(code, { redirect_uri: `${redirectUri}/` })).toMatchObject(fault(100, 36008));
    expect((await meta.exchange(code)).status).toBe(200);
  });

  it('is too old after ten minutes', async () => {
    const code = await meta.consent();
    meta.advanceSeconds(601);
    expect(await meta.exchange(code)).toMatchObject(fault(100, 36007));
  });

  it.each([
    [{ client_secret: '0'.repeat(32) }, 1],
    [{ client_id: '1234567' }, 101],
    [{ client_id: '' }, 100],
    [{ code: '' }, 100],
    [{ grant_type: 'password' }, 100],
  ])('is refused with %j as %i', async (form, code) => {
    expect(await meta.exchange(await meta.consent(), form)).toMatchObject(fault(code));
  });
});

describe('the long-lived exchange', () => {
  it('leaves the short-lived token alive', async () => {
    const short = await meta.shortToken();
    const long = await meta.longToken(short);
    expect(await meta.debug(short)).toMatchObject({ is_valid: true, expires_at: 1_795_440_600 });
    expect(await meta.debug(long)).toMatchObject({ is_valid: true, expires_at: 1_795_435_200 + 5_183_944 });
  });

  it('of a long-lived token wins no time', async () => {
    const long = await meta.longToken();
    meta.advanceSeconds(30 * daySeconds);
    expect(await meta.debug(await meta.longToken(long))).toMatchObject({ expires_at: 1_795_435_200 + 5_183_944 });
  });

  it('is refused to a token that has expired, or is no user token', async () => {
    const short = await meta.shortToken();
    const { token } = await meta.pageToken(await meta.longToken(short));
    meta.advanceSeconds(5_400);
    for (const [value, code, subcode] of [
      [short, 190, 463],
      [token, 190, undefined],
    ] as const) {
      const form = { ...meta.app, grant_type: 'fb_exchange_token', fb_exchange_token: value };
      const answer = await meta.graph('/v25.0/oauth/access_token', undefined, { method: 'POST', form });
      expect(answer).toMatchObject(fault(code, subcode));
    }
  });
});

describe('a Page token', () => {
  it('has no end from a long-lived user token only, and an hour otherwise', async () => {
    const short = await meta.shortToken();
    const lasting = await meta.pageToken(await meta.longToken(short));
    const brief = await meta.pageToken(short);
    expect(await meta.debug(lasting.token)).toMatchObject({ type: 'PAGE', profile_id: lasting.id, expires_at: 0 });
    expect(await meta.debug(brief.token)).toMatchObject({ expires_at: 1_795_435_200 + 3_600 });
    meta.advanceSeconds(70 * daySeconds);
    expect((await meta.graph('/v25.0/me', lasting.token)).body).toMatchObject({ id: lasting.id });
    expect(await meta.graph('/v25.0/me', brief.token)).toMatchObject(fault(190, 463));
  });

  it('dies with the app’s permission, as its parent does', async () => {
    const user = await meta.longToken();
    const { token } = await meta.pageToken(user);
    const answer = await meta.graph('/v25.0/me/permissions', user, { method: 'DELETE' });
    expect(answer.body).toEqual({ success: true });
    for (const dead of [user, token]) expect(await meta.graph('/v25.0/me', dead)).toMatchObject(fault(190, 458));
    await meta.shortToken();
    expect(await meta.graph('/v25.0/me', token)).toMatchObject(fault(190, 458));
  });

  it('ends with the access to data, 90 days after the consent', async () => {
    const { token } = await meta.pageToken(await meta.longToken());
    meta.advanceSeconds(90 * daySeconds - 1);
    expect((await meta.graph('/v25.0/me', token)).status).toBe(200);
    meta.advanceSeconds(1);
    expect(await meta.graph('/v25.0/me', token)).toMatchObject(fault(190, 493));
  });
});

describe('debug_token', () => {
  it('says with 200 that a token is dead, and why', async () => {
    const token = await meta.shortToken();
    meta.advanceSeconds(5_400);
    const text =
      'Error validating access token: Session has expired on Monday, 23-Nov-26 05:30:00 PST. The current time is Monday, 23-Nov-26 05:30:00 PST.';
    expect(await meta.debug(token)).toMatchObject({
      is_valid: false,
      scopes: [],
      error: { code: 190, subcode: 463, message: text },
    });
    expect(await meta.debug('EAAnever')).toMatchObject({ is_valid: false, error: { code: 190 } });
  });

  it('takes GET only, and a token of the app', async () => {
    const { client_id, client_secret } = meta.app;
    const form = { input_token: 'EAA' };
    const posted = await meta.graph('/v25.0/debug_token', `${client_id}|${client_secret}`, { method: 'POST', form });
    expect(posted).toMatchObject(fault(100, 33));
    expect(await meta.graph('/v25.0/debug_token?input_token=x', `${client_id}|wrong`)).toMatchObject(fault(190));
    expect(await meta.graph('/v25.0/debug_token?input_token=x')).toMatchObject(fault(2500));
  });

  it('takes the app token of client_credentials', async () => {
    const form = { ...meta.app, grant_type: 'client_credentials' };
    const token = tokenOf(await meta.graph('/v25.0/oauth/access_token', undefined, { method: 'POST', form }));
    expect(token.startsWith(`${meta.app.client_id}|`)).toBe(true);
    expect((await meta.graph('/v25.0/debug_token?input_token=x', token)).status).toBe(200);
  });
});
