import { setTimeout as sleep } from 'node:timers/promises';
import { leaseMs } from '../../../activities/refresh-connection.ts';
import type { ConnectionFacts } from '../../../model/connection.ts';
import { keeperId } from '../../../model/temporal-names.ts';
import { systemClock } from '../../../platforms/network.ts';
import { platform } from '../../../platforms/tiktok/index.ts';
import { connectionState, refreshNow } from '../../../workflows/messages.ts';
import type { Progress } from '../runner/bench.ts';
import { redirectUri } from '../faults/consent.ts';
import type { Rig } from '../faults/rig.ts';
import type { Trial } from './trials.ts';

/** `intact`: the platform takes its tokens · `toldLost`: said as what it is, with a task in the inbox · else silently lost. */
export type Verdict = 'intact' | 'toldLost' | 'silentlyLost';

export interface Verdicts extends Readonly<Record<Verdict, number>> {
  readonly byPlace: Readonly<Record<string, Partial<Record<Verdict, number>>>>;
  /** Saves that a kill at `afterHandover` undid: none, or the window would not end there. */
  readonly undoneHandovers: number;
  /** From the last kill until nothing was left open. */
  readonly settledMs: number;
}

const settleWithinMs = 150_000;
const inboxWithinMs = 5_000;
const atOnce = 8;

// No attempt under way, none in doubt, and at least one made.
const selectOpen = `
  select c.id from unnest($1::uuid[]) as trial(id)
  join connector.platform_connections c on c.id = trial.id
  left join lateral (
    select true as made, a.outcome from connector.refresh_attempts a
    where a.connection_id = c.id order by a.id desc limit 1
  ) newest on true
  where newest.made is null or newest.outcome is null or c.lease_until > clock_timestamp()`;

/** Lets a worker mend what can be mended, then asks the platform about every connection. */
export async function judgeTrials(rig: Rig, trials: readonly Trial[], progress: Progress): Promise<Verdicts> {
  const worker = await rig.worker();
  await worker.go();
  const startedMs = Date.now();
  await untilSettled(rig, trials, progress);
  const settledMs = Date.now() - startedMs;
  const total: Record<Verdict, number> = { intact: 0, toldLost: 0, silentlyLost: 0 };
  const byPlace: Record<string, Partial<Record<Verdict, number>>> = {};
  let undoneHandovers = 0;
  const left = [...trials];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let trial = left.pop(); trial !== undefined; trial = left.pop()) {
        const verdict = await judgeConnection(rig, trial.facts);
        const place = (byPlace[trial.at] ??= {});
        place[verdict] = (place[verdict] ?? 0) + 1;
        total[verdict] += 1;
        // What it recovers from may be killed again by a later trial, so this asks for the first refresh alone.
        if (trial.at === 'afterHandover' && !(await isFirstSaved(rig, trial.facts))) undoneHandovers += 1;
        if (verdict === 'silentlyLost')
          progress(`silently lost, killed ${trial.at}: ${await traceOf(rig, trial.facts)}`);
      }
    }),
  );
  await worker.stop();
  return { ...total, byPlace, undoneHandovers, settledMs };
}

async function isFirstSaved({ store }: Rig, { id }: Pick<ConnectionFacts, 'id'>): Promise<boolean> {
  return (await store.refreshes.history(id, 100)).at(-1)?.outcome === 'saved';
}

async function openOnes({ admin }: Rig, ids: readonly string[]): Promise<{ id: string }[]> {
  return (await admin.query<{ id: string }>(selectOpen, [ids])).rows;
}

async function untilSettled(rig: Rig, trials: readonly Trial[], progress: Progress): Promise<void> {
  const ids = trials.map(({ facts }) => facts.id);
  const deadline = Date.now() + settleWithinMs;
  for (let round = 0; Date.now() < deadline; round += 1) {
    const open = await openOnes(rig, ids);
    if (open.length === 0) return;
    if (round % 10 === 0) progress(`settling: ${String(open.length)} connections are still open`);
    await sleep(1_000);
  }
  // Whatever is still open then is judged as it stands.
  for (const { id } of await openOnes(rig, ids)) progress(`still open: ${await traceOf(rig, { id })}`);
}

/** What stands in the books about a connection; for whoever looks into a loss. */
export async function traceOf({ store, client }: Rig, { id }: Pick<ConnectionFacts, 'id'>): Promise<string> {
  const facts = await store.connections.facts(id);
  const attempts = await store.refreshes.history(id, 10);
  const keeper = await client.workflow.getHandle(keeperId(id)).query(connectionState);
  return JSON.stringify({ id, status: facts?.status, reason: facts?.statusReason, attempts, recent: keeper.recent });
}

/** What became of one connection, by the platform's own word. */
export async function judgeConnection(rig: Rig, { id }: Pick<ConnectionFacts, 'id'>): Promise<Verdict> {
  const facts = await rig.store.connections.facts(id);
  if (facts?.status === 'needs_consent') {
    return facts.statusReason === 'lost_rotation' && (await isInInbox(rig, id)) ? 'toldLost' : 'silentlyLost';
  }
  return (await isAccepted(rig, id)) && (await isRenewable(rig, id)) ? 'intact' : 'silentlyLost';
}

/** The task follows the status by a moment. */
async function isInInbox({ store }: Rig, connectionId: string): Promise<boolean> {
  for (const deadline = Date.now() + inboxWithinMs; Date.now() < deadline;) {
    const tasks = await store.tasks.list({ connectionId });
    if (tasks.some(({ link }) => link !== null)) return true;
    await sleep(50);
  }
  return false;
}

async function isAccepted({ store, network }: Rig, id: string): Promise<boolean> {
  const loaded = await store.connections.load(id);
  if (loaded?.facts.status !== 'active') return false;
  const context = { network, clock: systemClock, redirectUri, scopes: loaded.facts.scopes };
  return platform.probe(loaded.credentials, context).then(
    () => true,
    () => false,
  );
}

/** A refresh token proves itself only by being spent; a lease that somebody died with is waited for. */
async function isRenewable({ client }: Rig, id: string): Promise<boolean> {
  const keeper = client.workflow.getHandle(keeperId(id));
  for (const deadline = Date.now() + leaseMs; ;) {
    const { outcome } = await keeper.executeUpdate(refreshNow, { args: [{}] });
    if (outcome !== 'held' || Date.now() > deadline) return outcome === 'refreshed';
    await sleep(500);
  }
}
