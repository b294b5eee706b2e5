import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Grant } from '../../model/credentials.ts';
import { PlatformFailure } from '../../model/failure.ts';
import { facebookFetch } from './client.ts';
import { platform } from './index.ts';
import { openTestPerson, type TestPerson } from './test-person.ts';

let person: TestPerson;
beforeEach(async () => {
  person = await openTestPerson();
  await person.connect();
});
afterEach(() => person.close());

const probe = (): Promise<Grant> => platform.probe(person.kept.credentials, person.context());
const refresh = (): Promise<Grant> => platform.refresh(person.kept.credentials, person.context());

describe('a connection', () => {
  it('outlives its user token, and ends with the access to data', async () => {
    expect(await probe()).toMatchObject({ expiresAt: null, consentExpiresAt: '2027-02-21T12:00:00.000Z' });
    person.advanceDays(61);
    expect((await probe()).expiresAt).toBeNull();
    person.advanceDays(29);
    await expect(probe()).rejects.toMatchObject({ failure: { kind: 'needs_consent', code: '190/493' } });
    await person.connect();
    expect((await probe()).consentExpiresAt).toBe('2027-05-22T12:00:00.000Z');
  });

  it('derives its Page token anew while the user token lives, and later proves the old one', async () => {
    const old = person.kept.credentials['page_access_token'];
    const renewed = await refresh();
    expect(renewed.credentials['page_access_token']).not.toBe(old);
    expect(renewed.expiresAt).toBeNull();
    person.advanceDays(61);
    const proved = await refresh();
    expect(proved.credentials).not.toHaveProperty('page_access_token');
    expect(proved.expiresAt).toBeNull();
  });

  it('that was imported with the fields of the specification alone is probed, refreshed and revoked', async () => {
    const whole = person.kept.credentials;
    const imported = Object.fromEntries(platform.shape.map((name) => [name, whole[name] ?? '']));
    const proved = await platform.probe(imported, person.context());
    expect(proved).toMatchObject({ expiresAt: null, account: { id: whole['page_id'], name: whole['page_name'] } });
    expect((await platform.refresh(imported, person.context())).expiresAt).toBeNull();
    await platform.revoke(imported, person.context());
    const { ig_user_id, ...withoutInstagram } = imported;
    expect(ig_user_id).toMatch(/^17841/);
    expect((await platform.probe(withoutInstagram, person.context())).scopes).toContain('pages_manage_posts');
  });
});

describe('what ends a connection', () => {
  it.each<[string, object, string]>([
    ['the app is removed', { removeAccessOf: ['creator'] }, '190/458'],
    ['the password changes', { changePasswordOf: ['creator'] }, '190/460'],
    ['the person logs out everywhere', { logOut: ['creator'] }, '190/467'],
  ])('is named when %s, and another consent mends it', async (_what, changes, code) => {
    person.set(changes);
    await expect(probe()).rejects.toMatchObject({ failure: { kind: 'needs_consent', code } });
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent', code } });
    await person.connect();
    expect((await probe()).expiresAt).toBeNull();
  });

  it.each([
    ['checkpointed', { checkpointed: true }, '190/459', 'facebook.com'],
    ['unconfirmed', { confirmed: false }, '190/464', 'confirm'],
  ])('is named when the person is %s', async (_what, changes, code, remedy) => {
    const { accounts } = accountsOf();
    person.set({ accounts: [{ ...accounts[0], ...changes }] });
    const failure = { kind: 'needs_consent', code, remedy: expect.stringContaining(remedy) as unknown };
    await expect(probe()).rejects.toMatchObject({ failure });
  });

  it('is named when the role on the Page is lost', async () => {
    person.set({ lostPageRoles: [person.kept.credentials['page_id']!] });
    await expect(probe()).rejects.toMatchObject({ failure: { kind: 'needs_consent', code: '190/492' } });
  });

  it('needs the operator after the secret was replaced or the app deleted', async () => {
    person.set({ newAppSecret: true });
    await expect(probe()).rejects.toBeInstanceOf(PlatformFailure);
    person.set({ appDeleted: true });
    await expect(probe()).rejects.toMatchObject({ failure: { kind: 'app_rejected' } });
  });

  function accountsOf(): { accounts: object[] } {
    const pages = [{ id: person.kept.credentials['page_id']!, name: 'Creator Page' }];
    return { accounts: [{ name: 'creator', userId: person.kept.credentials['user_id']!, pages }] };
  }
});

describe('a revocation', () => {
  it('ends the user token and the Page token, twice without complaint', async () => {
    await platform.revoke(person.kept.credentials, person.context());
    await expect(probe()).rejects.toMatchObject({ failure: { code: '190/458' } });
    await platform.revoke(person.kept.credentials, person.context());
  });

  it('is done by the app once the user token has ended', async () => {
    person.advanceDays(61);
    await platform.revoke(person.kept.credentials, person.context());
    await expect(probe()).rejects.toMatchObject({ failure: { code: '190/458' } });
  });

  it('of an onboarding that never reached consent has nothing to do', async () => {
    person.simulators.requests.clear();
    await platform.revoke({ app_id: '1234567' }, person.context());
    expect(person.simulators.requests.list({})).toEqual([]);
  });

  it('that did not reach Facebook fails', async () => {
    person.simulators.faults.add({ host: 'graph.facebook.com', status: 503, body: {} });
    const revoked = platform.revoke(person.kept.credentials, person.context());
    await expect(revoked).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });
});

describe('limits', () => {
  it('of the app and of the Page are told apart, and the Page says when it has room again', async () => {
    person.set({ appCallsUsed: 20_000 });
    await expect(probe()).rejects.toMatchObject({ failure: { kind: 'rate_limited', code: '4' } });
    person.set({ appCallsUsed: 0, pageCallsUsed: 4_800 });
    const dryRun = platform.dryRun?.(person.kept.credentials, person.context());
    await expect(dryRun).rejects.toMatchObject({
      failure: { kind: 'rate_limited', code: '32', retryAt: '2026-11-23T13:00:00.000Z' },
    });
  });

  it('of Instagram are read where they are known', async () => {
    person.set({ instagramPostsUsed: 7, instagramPostsPerDay: 100 });
    const read = platform.readQuota?.('instagram_posts', person.kept.credentials, person.context());
    expect(await read).toEqual({ used: 7, limit: 100 });
    expect(platform.quotas[0]).toMatchObject({ countedBy: 'ig_user_id', limit: 50 });
  });
});

describe('a dry run', () => {
  it('publishes nothing and leaves nothing', async () => {
    person.set({ containerSeconds: 0, instagramPostsUsed: 50 });
    const notes = await platform.dryRun?.(person.kept.credentials, person.context());
    expect(notes?.join(' ')).toContain('deleted it');
    expect(notes?.join(' ')).toContain('Instagram prepared a post');
    const paths = person.simulators.requests.list({ host: 'graph.facebook.com' }).map(({ path }) => path);
    expect(paths.some((path) => path.endsWith('/media_publish'))).toBe(false);
    expect(person.meta.accounts()).toMatchObject({ published: { posts: 0 } });
  });

  it('says what Instagram made of the picture', async () => {
    person.set({ containerSeconds: 0, containerOutcome: 'ERROR' });
    const dryRun = platform.dryRun?.(person.kept.credentials, person.context());
    await expect(dryRun).rejects.toMatchObject({ failure: { kind: 'transient', code: 'container_error' } });
  });
});

describe('the doctor', () => {
  it('finds a sound connection sound', async () => {
    const findings = (await platform.examine?.(person.kept.credentials, person.context())) ?? [];
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      ...['page token', 'permissions', 'data access', 'user token', 'role on the Page', 'instagram', 'graph version'],
    ]);
  });

  it('names what is wrong, without a secret', async () => {
    person.set({ instagram: null });
    person.advanceDays(80);
    const drifted = (await platform.examine?.(person.kept.credentials, person.context())) ?? [];
    expect(drifted.filter(({ ok }) => !ok).map(({ check }) => check)).toEqual(['data access', 'instagram']);
    person.set({ changePasswordOf: ['creator'] });
    const dead = (await platform.examine?.(person.kept.credentials, person.context())) ?? [];
    expect(dead.find(({ check }) => check === 'page token')).toMatchObject({ ok: false });
    expect(JSON.stringify(dead)).not.toContain('EAA');
  });
});

describe('calls of the connector', () => {
  it('prove the app secret where Meta demands it, each with the proof of its own token', async () => {
    person.set({ requireAppSecret: true });
    await person.connect();
    expect((await probe()).expiresAt).toBeNull();
    const bare = facebookFetch({ getAccessToken: tokenOf, network: person.network });
    expect((await bare('me')).status).toBe(400);
    const { app_secret: appSecret } = person.kept.credentials;
    const proving = facebookFetch({ getAccessToken: tokenOf, appSecret: appSecret!, network: person.network });
    expect((await proving('me?fields=id')).status).toBe(200);
  });

  const tokenOf = (): Promise<string> => Promise.resolve(platform.accessToken(person.kept.credentials));
});
