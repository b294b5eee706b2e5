import { z } from 'zod';
import { createSimulatedNetwork, type Network } from '../../network.ts';
import { visitConsentPage, type ConsentVisit } from '../../simulated-person.ts';
import { startSimulators, type Simulators } from '../../simulator-server.ts';
import { simulator } from './index.ts';

export const redirectUri = 'http://localhost:8422/callback';

/** The verifier of platforms.md with its challenge, as TikTok wants it from desktop apps and as everybody else has it. */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const hexChallenge = '13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3';
export const base64urlChallenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const tokens = z.strictObject({
  access_token: z.string(),
  expires_in: z.number(),
  open_id: z.string(),
  refresh_expires_in: z.number(),
  refresh_token: z.string(),
  scope: z.string(),
  token_type: z.literal('Bearer'),
});
export type Tokens = z.infer<typeof tokens>;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Form = Readonly<Record<string, string>>;

/** An app and a person at the simulated TikTok, over real connections, at noon UTC of 23 November 2026. */
export interface TestSession {
  readonly simulators: Simulators;
  readonly network: Network;
  /** The client in use: that of the sandbox until `useProduction`. */
  client: { client_key: string; client_secret: string };
  useProduction(): void;
  set(changes: unknown): void;
  visit(parameters?: Form, visit?: ConsentVisit): Promise<{ url: string; text: string }>;
  consent(parameters?: Form, visit?: ConsentVisit): Promise<string>;
  oauth(path: 'token' | 'revoke', form: Form): Promise<Answer>;
  exchange(code: string, form?: Form): Promise<Answer>;
  connect(visit?: ConsentVisit): Promise<Tokens>;
  refresh(refreshToken: string): Promise<Answer>;
  get(path: string, accessToken: string): Promise<Answer>;
  post(path: string, accessToken: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** Tokens out of a successful answer; throws what came instead. */
export function tokensOf(answer: Answer): Tokens {
  const parsed = tokens.safeParse(answer.body);
  if (!parsed.success) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return parsed.data;
}

/** Starts a simulated TikTok of its own. */
export async function openTestSession(options: { stateFile?: string } = {}): Promise<TestSession> {
  const clock = { now: () => new Date('2026-11-23T12:00:00Z') };
  const simulators = await startSimulators({ port: 0, simulators: [simulator], clock, redirectUri, ...options });
  const network = createSimulatedNetwork(simulators.url);
  const running = simulators.platforms.get('tiktok');
  const given = running?.answers().steps ?? {};
  const client = (step: string, prefix: string): TestSession['client'] => ({
    client_key: given[step]?.[`${prefix}client_key`] ?? '',
    client_secret: given[step]?.[`${prefix}client_secret`] ?? '',
  });
  const session: TestSession = {
    simulators,
    network,
    client: client('sandbox-client', ''),
    useProduction: () => {
      session.client = client('production-client', 'production_');
    },
    set: (changes) => void running?.setAccounts(changes),
    visit: (parameters, visit) => visitAuthorize(session, parameters, visit),
    consent: async (parameters, visit) => {
      const { url, text } = await visitAuthorize(session, parameters, visit);
      const code = new URL(url).searchParams.get('code');
      if (code === null) throw new Error(text === 'ok' ? url : text);
      return code;
    },
    oauth: (path, form) => send(network, `/v2/oauth/${path}/`, { method: 'POST', body: new URLSearchParams(form) }),
    exchange: (code, form) => {
      const fixed = { grant_type: 'authorization_code', redirect_uri: redirectUri, code_verifier: verifier };
      return session.oauth('token', { ...session.client, code, ...fixed, ...form });
    },
    connect: async (visit) => tokensOf(await session.exchange(await session.consent({}, visit))),
    refresh: (refresh_token) =>
      session.oauth('token', { ...session.client, grant_type: 'refresh_token', refresh_token }),
    get: (path, token) => send(network, path, { method: 'GET', headers: { authorization: `Bearer ${token}` } }),
    post: (path, token, body) =>
      send(network, path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=UTF-8' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    close: async () => {
      await network.close();
      await simulators.close();
    },
  };
  return session;
}

async function visitAuthorize(
  { client, network }: TestSession,
  parameters: Form = {},
  visit: ConsentVisit = {},
): Promise<{ url: string; text: string }> {
  const url = new URL('https://www.tiktok.com/v2/auth/authorize/');
  const asked = {
    client_key: client.client_key,
    response_type: 'code',
    scope: 'user.info.basic,user.info.profile,video.upload,video.publish',
    redirect_uri: redirectUri,
    state: 'state-1',
    code_challenge: hexChallenge,
    code_challenge_method: 'S256',
    ...parameters,
  };
  for (const [name, value] of Object.entries(asked)) if (value !== '') url.searchParams.set(name, value);
  const opened = network.browserUrl(url);
  return visitConsentPage(opened, {
    ...visit,
    // The callback belongs to nobody here: what matters is the address.
    fetch: (address, init) =>
      address.host === opened.host ? fetch(address, init) : Promise.resolve(new Response('ok')),
  });
}

async function send(
  network: Network,
  path: string,
  init: { method: string; body?: string | URLSearchParams; headers?: Form },
): Promise<Answer> {
  const response = await network.fetch(new URL(path, 'https://open.tiktokapis.com'), init);
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  const body: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, body };
}
