import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OnboardingRequest, OnboardingState, StepDone } from '../../model/onboarding.ts';
import type { ConnectionFacts } from '../../model/connection.ts';
import { openConnection } from '../../test/clients.ts';
import { createCountingPlatform } from '../../test/counting-platform.ts';
import { createTestServer, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';
import { NoWorkflowError, type Orchestration } from '../sdk/orchestration.ts';

const { platform } = createCountingPlatform();
let database: TestStore;
let server: TestServer;
let pending: ConnectionFacts;
let told: StepDone[];
let started: OnboardingRequest[];

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.admin.query('delete from connector.platform_connections');
  pending = await openConnection(database.store, platform, { status: 'pending' });
  serve({});
});
afterEach(() => server.close());

const connectedState: OnboardingState = {
  onboardingId: 'onboarding/default/counting/main',
  connectionId: null,
  owner: 'default',
  platform: 'counting',
  label: 'main',
  status: 'completed',
  waitingFor: null,
  steps: [],
  refusal: null,
};

function serve(orchestration: Partial<Orchestration>, publicUrl?: string): void {
  told = [];
  started = [];
  server = createTestServer({
    store: database.store,
    platforms: [platform],
    ...(publicUrl === undefined ? {} : { publicUrl }),
    orchestration: {
      startOnboarding: (request) => Promise.resolve(void started.push(request)),
      completeStep: (_key, done) => {
        told.push(done);
        return Promise.resolve({ outcome: 'done', state: connectedState });
      },
      ...orchestration,
    },
  });
}

interface Begun {
  readonly state: string;
  readonly cookie: string;
}

async function begin(connectionId = pending.id): Promise<Begun> {
  const response = await server.app.request(`/consent/${connectionId}`, { headers: { Host: 'localhost:8422' } });
  expect(response.status).toBe(302);
  const state = new URL(response.headers.get('location')!).searchParams.get('state')!;
  return { state, cookie: response.headers.getSetCookie()[0]!.split(';')[0]! };
}

async function callBack(query: Record<string, string>, cookie?: string): Promise<{ status: number; text: string }> {
  const response = await server.app.request(`/callback?${new URLSearchParams(query).toString()}`, {
    headers: { Host: 'localhost:8422', ...(cookie === undefined ? {} : { Cookie: cookie }) },
  });
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  return { status: response.status, text: await response.text() };
}

describe('a consent link', () => {
  it('leads to the platform with a fresh state, and binds it to the browser', async () => {
    const response = await server.app.request(`/consent/${pending.id}`, { headers: { Host: 'localhost:8422' } });
    const address = new URL(response.headers.get('location')!);
    expect(address.origin + address.pathname).toBe('https://www.counting.example/agree');
    expect(address.searchParams.get('redirect_uri')).toBe('http://localhost:8422/callback');
    expect(address.searchParams.get('state')).toMatch(/^[\w-]{43}$/);
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      /^connector_consent_[0-9a-f]{12}=[\w-]{43}; Max-Age=600; Path=\/callback; HttpOnly; SameSite=Lax$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('moves the browser to the public host first, where the cookie will be needed', async () => {
    const response = await server.app.request(`/consent/${pending.id}`, { headers: { Host: '127.0.0.1:8422' } });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`http://localhost:8422/consent/${pending.id}`);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('asks for a secure cookie behind https', async () => {
    serve({}, 'https://connector.example');
    const response = await server.app.request(`/consent/${pending.id}`, { headers: { Host: 'connector.example' } });
    expect(response.headers.getSetCookie()[0]).toContain('; Secure');
  });

  it('to nothing, or to what was revoked, is a page that tells nothing', async () => {
    await database.store.connections.revoke(pending.id, 'asked');
    const texts = new Set<string>();
    for (const id of [pending.id, '7b0c0e3e-6b0e-4c3e-9d57-8f1f0a3f6f11', 'none', '%27%3B--']) {
      const response = await server.app.request(`/consent/${id}`, { headers: { Host: 'localhost:8422' } });
      expect(response.status).toBe(404);
      texts.add(await response.text());
    }
    expect(texts.size).toBe(1);
  });
});

describe('the callback', () => {
  it('hands the consent to its onboarding by name only; the code waits sealed', async () => {
    const { state, cookie } = await begin();
    const { status, text } = await callBack({ state, code: 'the-code' }, cookie);
    expect(status).toBe(200);
    expect(text).toContain('Counting is connected');
    expect(told).toMatchObject([{ step: 'consent' }]);
    expect(JSON.stringify(told)).not.toContain('the-code');
    expect(started).toEqual([]);
    const taken = await database.store.consentRequests.takeCode(told[0]!.consentRequestId!);
    expect(taken).toMatchObject({ code: 'the-code', connectionId: pending.id });
    expect(taken?.verifier).toMatch(/^[\w-]{43,128}$/);
    expect(server.log()).not.toMatch(new RegExp(`the-code|${state}`));
  });

  it('starts the onboarding of a connection that has none under way', async () => {
    const { id } = await openConnection(database.store, platform, { status: 'needs_consent' });
    const { state, cookie } = await begin(id);
    expect((await callBack({ state, code: 'c' }, cookie)).status).toBe(200);
    expect(started).toEqual([{ owner: 'default', platform: 'counting', label: 'main', connectionId: id }]);
  });

  it('refuses what is forged, replayed, late or from another browser, and changes nothing', async () => {
    const { state, cookie } = await begin();
    const other = await begin();
    const name = cookie.split('=')[0]!;
    expect((await callBack({ code: 'c' })).status).toBe(400);
    expect((await callBack({ state: 'forged', code: 'c' }, cookie)).status).toBe(400);
    expect((await callBack({ state, code: 'c' })).status).toBe(400);
    expect((await callBack({ state, code: 'c' }, `${name}=guessed`)).status).toBe(400);
    expect((await callBack({ state, code: 'c' }, other.cookie)).status).toBe(400);
    expect(told).toEqual([]);
    // None of these has spent the state, so the right browser still can; once.
    expect((await callBack({ state, code: 'c' }, cookie)).status).toBe(200);
    expect((await callBack({ state, code: 'c' }, cookie)).status).toBe(400);
    expect(told).toHaveLength(1);
    await database.admin.query(`update connector.consent_requests set expires_at = now() - interval '1 second'`);
    expect((await callBack({ state: other.state, code: 'c' }, other.cookie)).status).toBe(400);
    expect(told).toHaveLength(1);
  });

  it('belongs to the platform that its state was made for, whatever the answer says of another', async () => {
    const keys: object[] = [];
    const other = { ...platform, id: 'other', name: 'Other' };
    server = createTestServer({
      store: database.store,
      platforms: [other, platform],
      orchestration: {
        completeStep: (key) => {
          keys.push(key);
          return Promise.resolve({ outcome: 'done', state: connectedState });
        },
      },
    });
    const [ours, theirs] = [
      await begin(),
      await begin((await openConnection(database.store, other, { status: 'pending' })).id),
    ];
    expect((await callBack({ state: ours.state, code: 'c' }, theirs.cookie)).status).toBe(400);
    expect((await callBack({ state: theirs.state, code: 'c' }, ours.cookie)).status).toBe(400);
    expect(keys).toEqual([]);
    const hostile = { platform: 'other', connection: 'other', step: 'other', iss: 'https://evil.example' };
    expect((await callBack({ ...hostile, state: ours.state, code: 'c' }, ours.cookie)).status).toBe(200);
    expect((await callBack({ state: theirs.state, code: 'c' }, theirs.cookie)).status).toBe(200);
    expect(keys).toMatchObject([{ platform: 'counting' }, { platform: 'other' }]);
  });

  it('takes the first of twenty who answer with one state at once', async () => {
    const { state, cookie } = await begin();
    const answers = await Promise.all(Array.from({ length: 20 }, () => callBack({ state, code: 'c' }, cookie)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(told).toHaveLength(1);
  });

  it('lets several consents go on at once in one browser', async () => {
    const [one, two] = [await begin(), await begin()];
    const cookies = `${one.cookie}; ${two.cookie}`;
    expect((await callBack({ state: two.state, code: 'c' }, cookies)).status).toBe(200);
    expect((await callBack({ state: one.state, code: 'c' }, cookies)).status).toBe(200);
  });

  it('explains what the platform sent instead of a code; the state is spent, the step stays open', async () => {
    const { state, cookie } = await begin();
    const { status, text } = await callBack({ state, error: 'access_denied', code: 'c' }, cookie);
    expect(status).toBe(422);
    expect(text).toContain('You pressed Cancel.');
    expect(text).toContain(`href="http://localhost:8422/consent/${pending.id}"`);
    expect(told).toEqual([]);
    expect((await callBack({ state, code: 'c' }, cookie)).status).toBe(400);
  });

  it('shows why a consent was refused, escaped, with a link to consent again', async () => {
    const remedy = { cause: 'It was given by <b>another</b> account.', remedy: 'Sign in as Ada.' };
    serve({
      completeStep: () => Promise.resolve({ outcome: 'refused', refusal: { step: 'consent', field: null, remedy } }),
    });
    const { state, cookie } = await begin();
    const { status, text } = await callBack({ state, code: 'c' }, cookie);
    expect(status).toBe(422);
    expect(text).toContain('It was given by &lt;b&gt;another&lt;/b&gt; account.');
    expect(text).toContain(`/consent/${pending.id}`);
  });

  it('says what to do when Temporal is away, or the onboarding has ended', async () => {
    server = createTestServer({ store: database.store, platforms: [platform] });
    const one = await begin();
    const away = await callBack({ state: one.state, code: 'c' }, one.cookie);
    expect(away.status).toBe(503);
    expect(away.text).toContain('connector up');
    serve({ completeStep: () => Promise.reject(new NoWorkflowError('onboarding/default/counting/main')) });
    const two = await begin();
    const ended = await callBack({ state: two.state, code: 'c' }, two.cookie);
    expect(ended.status).toBe(409);
    expect(ended.text).toContain('connector connect counting');
  });
});
