import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestSession, type TestSession } from './test-session.ts';

let directory: string;
let meta: TestSession;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'facebook-simulator-'));
});

afterEach(async () => {
  await meta.close();
  rmSync(directory, { recursive: true });
});

it('keeps the app and its grants over a restart, with no token or code in the file', async () => {
  const stateFile = path.join(directory, 'state.json');
  meta = await openTestSession({ stateFile });
  const code = await meta.consent();
  const user = await meta.longToken();
  const { token } = await meta.pageToken(user);
  const { app } = meta;
  await meta.close();
  const text = readFileSync(stateFile, 'utf8');
  for (const secret of [code, user, token]) expect(text).not.toContain(secret);
  meta = await openTestSession({ stateFile });
  expect(meta.app).toEqual(app);
  expect(await meta.debug(token)).toMatchObject({ is_valid: true, expires_at: 0 });
  expect((await meta.exchange(code)).status).toBe(200);
});

it('answers as a person would: app, mode, method, account and Page', async () => {
  meta = await openTestSession();
  const answers = meta.simulators.platforms.get('facebook')?.answers();
  expect(answers).toMatchObject({
    steps: {
      'app-credentials': { app_id: meta.app.client_id, app_secret: meta.app.client_secret },
      'app-mode': { app_mode: 'unpublished' },
      method: { method: 'login' },
    },
    consent: { account: 'creator' },
    choices: { page: expect.stringMatching(/^6155\d{11}$/) as unknown },
  });
  expect(meta.app.client_id).toMatch(/^\d{16}$/);
  expect(meta.app.client_secret).toMatch(/^[0-9a-f]{32}$/);
});

it('shows nothing secret of the accounts, and refuses settings that it does not know', async () => {
  meta = await openTestSession();
  await meta.longToken();
  const facebook = meta.simulators.platforms.get('facebook');
  expect(JSON.stringify(facebook?.accounts())).not.toMatch(/EAA|app_?secret":"/i);
  expect(() => facebook?.setAccounts({ nonsense: true })).toThrow();
});
