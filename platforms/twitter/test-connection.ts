import type { Credentials, Grant } from '../../model/credentials.ts';
import type { StepOutcome } from '../../model/portal-step.ts';
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
const noon = new Date('2026-11-23T12:00:00Z');

/** A connection at the simulated X, kept as the activities would keep it. */
export interface TestConnection {
  readonly simulators: Simulators;
  readonly x: RunningSimulator;
  readonly network: Network;
  credentials: Credentials;
  scopes: readonly string[];
  readonly grants: Grant[];
  context(): PlatformContext;
  set(changes: unknown): void;
  keep(grant: Grant | undefined): void;
  /** Gives what the simulated portal shows for a step, with changes, and keeps what comes of it. */
  portal(step: string, changes?: Credentials): Promise<StepOutcome>;
  consent(visit?: ConsentVisit): Promise<StepOutcome>;
  account(): Promise<StepOutcome>;
  connectSigned(): Promise<void>;
  connectGranted(): Promise<void>;
  refresh(): Promise<Grant>;
  probe(): Promise<Grant>;
  /** How often a path of api.x.com was called. */
  calls(path: string): number;
  close(): Promise<void>;
}

/** Starts a simulated X of its own, at noon UTC of 23 November 2026. */
export async function openTestConnection(): Promise<TestConnection> {
  const clock = { now: () => noon };
  const simulators = await startSimulators({ port: 0, simulators: [simulator], redirectUri, clock });
  const x = simulators.platforms.get('twitter');
  if (x === undefined) throw new Error('The simulated X did not start.');
  const network = createSimulatedNetwork(simulators.url);
  const connection: TestConnection = {
    ...{ simulators, x, network, credentials: {}, scopes: [], grants: [] },
    context: () => ({ network, clock: simulators.clock, redirectUri, scopes: connection.scopes }),
    set: (changes) => void x.setAccounts(changes),
    keep: (grant) => {
      if (grant === undefined) return;
      connection.credentials = { ...connection.credentials, ...grant.credentials };
      connection.scopes = grant.scopes ?? connection.scopes;
      connection.grants.push(grant);
    },
    portal: (step, changes) => walkPortal(connection, step, changes),
    consent: (visit) => walkConsent(connection, visit),
    account: async () => {
      const step = findStep(platform, 'automatic', 'account');
      return kept(connection, await step.run(connection.credentials, connection.context()));
    },
    connectSigned: async () => {
      for (const step of ['billing', 'method', 'api-keys', 'access-token']) await expectDone(connection.portal(step));
      await expectDone(connection.account());
    },
    connectGranted: async () => {
      connection.set({ method: 'oauth2' });
      for (const step of ['billing', 'method', 'client']) await expectDone(connection.portal(step));
      await expectDone(connection.consent());
      await expectDone(connection.account());
    },
    refresh: async () => {
      const grant = await platform.refresh(connection.credentials, connection.context());
      connection.keep(grant);
      return grant;
    },
    probe: () => platform.probe(connection.credentials, connection.context()),
    calls: (path) => simulators.requests.list({ host: 'api.x.com', path }).length,
    close: async () => {
      await network.close();
      await simulators.close();
    },
  };
  return connection;
}

function kept(connection: TestConnection, { outcome, save }: StepResult): StepOutcome {
  connection.keep(save);
  return outcome;
}

async function walkPortal(connection: TestConnection, id: string, changes: Credentials = {}): Promise<StepOutcome> {
  const values = { ...connection.x.answers().steps[id], ...changes };
  const { verify } = findStep(platform, 'portal', id);
  const result: StepResult =
    verify === undefined
      ? { outcome: { outcome: 'done' } }
      : await verify(values, connection.credentials, connection.context());
  if (result.outcome.outcome !== 'done') return result.outcome;
  connection.credentials = { ...connection.credentials, ...values };
  return kept(connection, result);
}

async function walkConsent(connection: TestConnection, visit: ConsentVisit = {}): Promise<StepOutcome> {
  const step = findStep(platform, 'consent', 'consent');
  const { credentials } = connection;
  const verifier = createVerifier();
  const link = step.authorizationUrl({ credentials, state: 'state', verifier }, connection.context());
  const callback = (url: URL, init: RequestInit): Promise<Response> =>
    url.href.startsWith(redirectUri) ? Promise.resolve(new Response('Thank you.')) : fetch(url, init);
  const { searchParams } = new URL((await visitConsentPage(link, { ...visit, fetch: callback })).url);
  const code = searchParams.get('code');
  if (code === null) return step.refused(searchParams);
  return kept(connection, await step.exchange({ credentials, code, verifier }, connection.context()));
}

async function expectDone(outcome: Promise<StepOutcome>): Promise<void> {
  const given = await outcome;
  if (given.outcome !== 'done') throw new Error(`The step was not done: ${given.remedy.cause}`);
}
