import { createSimulatedNetwork, type Clock } from '../network.ts';
import type { PlatformContext } from '../platform.ts';
import { startSimulators } from '../simulator-server.ts';

/** One answer of the script. A text body is sent as a web page, anything else as JSON. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request as it arrived, with its secrets: for the assertions of a test. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | null;
  readonly form: URLSearchParams;
}

/** A Google for one test: it gives the answers that the test wrote, in their order, whatever it is asked. */
export interface ScriptedGoogle {
  readonly seen: readonly SeenRequest[];
  answer(...answers: readonly ScriptedAnswer[]): void;
  context(about?: { scopes?: readonly string[]; now?: Date }): PlatformContext;
  /** Throws when an answer of the script was never asked for. */
  close(): Promise<void>;
}

const noon = new Date('2026-11-23T12:00:00.000Z');
const redirectUri = 'http://localhost:8422/callback';

/** Starts a scripted Google on loopback; unscripted requests are answered with 501. */
export async function startScriptedGoogle(): Promise<ScriptedGoogle> {
  const script: ScriptedAnswer[] = [];
  const seen: SeenRequest[] = [];
  const handle = async (request: Request): Promise<Response> => {
    const form = new URLSearchParams(await request.text());
    seen.push({
      method: request.method,
      url: new URL(request.url),
      authorization: request.headers.get('authorization'),
      form,
    });
    const answer = script.shift();
    if (answer === undefined) return new Response('no answer in the script', { status: 501 });
    return toResponse(answer);
  };
  const simulators = await startSimulators({
    port: 0,
    simulators: [
      {
        platform: 'youtube',
        hosts: ['oauth2.googleapis.com', 'youtube.googleapis.com', 'www.googleapis.com', 'accounts.google.com'],
        loggedParameters: [],
        create: () => ({ handle, accounts: () => null, setAccounts: () => null, answers: noAnswers }),
      },
    ],
  });
  const network = createSimulatedNetwork(simulators.url);
  return {
    seen,
    answer: (...answers) => script.push(...answers),
    context: ({ scopes = [], now = noon } = {}) => {
      const clock: Clock = { now: () => now };
      return { network, clock, redirectUri, scopes };
    },
    close: async () => {
      await network.close();
      await simulators.close();
      if (script.length > 0) throw new Error(`${script.length} answers of the script were never asked for.`);
    },
  };
}

function toResponse({ status, body, headers }: ScriptedAnswer): Response {
  const page = typeof body === 'string';
  const type = page ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  return new Response(page ? body : JSON.stringify(body), { status, headers: { 'content-type': type, ...headers } });
}

function noAnswers(): { steps: Record<string, never>; consent: { account: string } } {
  return { steps: {}, consent: { account: '' } };
}
