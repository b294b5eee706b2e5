import type { Credentials, Grant } from '../../model/credentials.ts';
import { findStep } from '../find-step.ts';
import { createSimulatedNetwork, type Network } from '../network.ts';
import { createVerifier } from '../oauth.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { visitConsentPage, type ConsentVisit } from '../simulated-person.ts';
import { startSimulators, type Simulators } from '../simulator-server.ts';
import type { PortalAnswers } from '../simulator.ts';
import { platform } from './index.ts';
import { simulator } from './simulator/index.ts';

/** The callback that the simulated app has registered. */
export const redirectUri = 'http://localhost:8422/callback';

/** One connection at a simulated TikTok of its own, kept as the activities would keep it. */
export interface TestConnection {
  readonly simulators: Simulators;
  readonly network: Network;
  credentials: Credentials;
  scopes: readonly string[];
  readonly grants: Grant[];
  set(changes: unknown): void;
  answers(): PortalAnswers;
  context(): PlatformContext;
  keep(grant: Grant | undefined): void;
  /** A portal step, done with the simulator's answers and what is given besides. */
  portal(step: string, values?: Credentials): Promise<StepResult>;
  consent(step: string, visit?: ConsentVisit): Promise<StepResult>;
  run(step: string): Promise<StepResult>;
  /** All steps up to the manual mode. */
  toSandbox(visit?: ConsentVisit): Promise<void>;
  /** On to the restricted mode, with the review approved. */
  toProduction(visit?: ConsentVisit): Promise<void>;
  close(): Promise<void>;
}

/** Starts the simulated TikTok at noon UTC of 23 November 2026, with nothing connected. */
export async function openTestConnection(): Promise<TestConnection> {
  const clock = { now: () => new Date('2026-11-23T12:00:00Z') };
  const simulators = await startSimulators({ port: 0, simulators: [simulator], clock, redirectUri });
  const network = createSimulatedNetwork(simulators.url);
  const tiktok = simulators.platforms.get('tiktok');
  if (tiktok === undefined) throw new Error('The simulated TikTok did not start.');
  const connection: TestConnection = {
    simulators,
    network,
    credentials: {},
    scopes: [],
    grants: [],
    set: (changes) => void tiktok.setAccounts(changes),
    answers: () => tiktok.answers(),
    context: () => ({ network, clock: simulators.clock, redirectUri, scopes: connection.scopes }),
    keep: (grant) => keep(connection, grant),
    portal: (step, values) => completePortalStep(connection, step, values),
    consent: (step, visit) => agree(connection, step, visit),
    run: async (step) => {
      const result = await findStep(platform, 'automatic', step).run(connection.credentials, connection.context());
      connection.keep(result.save);
      return result;
    },
    toSandbox: async (visit) => {
      await succeed(connection.portal('app-details'), connection.portal('sandbox-client'));
      await succeed(connection.consent('consent', visit));
      await succeed(connection.run('scopes'));
      await succeed(connection.run('account'));
    },
    toProduction: async (visit) => {
      connection.set({ review: 'approved' });
      await succeed(connection.portal('production-client'));
      await succeed(connection.consent('production-consent', visit));
      await succeed(connection.run('production-account'));
    },
    close: async () => {
      await network.close();
      await simulators.close();
    },
  };
  return connection;
}

async function succeed(...results: readonly Promise<StepResult>[]): Promise<void> {
  for (const { outcome } of await Promise.all(results)) {
    if (outcome.outcome !== 'done') throw new Error(`${outcome.remedy.cause} ${outcome.remedy.remedy}`);
  }
}

function keep(connection: TestConnection, grant: Grant | undefined): void {
  if (grant === undefined) return;
  connection.credentials = { ...connection.credentials, ...grant.credentials };
  connection.scopes = grant.scopes ?? connection.scopes;
  connection.grants.push(grant);
}

async function completePortalStep(
  connection: TestConnection,
  id: string,
  values: Credentials = {},
): Promise<StepResult> {
  const given = { ...connection.answers().steps[id], ...values };
  const { verify } = findStep(platform, 'portal', id);
  const result: StepResult = verify
    ? await verify(given, connection.credentials, connection.context())
    : { outcome: { outcome: 'done' } };
  if (result.outcome.outcome === 'done') {
    connection.keep({ ...result.save, credentials: { ...given, ...result.save?.credentials } });
  }
  return result;
}

async function agree(connection: TestConnection, id: string, visit: ConsentVisit = {}): Promise<StepResult> {
  const step = findStep(platform, 'consent', id);
  const verifier = createVerifier();
  const { credentials } = connection;
  const link = step.authorizationUrl({ credentials, state: 'state', verifier }, connection.context());
  const callback = (url: URL, init: RequestInit): Promise<Response> =>
    url.href.startsWith(redirectUri) ? Promise.resolve(new Response('Thank you.')) : fetch(url, init);
  const arrived = await visitConsentPage(link, { ...visit, fetch: callback });
  if (!arrived.url.startsWith(redirectUri)) throw new Error(`TikTok's page says: ${arrived.text}`);
  const { searchParams } = new URL(arrived.url);
  const code = searchParams.get('code');
  if (code === null) return { outcome: step.refused(searchParams) };
  const result = await step.exchange({ credentials, code, verifier }, connection.context());
  connection.keep(result.save);
  return result;
}
