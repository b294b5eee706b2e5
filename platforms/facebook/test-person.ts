import type { Credentials, Grant } from '../../model/credentials.ts';
import { findStep } from '../find-step.ts';
import { createSimulatedNetwork, type Network } from '../network.ts';
import { createVerifier } from '../oauth.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { visitConsentPage, type ConsentVisit } from '../simulated-person.ts';
import { startSimulators, type Simulators } from '../simulator-server.ts';
import type { RunningSimulator } from '../simulator.ts';
import { platform } from './index.ts';
import { simulator } from './simulator/index.ts';

export const redirectUri = 'http://localhost:8422/callback';

/** What a connection holds, as the activities would keep it. */
interface Kept {
  credentials: Credentials;
  scopes: readonly string[];
  readonly grants: Grant[];
}

/** A person, the connector and a simulated Meta, for one test, from noon UTC of 23 November 2026 on. */
export interface TestPerson {
  readonly simulators: Simulators;
  readonly meta: RunningSimulator;
  readonly network: Network;
  readonly kept: Kept;
  context(): PlatformContext;
  set(changes: unknown): void;
  advanceDays(days: number): void;
  /** A portal step, with the values that the simulated portal shows unless said. */
  portal(step: string, values?: Credentials): Promise<StepResult>;
  consent(visit?: ConsentVisit): Promise<StepResult>;
  run(step: string): Promise<StepResult>;
  choose(page?: string): Promise<StepResult>;
  /** All of it, from the app to the Instagram account. Throws when a step is not done. */
  connect(visit?: ConsentVisit): Promise<void>;
  close(): Promise<void>;
}

/** Starts a simulated Meta of its own. */
export async function openTestPerson(): Promise<TestPerson> {
  const clock = { now: () => new Date('2026-11-23T12:00:00.000Z') };
  const simulators = await startSimulators({ port: 0, simulators: [simulator], redirectUri, clock });
  const meta = simulators.platforms.get('facebook');
  if (meta === undefined) throw new Error('The simulators started without Facebook.');
  const network = createSimulatedNetwork(simulators.url);
  const kept: Kept = { credentials: {}, scopes: [], grants: [] };
  const save = (result: StepResult, given: Credentials = {}): StepResult => {
    if (result.outcome.outcome === 'done') kept.credentials = { ...kept.credentials, ...given };
    if (result.save === undefined) return result;
    kept.credentials = { ...kept.credentials, ...result.save.credentials };
    kept.scopes = result.save.scopes ?? kept.scopes;
    kept.grants.push(result.save);
    return result;
  };
  const person: TestPerson = {
    simulators,
    meta,
    network,
    kept,
    context: () => ({ network, clock: simulators.clock, redirectUri, scopes: kept.scopes }),
    set: (changes) => void meta.setAccounts(changes),
    advanceDays: (days) => simulators.clock.advance(days * 24 * 3_600_000),
    portal: async (id, values) => {
      const given = values ?? meta.answers().steps[id] ?? {};
      const { verify } = findStep(platform, 'portal', id);
      return verify === undefined ? done : save(await verify(given, kept.credentials, person.context()), given);
    },
    consent: async (visit = {}) => save(await agree(person, visit)),
    run: async (id) => save(await findStep(platform, 'automatic', id).run(kept.credentials, person.context())),
    choose: async (page) => {
      const id = page ?? meta.answers().choices?.['page'] ?? '';
      return save(await findStep(platform, 'choice', 'page').choose(id, kept.credentials, person.context()));
    },
    connect: (visit) => connect(person, visit),
    close: async () => {
      await network.close();
      await simulators.close();
    },
  };
  return person;
}

const done: StepResult = { outcome: { outcome: 'done' } };

async function agree(person: TestPerson, visit: ConsentVisit): Promise<StepResult> {
  const { kept } = person;
  const step = findStep(platform, 'consent', 'consent');
  const request = { credentials: kept.credentials, state: 'state', verifier: createVerifier() };
  const link = step.authorizationUrl(request, person.context());
  const callback = (url: URL, init: RequestInit): Promise<Response> =>
    url.href.startsWith(redirectUri) ? Promise.resolve(new Response('Thank you.')) : fetch(url, init);
  const { url, text } = await visitConsentPage(link, { ...visit, fetch: callback });
  const { searchParams } = new URL(url);
  if (searchParams.get('state') !== 'state') throw new Error(`Facebook showed a page of its own: ${text}`);
  const code = searchParams.get('code');
  if (code === null) return { outcome: step.refused(searchParams) };
  return step.exchange({ credentials: kept.credentials, code, verifier: request.verifier }, person.context());
}

async function connect(person: TestPerson, visit?: ConsentVisit): Promise<void> {
  const results = [
    await person.portal('app-credentials'),
    await person.portal('app-mode'),
    await person.portal('method'),
    await person.consent(visit),
    await person.run('permissions'),
    await person.run('pages'),
    await person.choose(),
    await person.run('page-token'),
    await person.run('instagram'),
  ];
  const open = results.find(({ outcome }) => outcome.outcome !== 'done');
  if (open !== undefined) throw new Error(`The onboarding stopped: ${JSON.stringify(open.outcome)}`);
}
