import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestSession, tokensOf, type TestSession } from './test-session.ts';

let directory: string;
let google: TestSession;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'youtube-simulator-'));
});

afterEach(async () => {
  await google.close();
  rmSync(directory, { recursive: true });
});

it('keeps the client and its grants over a restart, with no token or code in the file', async () => {
  const stateFile = path.join(directory, 'state.json');
  google = await openTestSession({ stateFile });
  const code = await google.consent();
  const { access_token, refresh_token = '' } = await google.connect({ prompt: 'consent' });
  const { client } = google;
  await google.close();
  const text = readFileSync(stateFile, 'utf8');
  for (const secret of [code, access_token, refresh_token]) expect(text).not.toContain(secret);
  google = await openTestSession({ stateFile });
  expect(google.client).toEqual(client);
  expect(tokensOf(await google.refresh(refresh_token)).access_token).not.toBe(access_token);
  expect((await google.exchange(code)).status).toBe(200);
});

it('answers as a person would: client, publishing status and account', async () => {
  google = await openTestSession();
  google.set({ publishingStatus: 'testing' });
  expect(google.simulators.platforms.get('youtube')?.answers()).toEqual({
    steps: { client: google.client, audience: { publishing_status: 'testing' } },
    consent: { account: 'creator' },
  });
  expect(google.client.client_id).toMatch(/^\d{12}-[a-z0-9]{32}\.apps\.googleusercontent\.com$/);
  expect(google.client.client_secret).toMatch(/^GOCSPX-[\w-]{28}$/);
});
