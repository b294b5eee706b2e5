import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Option } from '../../model/portal-step.ts';
import { findStep } from '../find-step.ts';
import { platform } from './index.ts';
import { openTestPerson, type TestPerson } from './test-person.ts';

let person: TestPerson;
beforeEach(async () => {
  person = await openTestPerson();
  await person.portal('app-credentials');
  await person.portal('app-mode');
});
afterEach(() => person.close());

function options(): Promise<readonly Option[]> {
  return findStep(platform, 'choice', 'page').options(person.kept.credentials, person.context());
}

const page = (id: string, more: object = {}): object => ({ id, name: `Page ${id}`, ...more });

describe('permissions', () => {
  it('that were declined are asked for again, with what does not work without them', async () => {
    await person.consent({ scopes: ['pages_show_list', 'pages_read_engagement'] });
    const { outcome } = await person.run('permissions');
    expect(outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(outcome)).toContain('nothing can be posted to the Page');
    await person.consent();
    expect((await person.run('permissions')).outcome).toEqual({ outcome: 'done', notes: [] });
    expect(person.kept.scopes).toContain('pages_manage_posts');
  });

  it('for Instagram are asked for once more and then done without', async () => {
    const declined = { declinedScopes: ['instagram_basic', 'instagram_content_publish'] };
    person.set(declined);
    await person.consent();
    expect((await person.run('permissions')).outcome).toMatchObject({ outcome: 'again' });
    await person.consent();
    const { outcome } = await person.run('permissions');
    expect(outcome.outcome).toBe('done');
    expect(JSON.stringify(outcome)).toContain('nothing can be posted to Instagram');
  });

  it('to post are asked for however often they were declined', async () => {
    person.set({ declinedScopes: ['pages_manage_posts'] });
    for (let times = 0; times < 3; times += 1) {
      await person.consent();
      expect((await person.run('permissions')).outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    }
  });
});

describe('the choice of a Page', () => {
  it('offers all of more than 100 Pages', async () => {
    person.set({ pageCount: 250 });
    await person.consent();
    expect((await person.run('pages')).outcome.outcome).toBe('done');
    const offered = await options();
    expect(new Set(offered.map(({ id }) => id)).size).toBe(250);
    const calls = person.simulators.requests.list({ path: '/v25.0/me/accounts' });
    expect(calls.length % 3).toBe(0);
    expect(JSON.stringify(calls)).not.toContain('access_token');
    expect((await person.choose(offered.at(-1)!.id)).outcome.outcome).toBe('done');
  });

  it('offers the Pages of business portfolios too, each once', async () => {
    const businesses = [{ id: '91', ownedPages: [page('501'), page('502')], clientPages: [page('503')] }];
    const accounts = [{ name: 'creator', userId: '77', pages: [page('501')], businesses }];
    person.set({ accounts });
    await person.consent();
    expect((await options()).map(({ id }) => id)).toEqual(['501', '502', '503']);
    await person.choose('503');
    expect((await person.run('page-token')).outcome.outcome).toBe('done');
  });

  it('does without portfolios when that permission was declined', async () => {
    person.set({ declinedScopes: ['business_management'] });
    await person.consent();
    expect(await options()).toHaveLength(1);
  });

  it('says why a Page cannot be chosen', async () => {
    const pages = [page('501'), page('502', { tasks: ['ANALYZE'] })];
    person.set({ accounts: [{ name: 'creator', userId: '77', pages }] });
    await person.consent();
    const [good, bad] = await options();
    expect(good).not.toHaveProperty('unavailable');
    expect(bad?.unavailable).toContain('does not let you create content');
    expect((await person.choose('502')).outcome).toMatchObject({ outcome: 'refused' });
    expect((await person.choose('999')).outcome).toMatchObject({ outcome: 'refused' });
  });

  it('sends back to the consent when no Page was ticked, or none can be posted to', async () => {
    await person.consent({ choices: { page: [] } });
    const none = await person.run('pages');
    expect(none.outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(none.outcome)).toContain('tick the Page');
    expect((await person.choose('1')).outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    const pages = [page('502', { tasks: ['ANALYZE'] })];
    person.set({ accounts: [{ name: 'creator', userId: '77', pages }] });
    await person.consent();
    expect((await person.run('pages')).outcome).toMatchObject({ outcome: 'again', step: 'consent' });
  });
});

describe('the Page token', () => {
  it('of a user token that is not long-lived is not taken', async () => {
    await person.consent();
    await person.choose();
    person.set({ method: 'explorer_token' });
    const shortLived = person.meta.answers().steps['user-token']!;
    person.kept.credentials = { ...person.kept.credentials, ...shortLived };
    const { outcome } = await person.run('page-token');
    expect(outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(outcome)).toContain('not a long-lived one');
    expect(person.kept.credentials).not.toHaveProperty('page_access_token');
  });
});

describe('Instagram', () => {
  it('is left out, with a note, when no account is linked', async () => {
    person.set({ instagram: null });
    await person.connect();
    expect(person.kept.credentials['ig_user_id']).toBe('');
    const { outcome } = await person.run('instagram');
    expect(outcome.outcome).toBe('done');
    expect(JSON.stringify(outcome)).toContain('posts to Facebook only');
    expect(await platform.readQuota?.('instagram_posts', person.kept.credentials, person.context())).toBeNull();
    const notes = await platform.dryRun?.(person.kept.credentials, person.context());
    expect(JSON.stringify(notes)).toContain('No Instagram account is linked');
  });

  it('is taken away when a renewed consent finds it gone', async () => {
    await person.connect();
    person.set({ instagram: null });
    await person.connect();
    expect(person.kept.credentials['ig_user_id']).toBe('');
  });
});
