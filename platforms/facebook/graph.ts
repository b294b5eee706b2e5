import type { z } from 'zod';
import type { PlatformContext } from '../platform.ts';
import { appsecretProof } from './appsecret-proof.ts';
import type { AppCredentials } from './credentials.ts';
import { GraphError } from './graph-error.ts';
import { graphVersion } from './graph-version.ts';

// Shorter than any lease of a refresh, so that a hanging call ends while the lease is still ours.
const callTimeoutMs = 15_000;

type Parameters = Readonly<Record<string, string>>;

/** One call of the Graph API. */
export interface GraphCall {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Without host and version: `me/accounts`. */
  readonly path: string;
  readonly query?: Parameters;
  /** Sent as a form. */
  readonly form?: Parameters;
  /** Absent where the app proves itself by its secret in the form. */
  readonly token?: string;
}

/** The Graph API for one app: every call carries its token in a header, and the proof that fits that token. */
export interface Graph {
  /** The body of a success that fits the schema. Throws GraphError, or what the network threw. */
  call<Answer>(call: GraphCall, schema: z.ZodType<Answer>): Promise<Answer>;
}

/** Opens the Graph API for an app. */
export function openGraph(app: AppCredentials, context: PlatformContext): Graph {
  return {
    call: async (call, schema) => {
      const response = await send(app, call, context);
      const headers = new Headers([...response.headers]);
      const body = parseJson(await response.text());
      const answer = response.ok ? schema.safeParse(body) : undefined;
      if (answer?.success !== true) throw new GraphError(response.status, headers, body);
      return answer.data;
    },
  };
}

/** The token with which an app speaks for itself. (2026-11-23) [C] */
export function appToken(app: AppCredentials): string {
  return `${app.app_id}|${app.app_secret}`;
}

function send(
  app: AppCredentials,
  call: GraphCall,
  context: PlatformContext,
): ReturnType<typeof context.network.fetch> {
  const url = new URL(`https://graph.facebook.com/${graphVersion}/${call.path}`);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  if (call.token !== undefined) url.searchParams.set('appsecret_proof', appsecretProof(app.app_secret, call.token));
  return context.network.fetch(url, {
    method: call.method ?? 'GET',
    headers: { accept: 'application/json', ...(call.token !== undefined && { authorization: `Bearer ${call.token}` }) },
    ...(call.form === undefined ? {} : { body: new URLSearchParams(call.form) }),
    // A redirect would carry the token elsewhere.
    redirect: 'error',
    signal: AbortSignal.timeout(callTimeoutMs),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
