import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestSession, tokensOf, type TestSession } from './test-session.ts';

let directory: string;
let tiktok: TestSession;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tiktok-simulator-'));
});

afterEach(async () => {
  await tiktok.close();
  rmSync(directory, { recursive: true });
});

it('keeps clients and grants over a restart, with no token or code in the file', async () => {
  const stateFile = path.join(directory, 'state.json');
  tiktok = await openTestSession({ stateFile });
  const code = await tiktok.consent();
  const { access_token, refresh_token } = await tiktok.connect();
  const { client } = tiktok;
  await tiktok.close();
  const text = readFileSync(stateFile, 'utf8');
  for (const secret of [code, access_token, refresh_token]) expect(text).not.toContain(secret);
  tiktok = await openTestSession({ stateFile });
  expect(tiktok.client).toEqual(client);
  tokensOf(await tiktok.refresh(refresh_token));
  tokensOf(await tiktok.exchange(code));
});

it('answers as a person would, and leaves the reviews open until they have a verdict', async () => {
  tiktok = await openTestSession();
  const answers = (): unknown => tiktok.simulators.platforms.get('tiktok')?.answers();
  expect(answers()).toMatchObject({ consent: { account: 'creator' }, steps: { 'sandbox-client': tiktok.client } });
  expect(answers()).toHaveProperty('reviews', {});
  tiktok.set({ review: 'submitted' });
  expect(answers()).toHaveProperty('reviews', {});
  tiktok.set({ review: 'rejected', reviewReason: 'The video is too short.' });
  const rejected = { decision: 'rejected', reason: 'The video is too short.' };
  expect(answers()).toHaveProperty('reviews', { 'app-review': rejected });
  tiktok.set({ review: 'approved', reviewReason: null, audited: true });
  const approved = { decision: 'approved' };
  expect(answers()).toHaveProperty('reviews', { 'app-review': approved, 'posting-audit': approved });
});

it('shows in its portal what there is to copy, and takes no setting that it does not know', async () => {
  tiktok = await openTestSession();
  const page = await tiktok.network.fetch('https://developers.tiktok.com/apps');
  expect(await page.text()).toContain(tiktok.client.client_key);
  expect(() => tiktok.set({ soul: true })).toThrow();
});
