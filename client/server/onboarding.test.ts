import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OnboardingState, StepDone } from '../../model/onboarding.ts';
import { openConnection, storedSecrets } from '../../test/clients.ts';
import { createCountingPlatform, type CountingPlatform } from '../../test/counting-platform.ts';
import { askServer, createTestServer, type TestAnswer, type TestRequest, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';
import { NoWorkflowError, type Orchestration } from '../sdk/orchestration.ts';

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

/** An onboarding at its first step, which is judged by `judge`. */
function onboardingAt(connectionId: string | null): OnboardingState {
  const [step] = counting.platform.steps;
  if (step?.kind !== 'portal') throw new Error('The first step is the app.');
  const { kind, id, title, instructions, link, fields } = step;
  return {
    onboardingId: 'onboarding/default/counting/main',
    connectionId,
    owner: 'default',
    platform: 'counting',
    label: 'main',
    status: 'running',
    waitingFor: {
      step: { kind, id, title, instructions, link, fields },
      since: '2026-11-23T12:00:00.000Z',
      until: null,
      consentLink: null,
      options: null,
      known: [],
      because: null,
      review: null,
    },
    steps: [{ id, kind, title, state: 'waiting', doneAt: null }],
    refusal: null,
  };
}

describe('onboardings', () => {
  const path = '/v1/onboardings/default~counting~main';

  it('start once and say what they wait for', async () => {
    const started: unknown[] = [];
    serve({
      startOnboarding: (request) => Promise.resolve(void started.push(request)),
      onboardingState: () => Promise.resolve(onboardingAt(null)),
    });
    const { status, headers, body } = await ask('/v1/onboardings', { method: 'POST', body: { platform: 'count' } });
    expect(status).toBe(201);
    expect(started).toEqual([{ owner: 'default', platform: 'counting', label: 'main' }]);
    expect(headers.get('location')).toBe(path);
    expect(body).toMatchObject({ id: 'default~counting~main', waitingFor: { step: { id: 'app' } } });
    expect(await ask(path)).toMatchObject({ status: 200, body: { id: 'default~counting~main' } });
  });

  it('of platforms, owners and connections that cannot be are refused', async () => {
    const start = (body: unknown): Promise<TestAnswer> => ask('/v1/onboardings', { method: 'POST', body });
    expect(await start({ platform: 'myspace' })).toMatchObject({ status: 422, body: { field: 'platform' } });
    expect(await start({ platform: 'counting', owner: 'a/b' })).toMatchObject({
      status: 422,
      body: { field: 'owner' },
    });
    expect(await start('{')).toMatchObject({ status: 400 });
    const connectionId = '7b0c0e3e-6b0e-4c3e-9d57-8f1f0a3f6f11';
    expect(await start({ platform: 'counting', connectionId })).toMatchObject({ status: 404 });
    serve({ onboardingState: () => Promise.reject(new NoWorkflowError('onboarding/default/counting/main')) });
    expect(await ask(path)).toMatchObject({ status: 404 });
    expect(await ask('/v1/onboardings/nonsense')).toMatchObject({ status: 404 });
  });

  it('get secrets sealed into the row, and none in a message or a log', async () => {
    const { id } = await openConnection(database.store, counting.platform, { status: 'pending' });
    const told: StepDone[] = [];
    serve({
      onboardingState: () => Promise.resolve(onboardingAt(id)),
      completeStep: (_key, done) => {
        told.push(done);
        return Promise.resolve({ outcome: 'done', state: onboardingAt(id) });
      },
    });
    const body = { values: { client_id: ' client-2 ' }, secrets: { client_secret: 'secret-that-is-new\n' } };
    expect((await ask(`${path}/steps/app`, { method: 'POST', body })).status).toBe(200);
    expect(told).toEqual([{ step: 'app', values: { client_id: 'client-2' } }]);
    const stored = await database.store.connections.load(id);
    expect(stored?.credentials['client_secret']).toBe('secret-that-is-new');
    const { rows } = await database.admin.query<{ credentials: Record<string, unknown> }>(
      'select credentials from connector.platform_connections where id = $1',
      [id],
    );
    expect(JSON.stringify(rows)).not.toContain('secret-that-is-new');
    expect(server.log()).not.toContain('secret-that-is-new');
  });

  it('answer a refused value with field, cause, remedy and link, and keep a wrong secret out of the row', async () => {
    const { id } = await openConnection(database.store, counting.platform, { status: 'pending' });
    const remedy = {
      cause: 'Counting does not know it.',
      remedy: 'Copy it again.',
      link: 'https://portal.counting.example/',
    };
    serve({
      onboardingState: () => Promise.resolve(onboardingAt(id)),
      completeStep: () => Promise.resolve({ outcome: 'refused', refusal: { step: 'app', field: 'client_id', remedy } }),
    });
    const refused = await ask(`${path}/steps/app`, { method: 'POST', body: { values: { client_id: 'x' } } });
    expect(refused).toMatchObject({ status: 422, body: { ...remedy, field: 'client_id', detail: remedy.cause } });
    const cut = await ask(`${path}/steps/app`, { method: 'POST', body: { secrets: { client_secret: 'cut-off' } } });
    expect(cut).toMatchObject({ status: 422, body: { field: 'client_secret' } });
    expect(JSON.stringify(cut.body)).not.toContain('cut-off');
    expect((await database.store.connections.load(id))?.credentials['client_secret']).toBe(storedSecrets.client_secret);
    expect((await ask(`${path}/steps/none`, { method: 'POST', body: {} })).status).toBe(404);
  });
});
