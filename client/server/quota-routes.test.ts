import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Platform } from '../../platforms/platform.ts';
import { openConnection, tokensKey } from '../../test/clients.ts';
import { createCountingPlatform } from '../../test/counting-platform.ts';
import { askServer, createTestServer, type TestAnswer, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';

let database: TestStore;
let server: TestServer;

const counting: Platform = {
  ...createCountingPlatform().platform,
  quotas: [
    {
      bucket: 'uploads',
      unit: 'uploads',
      countedBy: 'client_id',
      window: { kind: 'calendar_day', timeZone: 'UTC' },
      limit: 3,
    },
  ],
};

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.admin.query('delete from connector.quota_windows');
  server = createTestServer({ store: database.store, platforms: [counting] });
});
afterEach(() => server.close());

function post(path: string, body: unknown, key: string | null = tokensKey): Promise<TestAnswer> {
  return askServer(server, path, { method: 'POST', body, key });
}

it('reserves, refuses before the call that would pass the limit, settles, and shows the books', async () => {
  await openConnection(database.store, counting);
  const path = '/v1/quota/counting/uploads/reservations';
  const reserved = await post(path, { amount: 2 });
  expect(reserved).toMatchObject({ status: 201, body: { platform: 'counting', bucket: 'uploads', remaining: 1 } });

  const refused = await post(path, { amount: 2 });
  expect(refused).toMatchObject({
    status: 429,
    body: { type: '/problems/quota-exceeded', remaining: 1, retryAt: reserved.field('resetsAt') },
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

  const settling = `/v1/quota/reservations/${String(reserved.field('id'))}/settle`;
  expect(await post(settling, { used: 0 })).toMatchObject({
    status: 200,
    body: { used: 0, reserved: 0, remaining: 3 },
  });
  expect((await post(settling, {})).status).toBe(404);

  await post(path, {});
  const { status, body } = await askServer(server, '/v1/quota?platform=counting', { key: tokensKey });
  expect(status).toBe(200);
  expect(body).toMatchObject([{ bucket: 'uploads', countedFor: 'app', used: 0, reserved: 1, limit: 3, remaining: 2 }]);
});

it('says what it does not know, what it cannot take, and who may not ask', async () => {
  expect((await post('/v1/quota/counting/uploads/reservations', {}, null)).status).toBe(401);
  expect((await post('/v1/quota/myspace/uploads/reservations', {})).status).toBe(404);
  expect((await post('/v1/quota/counting/likes/reservations', {})).status).toBe(404);
  expect(await post('/v1/quota/counting/uploads/reservations', { amount: 0.5 })).toMatchObject({
    status: 422,
    body: { field: 'amount' },
  });
  expect((await askServer(server, '/v1/quota?platform=myspace')).status).toBe(404);
  expect((await askServer(server, '/v1/quota', { key: null })).status).toBe(401);
});

it('is described', async () => {
  const { body } = await askServer(server, '/openapi.json', { key: null });
  for (const path of [
    '/v1/quota',
    '/v1/quota/{platform}/{bucket}/reservations',
    '/v1/quota/reservations/{id}/settle',
  ]) {
    expect(body).toHaveProperty(['paths', path]);
  }
});
