import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlatformFailure } from '../../model/failure.ts';
import { nextRefreshAt } from '../../model/refresh-policy.ts';
import { tiktokFetch } from './client.ts';
import { platform } from './index.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

const host = 'open.tiktokapis.com';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let tiktok: TestConnection;
beforeEach(async () => {
  tiktok = await openTestConnection();
  await tiktok.toSandbox();
});
afterEach(() => tiktok.close());

const refresh = async (): Promise<void> => tiktok.keep(await platform.refresh(tiktok.credentials, tiktok.context()));
const calls = (path: string): number => tiktok.simulators.requests.list({ host, path }).length;

describe('a refresh', () => {
  it.each([
    ['2h_180d', 2 * hourMs, 180 * dayMs],
    ['24h_365d', 24 * hourMs, 365 * dayMs],
  ])('takes its times from the answer: %s', async (tokenProfile, accessMs, refreshMs) => {
    tiktok.set({ tokenProfile });
    const old = tiktok.credentials;
    const sinceMs = tiktok.simulators.clock.now().getTime();
    await refresh();
    const { expiresAt, refreshExpiresAt } = tiktok.grants.at(-1)!;
    expect(Math.abs(Date.parse(expiresAt!) - sinceMs - accessMs)).toBeLessThan(2_000);
    expect(Math.abs(Date.parse(refreshExpiresAt!) - sinceMs - refreshMs)).toBeLessThan(2_000);
    expect(tiktok.credentials).toMatchObject({ token_expiry: expiresAt, refresh_token_expiry: refreshExpiresAt });
    expect(tiktok.credentials['refresh_token']).not.toBe(old['refresh_token']);
  });

  it('kills the refresh token before it: a replay needs consent', async () => {
    const old = tiktok.credentials;
    await refresh();
    const failure = { kind: 'needs_consent', code: 'invalid_grant' };
    await expect(platform.refresh(old, tiktok.context())).rejects.toMatchObject({ failure });
  });

  it.each([429, 500, 503])('is sent once: %i is for the keeper to repeat', async (status) => {
    const before = calls('/v2/oauth/token/');
    tiktok.simulators.faults.add({ host, path: '/v2/oauth/token/', status, body: {} });
    await expect(refresh()).rejects.toBeInstanceOf(PlatformFailure);
    expect(calls('/v2/oauth/token/') - before).toBe(1);
  });

  it('whose answer is lost is not repeated either', async () => {
    const before = calls('/v2/oauth/token/');
    tiktok.simulators.faults.add({ host, path: '/v2/oauth/token/', drop: 'after' });
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'transient' } });
    expect(calls('/v2/oauth/token/') - before).toBe(1);
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });

  it('keeps tokens that come with an odd status, because the ones before are dead', async () => {
    const body = { access_token: 'act.new', refresh_token: 'rft.new', expires_in: 7200, refresh_expires_in: 60 };
    tiktok.simulators.faults.add({ host, path: '/v2/oauth/token/', status: 500, body });
    await refresh();
    expect(tiktok.credentials).toMatchObject({ access_token: 'act.new', refresh_token: 'rft.new' });
  });

  it('without a new refresh token keeps the one that is stored', async () => {
    const { refresh_token } = tiktok.credentials;
    const body = { access_token: 'act.new', expires_in: 7200 };
    tiktok.simulators.faults.add({ host, path: '/v2/oauth/token/', status: 200, body });
    await refresh();
    expect(tiktok.credentials['refresh_token']).toBe(refresh_token);
  });

  it('comes every week to an idle connection, long before its refresh token ends', () => {
    const obtainedAt = tiktok.simulators.clock.now();
    const { expiresAt, refreshExpiresAt } = tiktok.grants.find((grant) => grant.expiresAt !== undefined)!;
    const age = { obtainedAt, expiresAt: new Date(expiresAt!), refreshExpiresAt: new Date(refreshExpiresAt!) };
    const later = new Date(obtainedAt.getTime() + 4 * hourMs);
    const due = nextRefreshAt({ ...age, usedAt: obtainedAt }, platform.refreshPolicy, later, 0);
    expect(due?.getTime()).toBe(obtainedAt.getTime() + 7 * dayMs);
  });
});

describe('a probe', () => {
  it('asks whose token it is, and learns a new display name', async () => {
    tiktok.set({ accounts: [{ name: 'creator', displayName: 'Renamed', username: 'creator' }] });
    const { credentials } = await platform.probe(tiktok.credentials, tiktok.context());
    expect(credentials).toMatchObject({ display_name: 'Renamed', open_id: tiktok.credentials['open_id'] });
  });

  it('of an access token that has ended spends no refresh token: that is for the lease of a refresh', async () => {
    tiktok.simulators.clock.advance(2 * hourMs);
    const before = tiktok.simulators.requests.list({ host }).length;
    expect(await platform.probe(tiktok.credentials, tiktok.context())).toEqual({ credentials: {} });
    expect(tiktok.simulators.requests.list({ host })).toHaveLength(before);
    await refresh();
  });

  it('of a permission that the person removed leaves the verdict to the refresh', async () => {
    tiktok.set({ removeAccessOf: ['creator'] });
    const failure = { kind: 'transient', code: 'access_token_invalid' };
    await expect(platform.probe(tiktok.credentials, tiktok.context())).rejects.toMatchObject({ failure });
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });
});

describe('a revocation', () => {
  it('ends both tokens, and of a dead grant is no failure', async () => {
    await platform.revoke(tiktok.credentials, tiktok.context());
    await expect(refresh()).rejects.toMatchObject({ failure: { code: 'invalid_grant' } });
    await expect(platform.revoke(tiktok.credentials, tiktok.context())).resolves.toBeUndefined();
  });

  it('ends the grant also when a refresh has spent the refresh token and its answer was lost', async () => {
    tiktok.simulators.faults.add({ host, path: '/v2/oauth/token/', drop: 'after' });
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'transient' } });
    await platform.revoke(tiktok.credentials, tiktok.context());
    const failure = { code: 'access_token_invalid' };
    await expect(platform.probe(tiktok.credentials, tiktok.context())).rejects.toMatchObject({ failure });
  });

  it('of an onboarding that never reached consent has nothing to do', async () => {
    await platform.revoke({ client_key: 'x', client_secret: 'y' }, tiktok.context());
    expect(calls('/v2/oauth/revoke/')).toBe(0);
  });

  it('that did not reach TikTok fails', async () => {
    tiktok.simulators.faults.add({ host, path: '/v2/oauth/revoke/', status: 503, body: {} });
    const failure = { kind: 'transient' };
    await expect(platform.revoke(tiktok.credentials, tiktok.context())).rejects.toMatchObject({ failure });
  });
});

describe('whatever fails', () => {
  it('leaves without a secret in its text, its cause and its trace', async () => {
    const { credentials } = tiktok;
    const acts = [platform.refresh, platform.probe, platform.revoke];
    for (const act of acts) {
      const echo = JSON.stringify(credentials);
      tiktok.simulators.faults.add({ host, status: 500, body: { error: { code: 'x', message: echo } } });
      const error: unknown = await act(credentials, tiktok.context()).catch((thrown: unknown) => thrown);
      if (!(error instanceof PlatformFailure)) throw new Error('not judged');
      const text = JSON.stringify([error.message, error.stack, error.failure, String(error.cause)]);
      for (const name of ['client_secret', 'access_token', 'refresh_token']) {
        expect(text).not.toContain(credentials[name]);
      }
    }
  });
});

describe('the doctor', () => {
  const findings = async (): Promise<Record<string, boolean>> => {
    const found = (await platform.examine?.(tiktok.credentials, tiktok.context())) ?? [];
    for (const { ok, remedy } of found) expect(remedy === undefined).toBe(ok);
    return Object.fromEntries(found.map(({ check, ok }) => [check, ok]));
  };

  it('says in the sandbox that only the stage holds posts up', async () => {
    expect(await findings()).toEqual({ account: true, posting: true, scopes: true, stage: false, refresh_token: true });
  });

  it('finds a ban that TikTok reports with the status 200', async () => {
    tiktok.set({
      accounts: [{ name: 'creator', displayName: 'C', username: 'c', isBannedFromPosting: true }],
      capErrorStatus: 200,
    });
    expect(await findings()).toMatchObject({ account: true, posting: false });
    await expect(platform.dryRun?.(tiktok.credentials, tiktok.context())).rejects.toMatchObject({
      failure: { code: 'spam_risk_user_banned_from_posting' },
    });
  });

  it('finds missing scopes, and a refresh token near its end', async () => {
    const end = new Date(tiktok.simulators.clock.now().getTime() + 3 * dayMs).toISOString();
    tiktok.scopes = ['user.info.basic'];
    tiktok.credentials = { ...tiktok.credentials, refresh_token_expiry: end };
    expect(await findings()).toEqual({ account: true, scopes: false, stage: false, refresh_token: false });
  });
});

describe('a dry run', () => {
  const dryRun = async (): Promise<string> =>
    ((await platform.dryRun?.(tiktok.credentials, tiktok.context())) ?? []).join('\n');

  it('asks how the account may post, and names the limits of the stage', async () => {
    expect(await dryRun()).toMatch(/Creator may post now, visible to PUBLIC_TO_EVERYONE.*\nThe mode is manual\./);
  });

  it('without video.publish opens a draft and sends no byte', async () => {
    tiktok.scopes = ['video.upload'];
    expect(await dryRun()).toContain('no byte was sent');
    expect(calls('/v2/post/publish/inbox/video/init/')).toBe(1);
  });
});

describe('posting by hand', () => {
  it('is explained for the account', () => {
    const text = platform.manualInstructions?.(tiktok.credentials).join('\n');
    expect(text).toContain('signed in as Creator');
  });
});

describe('quotas', () => {
  it('are counted by fields that can be read, and the audit lifts the five accounts', async () => {
    for (const { countedBy } of platform.quotas) expect(platform.readableFields).toContain(countedBy);
    const read = (audited: object): unknown =>
      platform.readQuota?.('posting_accounts', { ...audited }, tiktok.context());
    expect(await read({})).toBeNull();
    expect(await read({ audited: 'yes' })).toHaveProperty('limit');
  });
});

describe('the fetch for users of the SDK', () => {
  const tokens: string[] = [];
  const getAccessToken = (): Promise<string> => {
    const token = tiktok.credentials['access_token'] ?? '';
    tokens.push(token);
    return Promise.resolve(token);
  };

  it('is bound to TikTok and asks for a valid token at each request', async () => {
    const send = tiktokFetch({ getAccessToken, network: tiktok.network });
    const first = await send('/v2/user/info/?fields=open_id', { headers: { accept: 'application/json' } });
    expect(await first.json()).toMatchObject({ data: { user: { open_id: tiktok.credentials['open_id'] } } });
    await refresh();
    expect((await send('/v2/user/info/?fields=open_id')).status).toBe(200);
    expect(new Set(tokens).size).toBe(2);
  });

  it('sends no token to another host', async () => {
    const send = tiktokFetch({ getAccessToken, network: tiktok.network });
    for (const url of ['https://evil.example/v2/', '//evil.example/', 'http://open.tiktokapis.com/']) {
      await expect(send(url)).rejects.toThrow('only');
    }
  });
});
