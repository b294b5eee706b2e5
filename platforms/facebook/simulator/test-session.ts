import { z } from 'zod';
import { createSimulatedNetwork, type Network } from '../../network.ts';
import { visitConsentPage, type ConsentVisit } from '../../simulated-person.ts';
import { startSimulators, type Simulators } from '../../simulator-server.ts';
import { simulator } from './index.ts';

export const redirectUri = 'http://localhost:8422/callback';
export const everyScope =
  'pages_show_list,pages_read_engagement,pages_manage_posts,business_management,instagram_basic,instagram_content_publish';

const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.number().optional(),
});

const debugAnswer = z.object({ data: z.record(z.string(), z.unknown()) });

const accountList = z.object({
  data: z.array(z.looseObject({ id: z.string(), access_token: z.string().optional() })),
  paging: z.object({ cursors: z.object({ after: z.string() }), next: z.string().optional() }).optional(),
});

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

type Form = Readonly<Record<string, string>>;

/** An app and a person at the simulated Meta, over real connections, at noon UTC of 23 November 2026. */
export interface TestSession {
  readonly simulators: Simulators;
  readonly network: Network;
  readonly app: { readonly client_id: string; readonly client_secret: string };
  set(changes: unknown): void;
  advanceSeconds(seconds: number): void;
  /** The person at the consent page; returns where the browser ended, which nobody serves. */
  visit(parameters?: Form, visit?: ConsentVisit): Promise<{ url: URL; status: number; text: string }>;
  consent(parameters?: Form, visit?: ConsentVisit): Promise<string>;
  /** A call of the Graph API by its path with the version. */
  graph(path: string, token?: string, call?: { method?: string; form?: Form }): Promise<Answer>;
  exchange(code: string, form?: Form): Promise<Answer>;
  /** A short-lived user token. */
  shortToken(visit?: ConsentVisit): Promise<string>;
  longToken(short?: string): Promise<string>;
  /** Of the first Page, derived from the user token given. */
  pageToken(userToken: string): Promise<{ id: string; token: string }>;
  debug(token: string): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

/** The token in a successful answer; throws what came instead. */
export function tokenOf(answer: Answer): string {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return tokenAnswer.parse(answer.body).access_token;
}

/** The Pages in a successful answer, with their paging. */
export function pagesOf(answer: Answer): z.infer<typeof accountList> {
  return accountList.parse(answer.body);
}

/** Starts a simulated Meta of its own. */
export async function openTestSession(options: { stateFile?: string } = {}): Promise<TestSession> {
  const clock = { now: () => new Date('2026-11-23T12:00:00Z') };
  const simulators = await startSimulators({ port: 0, simulators: [simulator], clock, redirectUri, ...options });
  const network = createSimulatedNetwork(simulators.url);
  const running = simulators.platforms.get('facebook');
  const { app_id = '', app_secret = '' } = running?.answers().steps['app-credentials'] ?? {};
  const app = { client_id: app_id, client_secret: app_secret };
  const session: TestSession = {
    simulators,
    network,
    app,
    set: (changes) => void running?.setAccounts(changes),
    advanceSeconds: (seconds) => simulators.clock.advance(seconds * 1_000),
    visit: (parameters, visit) => visitDialog(session, parameters, visit),
    consent: async (parameters, visit) => {
      const { url } = await visitDialog(session, parameters, visit);
      return z.string().parse(url.searchParams.get('code'));
    },
    graph: (path, token, call) => send(network, path, token, call),
    exchange: (code, form) =>
      session.graph('/v25.0/oauth/access_token', undefined, {
        method: 'POST',
        form: { ...app, redirect_uri: redirectUri, code, ...form },
      }),
    shortToken: async (visit) => tokenOf(await session.exchange(await session.consent({}, visit))),
    longToken: async (short) => {
      const fb_exchange_token = short ?? (await session.shortToken());
      const form = { ...app, grant_type: 'fb_exchange_token', fb_exchange_token };
      return tokenOf(await session.graph('/v25.0/oauth/access_token', undefined, { method: 'POST', form }));
    },
    pageToken: async (userToken) => {
      const [page] = pagesOf(await session.graph('/v25.0/me/accounts?fields=id,access_token', userToken)).data;
      return { id: page?.id ?? '', token: page?.access_token ?? '' };
    },
    debug: async (token) => {
      const query = new URLSearchParams({ input_token: token }).toString();
      const answer = await session.graph(`/v25.0/debug_token?${query}`, `${app_id}|${app_secret}`);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return debugAnswer.parse(answer.body).data;
    },
    close: async () => {
      await network.close();
      await simulators.close();
    },
  };
  return session;
}

async function visitDialog(
  { app, network }: TestSession,
  parameters: Form = {},
  visit: ConsentVisit = {},
): Promise<{ url: URL; status: number; text: string }> {
  const url = new URL('https://www.facebook.com/v25.0/dialog/oauth');
  const asked = {
    client_id: app.client_id,
    redirect_uri: redirectUri,
    scope: everyScope,
    state: 'state-1',
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

async function send(
  network: Network,
  path: string,
  token: string | undefined,
  { method = 'GET', form }: { method?: string; form?: Form } = {},
): Promise<Answer> {
  const response = await network.fetch(`https://graph.facebook.com${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  return { status: response.status, headers: new Headers([...response.headers]), body: await response.json() };
}
