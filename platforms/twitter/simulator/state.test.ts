import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestSession, type TestSession } from './test-session.ts';

let directory: string;
let x: TestSession;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'twitter-simulator-'));
});

afterEach(async () => {
  await x.close();
  rmSync(directory, { recursive: true });
});

it('keeps keys and grants over a restart, with no code or token of a consent in the file', async () => {
  const stateFile = path.join(directory, 'state.json');
  x = await openTestSession({ stateFile });
  const code = await x.consent();
  const { access_token, refresh_token = '' } = await x.connect();
  const shown = x.console();
  await x.close();
  const text = readFileSync(stateFile, 'utf8');
  for (const secret of [code, access_token, refresh_token]) expect(text).not.toContain(secret);
  x = await openTestSession({ stateFile });
  expect(x.console()).toEqual(shown);
  expect((await x.refresh(refresh_token)).status).toBe(200);
  expect((await x.exchange(code)).status).toBe(200);
  await expect(x.signed().v2.me()).resolves.toBeDefined();
});

it('answers as a person would, and shows the same in its console', async () => {
  x = await openTestSession();
  const answers = x.simulators.platforms.get('twitter')?.answers();
  expect(Object.keys(answers?.steps ?? {})).toEqual(['billing', 'method', 'api-keys', 'access-token', 'client']);
  expect(answers?.consent).toEqual({ account: 'creator' });
  const page = await (await x.network.fetch('https://console.x.com/apps')).text();
  for (const value of Object.values(x.console())) expect(page).toContain(value);
});
