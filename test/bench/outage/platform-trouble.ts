import { setTimeout as sleep } from 'node:timers/promises';
import { ask, dueConnection, readOnce, rowOf, untilRecovered } from './scene.ts';
import type { Row, Scene } from './scene.ts';

const tokenEndpoint = { host: 'open.tiktokapis.com', path: '/v2/oauth/token/' };

interface Answer {
  readonly fault: string;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** What a platform in trouble answers in place of tokens. */
export const answers: readonly Answer[] = [
  { fault: 'platform answers 500', answer: { status: 500, body: { error: 'server_error' } } },
  { fault: 'platform answers 429', answer: { status: 429, headers: { 'retry-after': '2' }, body: {} } },
  { fault: 'platform answers HTML', answer: { status: 200, body: '<html><body>Back soon</body></html>' } },
  {
    fault: 'platform answers 200 with an error',
    answer: { status: 200, body: { error: 'temporarily_unavailable', error_description: 'Busy.', log_id: '1' } },
  },
];

/** The platform answers so for a while; the stored token is read on, and the keeper comes back by itself. */
export async function answersInstead(scene: Scene, { fault, answer }: Answer): Promise<Row> {
  const { rig, outageMs } = scene;
  const { facts, keeper } = await dueConnection(scene, fault.replaceAll(' ', '-'));
  rig.simulators.faults.add({ ...tokenEndpoint, ...answer, times: 1_000 });
  const asked = await ask(keeper);
  const read = await readOnce(scene, facts);
  await sleep(outageMs);
  rig.simulators.faults.clear();
  const recoverMs = await untilRecovered(scene, facts);
  const row = await rowOf(scene, facts, { fault, seen: `the refresh ${asked}; reads: ${read}`, recoverMs });
  return { ...row, lost: row.lost + (read === 'token' ? 0 : 1) };
}

interface Silence {
  readonly fault: string;
  readonly silence: Readonly<Record<string, unknown>>;
}

/** Ways in which a call gets no answer; the first two leave the token alive, the others may have spent it. */
export const silences: readonly Silence[] = [
  { fault: 'connection cut before the request arrived', silence: { drop: 'before' } },
  { fault: 'platform never answers', silence: { delayMs: 60_000, drop: 'before' } },
  { fault: 'connection cut after the request was acted on', silence: { drop: 'after' } },
  { fault: 'platform slower than whoever asked is patient', silence: { delayMs: 25_000 } },
  { fault: 'platform slower than the lease', silence: { delayMs: 36_000 } },
];

/** One call gets no answer. A refresh token is never under way twice at a time, and a loss is told as what it is. */
export async function staysSilent(scene: Scene, { fault, silence }: Silence): Promise<Row> {
  const { rig, worker } = scene;
  const { facts, keeper } = await dueConnection(scene, fault.replaceAll(' ', '-'));
  const toldBefore = worker.told.length;
  rig.simulators.faults.add({ ...tokenEndpoint, ...silence, times: 1 });
  const asked = await ask(keeper);
  const read = await readOnce(scene, facts);
  const recoverMs = await untilRecovered(scene, facts);
  // What is under way at a slow platform is acted on in the end, and must change nothing.
  if (typeof silence['delayMs'] === 'number' && silence['drop'] === undefined) await sleep(8_000);
  const together = underWayTogether(worker.told.slice(toldBefore));
  const seen = `the refresh ${asked}; reads: ${read}; calls with one token at a time: ${String(together)}`;
  const row = await rowOf(scene, facts, { fault, seen, recoverMs });
  return { ...row, lost: row.lost + (read === 'token' ? 0 : 1) + (together > 1 ? 1 : 0) };
}

/** How many calls with the same refresh token were open at a time, at most. */
function underWayTogether(told: Scene['worker']['told']): number {
  const open = new Map<string, number>();
  let most = 0;
  for (const message of told) {
    if (message.kind !== 'call') continue;
    const now = (open.get(message.token) ?? 0) + (message.state === 'open' ? 1 : -1);
    open.set(message.token, now);
    most = Math.max(most, now);
  }
  return most;
}
