import type { RequestInit } from 'undici';
import { z } from 'zod';
import { createSimulatedNetwork, type Network } from '../../network.ts';
import { visitConsentPage, type ConsentVisit } from '../../simulated-person.ts';
import { startSimulators, type Simulators } from '../../simulator-server.ts';
import { simulator } from './index.ts';

export const redirectUri = 'http://localhost:8422/callback';
export const uploadScope = 'https://www.googleapis.com/auth/youtube.upload';
export const readScope = 'https://www.googleapis.com/auth/youtube.readonly';

/** The verifier and its challenge of platforms.md, which are those of RFC 7636, appendix B. */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const tokens = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
  refresh_token_expires_in: z.number().optional(),
  scope: z.string(),
  token_type: z.literal('Bearer'),
});
export type Tokens = z.infer<typeof tokens>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

type Form = Readonly<Record<string, string>>;

/** An app and a person at the simulated Google, over real connections, at noon UTC of 23 November 2026. */
export interface TestSession {
  readonly simulators: Simulators;
  readonly network: Network;
  readonly client: { readonly client_id: string; readonly client_secret: string };
  set(changes: unknown): void;
  advanceSeconds(seconds: number): void;
  /** The person at the consent page; returns where the browser ended, which nobody serves. */
  visit(parameters?: Form, visit?: ConsentVisit): Promise<{ url: URL; status: number; text: string }>;
  /** Consent up to the code, with PKCE. */
  consent(parameters?: Form, visit?: ConsentVisit): Promise<string>;
  post(url: string, form: Form): Promise<Answer>;
  token(form: Form): Promise<Answer>;
  exchange(code: string, form?: Form): Promise<Answer>;
  connect(parameters?: Form, visit?: ConsentVisit): Promise<Tokens>;
  refresh(refreshToken: string): Promise<Answer>;
  api(
    path: string,
    accessToken: string,
    init?: { method?: string; body?: string | Uint8Array; headers?: Form },
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** Tokens out of a successful answer; throws what came instead. */
export function tokensOf(answer: Answer): Tokens {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return tokens.parse(answer.body);
}

/** Starts a simulated Google of its own. */
export async function openTestSession(options: { stateFile?: string } = {}): Promise<TestSession> {
  const clock = { now: () => new Date('2026-11-23T12:00:00Z') };
  const simulators = await startSimulators({ port: 0, simulators: [simulator], clock, redirectUri, ...options });
  const network = createSimulatedNetwork(simulators.url);
  const running = simulators.platforms.get('youtube');
  const credentials = running?.answers().steps['client'] ?? {};
  const client = { client_id: credentials['client_id'] ?? '', client_secret: credentials['client_secret'] ?? '' };
  const session: TestSession = {
    simulators,
    network,
    client,
    set: (changes) => void running?.setAccounts(changes),
    advanceSeconds: (seconds) => simulators.clock.advance(seconds * 1_000),
    visit: (parameters, visit) => visitAuthorize(session, parameters, visit),
    consent: async (parameters, visit) => {
      const { url } = await visitAuthorize(session, { ...pkce, ...parameters }, visit);
      return z.string().parse(url.searchParams.get('code'));
    },
    post: (url, form) => send(network, url, { method: 'POST', body: new URLSearchParams(form) }),
    token: (form) => session.post('https://oauth2.googleapis.com/token', form),
    exchange: (code, form) =>
      session.token({
        ...client,
        code,
        redirect_uri: redirectUri,
        grant_type: 'authorization_code',
        code_verifier: verifier,
        ...form,
      }),
    connect: async (parameters, visit) => tokensOf(await session.exchange(await session.consent(parameters, visit))),
    refresh: (refreshToken) => session.token({ ...client, refresh_token: refreshToken, grant_type: 'refresh_token' }),
    api: (path, accessToken, { headers, ...init } = {}) =>
      send(network, new URL(path, 'https://youtube.googleapis.com').href, {
        ...init,
        headers: { ...headers, authorization: `Bearer ${accessToken}` },
      }),
    close: async () => {
      await network.close();
      await simulators.close();
    },
  };
  return session;
}

const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };

async function visitAuthorize(
  { client, network }: TestSession,
  parameters: Form = {},
  visit: ConsentVisit = {},
): Promise<{ url: URL; status: number; text: string }> {
  const url = new URL('https://accounts.google.com/o/oauth2/v2/auth');
  const asked = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: `${uploadScope} ${readScope}`,
    state: 'state-1',
    access_type: 'offline',
    ...parameters,
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  const opened = network.browserUrl(url);
  const result = await visitConsentPage(opened, {
    ...visit,
    // The callback belongs to nobody here: what matters is the address.
    fetch: (address, init) =>
      address.host === opened.host ? fetch(address, init) : Promise.resolve(new Response('ok')),
  });
  return { ...result, url: new URL(result.url) };
}

async function send(network: Network, url: string, init: RequestInit): Promise<Answer> {
  const response = await network.fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  const body: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, headers: new Headers([...response.headers]), body };
}
