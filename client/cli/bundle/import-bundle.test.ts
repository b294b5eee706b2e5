import { expect, test } from 'vitest';
import { createTestStore } from '../../../test/store.ts';
import { CommandFailure } from '../failure.ts';
import { importBundle } from './import-bundle.ts';
import { plainSchema } from './import-plain.ts';
import { sealBundle } from './sealed-bundle.ts';

const passphrase = 'correct horse battery';
const at = '2026-11-23T12:00:00.000Z';
const copy = {
  ...{ id: '7b0c0e3e-6b0e-4c3e-9d57-8f1f0a3f6f11', owner: 'ann', platform: 'youtube', label: 'main', accountId: 'a' },
  ...{ accountName: 'Ada', status: 'active', statusReason: null, mode: 'live', modeReason: null, scopes: [] },
  ...{ expiresAt: at, refreshExpiresAt: null, consentExpiresAt: null, nextRefreshAt: null, lastRefreshAt: null },
  ...{ lastReadAt: null, lastProbeAt: null, createdAt: at, credentials: { access_token: 'a-token-of-the-file' } },
};

test.each([
  ['another shape', { connections: 'none' }],
  ['no status that an export has', { environment: 'e', connections: [{ ...copy, status: 'pending' }] }],
  ['a text that Postgres cannot keep', { environment: 'e', connections: [{ ...copy, accountName: 'a\0' }] }],
  ['half a character', { environment: 'e', connections: [{ ...copy, accountName: '\ud800' }] }],
  [
    'an instant that Postgres does not know',
    { environment: 'e', connections: [{ ...copy, createdAt: '0000-01-01T00:00:00Z' }] },
  ],
])('an export with %s is refused with a remedy, before anything of it is kept', async (_what, content) => {
  const database = await createTestStore();
  const bundle = await sealBundle(JSON.stringify(content), passphrase, new Date(at), { N: 2, r: 1, p: 1 });
  const session = { store: database.store, platforms: () => Promise.reject(new Error('Not asked for.')) };
  const failure: unknown = await importBundle(session, bundle, passphrase).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CommandFailure);
  expect(failure).toMatchObject({ exitCode: 1, remedy: expect.stringContaining('Import it') as unknown });
  expect(JSON.stringify(failure)).not.toContain('a-token-of-the-file');
  expect(await database.store.connections.list()).toEqual([]);
  await database.close();
});

test('a plain file with a text that Postgres cannot keep is not taken', () => {
  const entry = { platform: 'youtube', credentials: { access_token: 'a' } };
  expect(plainSchema.safeParse(entry).success).toBe(true);
  expect(plainSchema.safeParse({ ...entry, account_name: 'a\0' }).success).toBe(false);
  expect(plainSchema.safeParse({ ...entry, credentials: { access_token: '\ud800' } }).success).toBe(false);
});
