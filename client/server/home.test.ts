import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openConnection, storedSecrets } from '../../test/clients.ts';
import { createCountingPlatform } from '../../test/counting-platform.ts';
import { createTestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';

let database: TestStore;
beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());

it('says what this is, how it is, and where to go on, and nothing of any account', async () => {
  const { platform } = createCountingPlatform();
  const facts = await openConnection(database.store, platform, { owner: 'somebody', accountId: 'account-of-somebody' });
  const server = createTestServer({ store: database.store, platforms: [platform] });
  const response = await server.app.request('/');
  const page = await response.text();
  await server.close();
  expect(response.status).toBe(200);
  for (const text of [platform.name, 'Temporal', 'down', 'connector env', '"/openapi.json"', '"/healthz"']) {
    expect(page).toContain(text);
  }
  for (const told of [...Object.values(storedSecrets), facts.id, 'Ada', 'somebody']) expect(page).not.toContain(told);
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  // A browser refuses a style whose hash the policy does not name, to the blank.
  expect(response.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
});
