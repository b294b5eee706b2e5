import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openConnection, storedSecrets, tokensKey } from '../../test/clients.ts';
import { createCountingPlatform, type CountingPlatform } from '../../test/counting-platform.ts';
import { askServer, createTestServer, type TestAnswer, type TestRequest, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';
import { connectionSchema } from './connection-schemas.ts';
import type { Orchestration } from '../sdk/orchestration.ts';

let database: TestStore;
let counting: CountingPlatform;
let server: TestServer;

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());
beforeEach(async () => {
  counting = createCountingPlatform();
  await database.admin.query('delete from connector.platform_connections');
  serve();
});
afterEach(() => server.close());

function serve(orchestration: Partial<Orchestration> = {}): void {
  server = createTestServer({ store: database.store, platforms: [counting.platform], orchestration });
}

const ask = (path: string, request?: TestRequest): Promise<TestAnswer> => askServer(server, path, request);

describe('GET /v1/tokens/{platform}', () => {
  it('answers with exactly the fields of the contract, and forbids to store them', async () => {
    const facts = await openConnection(database.store, counting.platform);
    const { status, headers, body } = await ask('/v1/tokens/counting?min_seconds=60', { key: tokensKey });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toStrictEqual({
      connectionId: facts.id,
      platform: 'counting',
      accountId: facts.accountId,
      accountName: 'Ada',
      accessToken: storedSecrets.access_token,
      expiresAt: facts.expiresAt,
      scopes: ['post'],
      mode: 'live',
      capabilities: ['post', 'read'],
      credentials: { client_id: 'client-1', ...storedSecrets },
    });
  });

  it('wants a key that it knows, and one with the scope', async () => {
    const none = await ask('/v1/tokens/counting', { key: null });
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="connector"');
    const unknown = await ask('/v1/tokens/counting', { key: 'guessed' });
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const weak = await ask('/v1/onboardings', { method: 'POST', key: tokensKey, body: { platform: 'counting' } });
    expect(weak.status).toBe(403);
    expect(weak.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="connections:write"');
    expect(weak.headers.get('content-type')).toBe('application/problem+json');
  });

  it('says 404 without a connection, 409 with the link when a person must act, 422 for nonsense', async () => {
    expect(await ask('/v1/tokens/counting')).toMatchObject({ status: 404, body: { type: '/problems/not-connected' } });
    const given = { expiresInMs: -1, status: 'needs_consent', statusReason: 'invalid_grant' } as const;
    const { id } = await openConnection(database.store, counting.platform, given);
    const dead = await ask('/v1/tokens/counting');
    expect(dead).toMatchObject({
      status: 409,
      body: {
        title: 'Needs consent',
        status: 409,
        cause: 'invalid_grant',
        link: `http://localhost:8422/consent/${id}`,
      },
    });
    expect(await ask('/v1/tokens/counting?min_seconds=soon')).toMatchObject({
      status: 422,
      body: { field: 'min_seconds' },
    });
  });

  it('says when to come back while the platform is down', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: -1 });
    counting.failWith({ kind: 'transient', code: 'http_503', cause: 'Counting is down.', remedy: 'Wait.' });
    const { status, headers, field } = await ask('/v1/tokens/counting');
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(field('remedy')).toBe('Wait.');
  });
});

describe('connections', () => {
  it('are listed and read without secrets', async () => {
    const { id } = await openConnection(database.store, counting.platform, { owner: 'ann' });
    const list = await ask('/v1/connections?owner=ann', { key: tokensKey });
    expect(list.body).toMatchObject([{ id, platform: 'counting', status: 'active', healthy: true }]);
    const one = await ask(`/v1/connections/${id}`);
    expect(Object.keys(connectionSchema.strict().parse(one.body))).toEqual([
      ...['id', 'owner', 'platform', 'accountId', 'accountName', 'status', 'statusReason', 'mode', 'scopes'],
      ...['capabilities', 'expiresAt', 'refreshExpiresAt', 'consentExpiresAt', 'nextRefreshAt', 'lastRefreshAt'],
      'healthy',
    ]);
    expect(JSON.stringify([list.body, one.body])).not.toContain(storedSecrets.access_token);
    expect((await ask('/v1/connections/7b0c0e3e-6b0e-4c3e-9d57-8f1f0a3f6f11')).status).toBe(404);
    expect((await ask('/v1/connections/none')).status).toBe(422);
  });

  it('are refreshed on demand', async () => {
    const { id } = await openConnection(database.store, counting.platform);
    const { status, body } = await ask(`/v1/connections/${id}/refresh`, { method: 'POST' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: 'refreshed', connection: { id, status: 'active' } });
    expect(counting.refreshes()).toBe(1);
  });

  it('are revoked by their keeper, which erases the secrets', async () => {
    const { id } = await openConnection(database.store, counting.platform);
    serve({
      revoke: async (connection) => {
        await database.store.connections.revoke(connection.id, 'asked');
      },
    });
    const { status, body } = await ask(`/v1/connections/${id}/revoke`, { method: 'POST' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'revoked' });
  });

  it('are not changed while Temporal is away, and that is said', async () => {
    const { id } = await openConnection(database.store, counting.platform);
    const { status, body } = await ask(`/v1/connections/${id}/revoke`, { method: 'POST' });
    expect(status).toBe(503);
    expect(body).toMatchObject({ type: '/problems/temporal-unreachable' });
  });
});

describe('inbox and events', () => {
  it('show what waits for a person, and what happened', async () => {
    const { id: connectionId } = await openConnection(database.store, counting.platform);
    const about = { connectionId, owner: 'default', platform: 'counting' };
    await database.store.tasks.open({
      ...about,
      dedupeKey: 'k',
      title: 'Agree',
      why: 'It ends.',
      link: null,
      dueAt: null,
    });
    await database.store.events.append({ ...about, actor: 'keeper', kind: 'refreshed', detail: { version: 2 } });
    expect((await ask('/v1/inbox')).body).toMatchObject([{ connectionId, title: 'Agree' }]);
    expect((await ask(`/v1/events?connection=${connectionId}`)).body).toMatchObject([{ kind: 'refreshed' }]);
    expect((await ask('/v1/events?limit=0')).status).toBe(422);
  });

  it('say of a text that Postgres cannot keep that it is refused, and not that they broke', async () => {
    const reads = ['/v1/inbox', '/v1/events', '/v1/connections', '/v1/quota', '/v1/tokens/counting'];
    for (const path of reads) expect((await ask(`${path}?owner=a%00`)).status).toBe(422);
    const reserve = { method: 'POST', body: { account: 'a\0' } };
    expect((await ask('/v1/quota/counting/calls/reservations', reserve)).status).toBe(422);
  });
});

describe('the server', () => {
  it('is degraded without Temporal', async () => {
    const { status, body } = await ask('/healthz', { key: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', database: 'up', temporal: 'down' });
    serve({ health: () => Promise.resolve({ temporal: 'up', worker: 'up' }) });
    expect((await ask('/healthz')).body).toMatchObject({ status: 'ok' });
  });

  it('describes itself', async () => {
    const { status, body } = await ask('/openapi.json', { key: null });
    expect(status).toBe(200);
    expect(body).toHaveProperty(['paths', '/v1/onboardings/{id}/steps/{step}']);
    expect(body).toHaveProperty(['paths', '/v1/tokens/{platform}']);
    expect(body).toHaveProperty(['components', 'securitySchemes', 'bearer', 'scheme'], 'bearer');
    expect(body).toHaveProperty(['components', 'securitySchemes', 'basic', 'scheme'], 'basic');
    const read = ['paths', '/v1/tokens/{platform}', 'get'];
    expect(body).toHaveProperty([...read, 'security'], [{ bearer: ['tokens:read'] }]);
    expect(body).toHaveProperty([...read, 'responses', '429']);
    const decode = [{ bearer: ['codec'] }, { basic: ['codec'] }];
    expect(body).toHaveProperty(['paths', '/codec/decode', 'post', 'security'], decode);
    const start = ['paths', '/v1/onboardings', 'post', 'responses'];
    for (const general of ['400', '403', '413', '415', '421', '422']) expect(body).toHaveProperty([...start, general]);
  });

  it('answers under its own names only, so that a rebound name reaches nothing', async () => {
    for (const host of ['evil.example', 'evil.example:8422', 'localhost.evil.example']) {
      expect((await ask('/v1/connections', { headers: { Host: host } })).status).toBe(421);
    }
    for (const host of ['localhost:8422', '127.0.0.1:9', '[::1]:8422']) {
      expect((await ask('/v1/connections', { headers: { Host: host } })).status).toBe(200);
    }
  });

  it('takes changes from no page of another site, and no large bodies', async () => {
    const body = { platform: 'counting' };
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ]) {
      const { status } = await ask('/v1/onboardings', { method: 'POST', body, headers });
      expect(status).toBe(403);
    }
    const own = await ask('/v1/onboardings', { method: 'POST', body, headers: { Origin: 'http://localhost:8422' } });
    expect(own.status).toBe(503);
    expect((await ask('/v1/onboardings', { method: 'POST', body: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('says that Postgres is away instead of breaking', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const fail = (): Promise<never> => Promise.reject(away);
    const connections = { ...database.store.connections, read: fail, list: fail, facts: fail };
    server = createTestServer({ store: { ...database.store, connections }, platforms: [counting.platform] });
    expect(await ask('/healthz')).toMatchObject({ status: 503, body: { status: 'down', database: 'down' } });
    expect(await ask('/v1/connections')).toMatchObject({
      status: 503,
      body: { type: '/problems/database-unreachable' },
    });
    expect(await ask('/v1/tokens/counting')).toMatchObject({ status: 503, body: { type: '/problems/unavailable' } });
  });
});
