import { z } from 'zod';
import type { RunningSimulator, Simulator } from '../../../platforms/simulator.ts';

/** One use of a refresh token at the platform. */
export interface Presentation {
  readonly token: string;
  readonly accepted: boolean;
}

/** What the platform knows of all the grants that it ever gave: the truth that the connection is held against. */
export interface Ledger {
  readonly simulator: Simulator;
  /** How many consents the platform has turned into a grant. */
  grants(): number;
  /** By how many grants the one behind this refresh token was preceded; null: the platform never issued it. */
  grantOf(refreshToken: string): number | null;
  readonly presentations: readonly Presentation[];
  /** The newest refresh token never arrived: nobody can end it but the person. */
  readonly lostNewest: () => void;
  /** Refresh tokens that the platform still takes, found out by spending them. */
  spendLiving(): Promise<readonly Living[]>;
}

export interface Living {
  readonly token: string;
  readonly grant: number;
  readonly arrived: boolean;
}

const issued = z.object({ access_token: z.string(), refresh_token: z.string() });

/** Keeps a ledger at the token endpoint of a simulator. It changes nothing that is asked or answered. */
export function ledgerOf(base: Simulator): Ledger {
  const grants = new Map<string, number>();
  const presentations: Presentation[] = [];
  const lost = new Set<string>();
  let count = 0;
  let last: { running: RunningSimulator; request: Request } | null = null;
  const simulator: Simulator = {
    ...base,
    create: (surroundings) => {
      const running = base.create(surroundings);
      const handle = async (request: Request): Promise<Response> => {
        const form = await tokenForm(request);
        if (form === null) return running.handle(request);
        const kept = request.clone();
        const response = await running.handle(request);
        const answer = issued.safeParse(await response.clone().json()).data;
        const spent = form.get('refresh_token');
        if (spent === null) {
          if (answer !== undefined) grants.set(answer.refresh_token, count++);
          return response;
        }
        last = { running, request: kept };
        presentations.push({ token: spent, accepted: answer !== undefined });
        const grant = grants.get(spent);
        if (answer !== undefined && grant !== undefined) grants.set(answer.refresh_token, grant);
        return response;
      };
      return { ...running, handle };
    },
  };
  return {
    simulator,
    presentations,
    grants: () => count,
    lostNewest: () => {
      const newest = [...grants.keys()].at(-1);
      if (newest !== undefined) lost.add(newest);
    },
    grantOf: (token) => grants.get(token) ?? null,
    spendLiving: async () => {
      const living: Living[] = [];
      for (const [token, grant] of grants)
        if (last !== null && (await spend(last, token))) living.push({ token, grant, arrived: !lost.has(token) });
      return living;
    },
  };
}

/** The form of a call for tokens, whichever of the two platforms it is for. */
async function tokenForm(request: Request): Promise<URLSearchParams | null> {
  const isToken = /^\/(v2\/oauth\/token\/|2\/oauth2\/token)$/.test(new URL(request.url).pathname);
  return request.method === 'POST' && isToken ? new URLSearchParams(await request.clone().text()) : null;
}

/** The same call as an earlier one, with another token. */
async function spend(
  { running, request }: { readonly running: RunningSimulator; readonly request: Request },
  token: string,
): Promise<boolean> {
  const form = new URLSearchParams(await request.clone().text());
  form.set('refresh_token', token);
  const { url, headers } = request;
  const sent = new Headers(headers);
  sent.delete('content-length');
  const response = await running.handle(new Request(url, { method: 'POST', headers: sent, body: form.toString() }));
  return issued.safeParse(await response.json()).success;
}
