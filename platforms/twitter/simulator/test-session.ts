import { TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2';
import type { RequestInit } from 'undici';
import { z } from 'zod';
import { createSimulatedNetwork, type Network } from '../../network.ts';
import { visitConsentPage, type ConsentVisit } from '../../simulated-person.ts';
import { startSimulators, type Simulators } from '../../simulator-server.ts';
import { datedSignatures } from '../signing.ts';
import { simulator } from './index.ts';

export const redirectUri = 'http://localhost:8422/callback';

/** The verifier and challenge of RFC 7636, appendix B. */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const allScopes = 'tweet.read tweet.write users.read media.write offline.access';

const tokens = z.object({
  token_type: z.literal('bearer'),
  expires_in: z.number(),
  access_token: z.string(),
  scope: z.string(),
  refresh_token: z.string().optional(),
});
export type Tokens = z.infer<typeof tokens>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

type Form = Readonly<Record<string, string>>;

/** An app and a person at the simulated X, over real connections, at noon UTC of 23 November 2026. */
export interface TestSession {
  readonly simulators: Simulators;
  readonly network: Network;
  set(changes: unknown): void;
  advanceSeconds(seconds: number): void;
  /** What the simulated console shows now, all steps together. */
  console(): Form;
  /** A client of the library with the keys that the console shows, or others. */
  signed(keys?: Form, plugins?: readonly ITwitterApiClientPlugin[]): TwitterApi;
  bearing(token: string): TwitterApi;
  /** The person at X's page; returns where the browser ended, which nobody serves. */
  visit(url: URL, visit?: ConsentVisit): Promise<{ url: URL; status: number; text: string }>;
  authorizePage(parameters?: Form): URL;
  /** Consent up to the code. */
  consent(parameters?: Form): Promise<string>;
  send(path: string, init?: RequestInit): Promise<Answer>;
  token(form: Form, as?: 'form' | 'json', authorization?: string): Promise<Answer>;
  exchange(code: string, form?: Form): Promise<Answer>;
  refresh(refreshToken: string): Promise<Answer>;
  connect(parameters?: Form): Promise<Tokens>;
  close(): Promise<void>;
}

/** Tokens out of a successful answer; throws what came instead. */
export function tokensOf(answer: Answer): Tokens {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return tokens.parse(answer.body);
}

/** Starts a simulated X of its own. */
export async function openTestSession(options: { stateFile?: string } = {}): Promise<TestSession> {
  const clock = { now: () => new Date('2026-11-23T12:00:00Z') };
  const simulators = await startSimulators({ port: 0, simulators: [simulator], clock, redirectUri, ...options });
  const network = createSimulatedNetwork(simulators.url);
  const running = simulators.platforms.get('twitter');
  const session: TestSession = {
    simulators,
    network,
    set: (changes) => void running?.setAccounts(changes),
    advanceSeconds: (seconds) => simulators.clock.advance(seconds * 1_000),
    console: () => Object.fromEntries(Object.values(running?.answers().steps ?? {}).flatMap(Object.entries<string>)),
    signed: (keys, plugins = []) => signedClient(session, { ...session.console(), ...keys }, plugins),
    bearing: (token) => new TwitterApi(token, { httpAgent: network.agent }),
    visit: (url, visit) => visitPage(session, url, visit),
    authorizePage: (parameters) => authorizePage(session, parameters),
    consent: async (parameters) => {
      const { url } = await session.visit(session.authorizePage(parameters));
      return z.string().parse(url.searchParams.get('code'));
    },
    send: (path, init) => send(session, path, init),
    token: (form, as = 'form', authorization = basicOf(session)) => requestToken(session, form, as, authorization),
    exchange: (code, form) =>
      session.token({
        ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
        ...form,
      }),
    refresh: (refreshToken) => session.token({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    connect: async (parameters) => tokensOf(await session.exchange(await session.consent(parameters))),
    close: async () => {
      await network.close();
      await simulators.close();
    },
  };
  return session;
}

function signedClient(
  { network, simulators }: TestSession,
  keys: Form,
  plugins: readonly ITwitterApiClientPlugin[],
): TwitterApi {
  const { api_key: appKey = '', api_secret: appSecret = '' } = keys;
  const { access_token: accessToken = '', access_token_secret: accessSecret = '' } = keys;
  const user = accessToken === '' ? {} : { accessToken, accessSecret };
  const settings = { httpAgent: network.agent, plugins: [datedSignatures(simulators.clock), ...plugins] };
  return new TwitterApi({ appKey, appSecret, ...user }, settings);
}

async function visitPage(
  { network }: TestSession,
  url: URL,
  visit: ConsentVisit = {},
): Promise<{ url: URL; status: number; text: string }> {
  const open = (address: URL, init: FetchInit): Promise<Response> =>
    address.href.startsWith(redirectUri) ? Promise.resolve(new Response('Thank you.')) : fetch(address, init);
  const end = await visitConsentPage(network.browserUrl(url), { ...visit, fetch: open });
  return { url: new URL(end.url), status: end.status, text: end.text };
}

type FetchInit = NonNullable<Parameters<typeof fetch>[1]>;

function authorizePage(session: TestSession, parameters: Form = {}): URL {
  const url = new URL('https://x.com/i/oauth2/authorize');
  const { client_id = '' } = session.console();
  url.search = new URLSearchParams({
    ...{ response_type: 'code', client_id, redirect_uri: redirectUri, scope: allScopes, state: 'state' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    ...parameters,
  }).toString();
  return url;
}

function basicOf(session: TestSession): string {
  const { client_id = '', client_secret = '' } = session.console();
  return `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
}

async function requestToken(
  session: TestSession,
  form: Form,
  as: 'form' | 'json',
  authorization: string,
): Promise<Answer> {
  const type = as === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  const body = as === 'form' ? new URLSearchParams(form).toString() : JSON.stringify(form);
  const identified = authorization === '' ? {} : { authorization };
  const headers = { 'content-type': type, ...identified };
  return session.send('/2/oauth2/token', { method: 'POST', headers, body });
}

async function send({ network }: TestSession, path: string, init?: RequestInit): Promise<Answer> {
  const response = await network.fetch(`https://api.x.com${path}`, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: new Headers([...response.headers]),
    body: isJson ? JSON.parse(text) : text,
  };
}
