import { Hono } from 'hono';
import { ZodError, z } from 'zod';
import type { VirtualClock } from './simulator-clock.ts';
import type { FaultPlan } from './simulator-faults.ts';
import type { RequestLog } from './simulator-requests.ts';
import type { RunningSimulator } from './simulator.ts';

/** What the admin API shows and sets. */
export interface AdminSubjects {
  readonly clock: VirtualClock;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  readonly simulators: ReadonlyMap<string, RunningSimulator>;
  readonly hosts: Readonly<Record<string, readonly string[]>>;
}

class UnknownSimulator extends Error {
  constructor(platform: string, known: readonly string[]) {
    super(`No simulator for '${platform}'. There are: ${known.join(', ')}.`);
    this.name = 'UnknownSimulator';
  }
}

const hundredYearsMs = 100 * 366 * 86_400_000;
const clockMove = z.strictObject({ advanceMs: z.int().min(-hundredYearsMs).max(hundredYearsMs) });

const verdict = z.strictObject({ step: z.string(), decision: z.enum(['approved', 'rejected']) });

/**
 * The admin API, under `/_simulator/`. Requests from pages of other origins are refused: it shows the simulated app's
 * secret, and a web page must not be able to set faults. Bad input is answered with 400 and the reasons.
 */
export function createAdmin(subjects: AdminSubjects): Hono {
  const admin = new Hono();
  admin.use('*', async (context, next) => {
    const { origin } = new URL(context.req.url);
    const sender = context.req.header('origin');
    const isForeign = sender !== undefined && sender !== origin;
    if (isForeign || context.req.header('sec-fetch-site') === 'cross-site') {
      return context.json({ error: 'The admin API answers to its own origin only.' }, 403);
    }
    await next();
    return undefined;
  });
  admin.onError((error, context) => {
    if (error instanceof UnknownSimulator) return context.json({ error: error.message }, 400);
    if (error instanceof ZodError) return context.json({ error: z.prettifyError(error) }, 400);
    if (error instanceof SyntaxError) return context.json({ error: 'The body must be JSON.' }, 400);
    throw error;
  });
  admin.notFound((context) => context.json({ error: 'No such page; see /_simulator/.' }, 404));
  admin.get('/', (context) => context.redirect('/_simulator/'));
  admin.get('/_simulator', (context) => context.redirect('/_simulator/'));
  admin.get('/_simulator/', (context) => context.json(overview(subjects)));
  addRequests(admin, subjects);
  addFaults(admin, subjects);
  addClock(admin, subjects);
  addAccounts(admin, subjects);
  return admin;
}

function overview({ clock, faults, requests, hosts }: AdminSubjects): unknown {
  return {
    platforms: hosts,
    now: clock.now().toISOString(),
    faults: faults.list().length,
    requests: requests.list({}).length,
    see: ['requests', 'faults', 'clock', 'accounts/{platform}', 'answers/{platform}', 'reviews/{platform}'].map(
      (path) => `/_simulator/${path}`,
    ),
  };
}

function addRequests(admin: Hono, { requests }: AdminSubjects): void {
  admin.get('/_simulator/requests', (context) =>
    context.json(requests.list({ host: context.req.query('host'), path: context.req.query('path') })),
  );
  admin.delete('/_simulator/requests', (context) => {
    requests.clear();
    return context.body(null, 204);
  });
}

function addFaults(admin: Hono, { faults }: AdminSubjects): void {
  admin.get('/_simulator/faults', (context) => context.json(faults.list()));
  admin.post('/_simulator/faults', async (context) => context.json(faults.add(await context.req.json()), 201));
  admin.delete('/_simulator/faults', (context) => {
    faults.clear();
    return context.body(null, 204);
  });
}

function addClock(admin: Hono, { clock }: AdminSubjects): void {
  const reading = (): unknown => ({ now: clock.now().toISOString(), offsetMs: clock.offsetMs });
  admin.get('/_simulator/clock', (context) => context.json(reading()));
  admin.post('/_simulator/clock', async (context) => {
    clock.advance(clockMove.parse(await context.req.json()).advanceMs);
    return context.json(reading());
  });
}

function addAccounts(admin: Hono, { simulators }: AdminSubjects): void {
  const find = (platform: string): RunningSimulator => {
    const simulator = simulators.get(platform);
    if (simulator !== undefined) return simulator;
    throw new UnknownSimulator(platform, [...simulators.keys()]);
  };
  admin.get('/_simulator/accounts/:platform', (context) =>
    context.json(find(context.req.param('platform')).accounts()),
  );
  admin.post('/_simulator/accounts/:platform', async (context) =>
    context.json(find(context.req.param('platform')).setAccounts(await context.req.json())),
  );
  admin.post('/_simulator/reviews/:platform', async (context) => {
    const simulator = find(context.req.param('platform'));
    const { step, decision } = verdict.parse(await context.req.json());
    simulator.decide?.(step, decision);
    return context.json(simulator.accounts());
  });
  admin.get('/_simulator/answers/:platform', (context) => context.json(find(context.req.param('platform')).answers()));
}
