import { contextFor, platformOf } from '../../../activities/platform-of.ts';
import type { ConnectionFacts } from '../../../model/connection.ts';
import { keeperId } from '../../../model/temporal-names.ts';
import { connectionState } from '../../../workflows/messages.ts';
import { startService } from '../../service.ts';
import type { Service } from '../../service.ts';
import type { Progress } from '../runner/bench.ts';
import { actionsOf } from './actions.ts';
import type { Action } from './actions.ts';
import { connect } from './connect.ts';
import { gapsOf } from './gaps.ts';
import type { Gap, TokenState } from './gaps.ts';
import { actOnInbox } from './person.ts';
import { readRowJournal, startRowJournal } from './row-journal.ts';
import type { Member, World } from './worlds.ts';

const dayMs = 24 * 3_600_000;
const redirectUri = 'http://localhost:8422/callback';

/** A connection and all that happened to it. */
export interface Life {
  readonly member: Member;
  readonly status: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly refreshes: number;
  readonly probes: number;
  /** How often the platform itself took the token that a reader would have got, asked daily while in use. */
  readonly proofs: number;
  readonly consents: number;
  /** How long before its deadline each task was opened; null: it had none. */
  readonly noticesMs: readonly (number | null)[];
  readonly gaps: readonly Gap[];
  /** What its keeper cost Temporal. */
  readonly actions: readonly Action[];
}

interface Living {
  readonly member: Member;
  readonly facts: ConnectionFacts;
  proofs: number;
  consents: number;
  readonly dead: TokenState[];
}

export interface Stay {
  readonly days: number;
  /** Reading the history of a connection in use takes a while. */
  readonly countActionsOf: 'idle' | 'all';
}

/** Two at a time: what one waits for, the other computes. */
const worldsAtOnce = 2;

/** Lives in several worlds, each with its own Temporal, Postgres and platforms. */
export async function liveInAll(worlds: readonly World[], stay: Stay, progress: Progress): Promise<readonly Life[]> {
  const left = [...worlds];
  const lives = new Map<World, readonly Life[]>();
  const liveOn = async (): Promise<void> => {
    for (let world = left.shift(); world !== undefined; world = left.shift()) {
      lives.set(world, await live(world, stay, progress));
    }
  };
  // All of them end before a failure is told: each stops its own Temporal.
  const ends = await Promise.allSettled(Array.from({ length: worldsAtOnce }, liveOn));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return worlds.flatMap((world) => lives.get(world) ?? []);
}

/** Connects everybody of a world through the simulated platforms, lets the days pass, and tells what happened. */
async function live(world: World, { days, countActionsOf }: Stay, progress: Progress): Promise<readonly Life[]> {
  const service = await startService('skipping');
  try {
    for (const [platform, settings] of Object.entries(world.settings)) {
      service.simulators.platforms.get(platform)?.setAccounts(settings);
    }
    await startRowJournal(service.database.admin);
    const fleet = await connectAll(service, world.members);
    progress(`${world.name}: ${fleet.length} connections, ${days} days`);
    const fromMs = await service.temporal.currentTimeMs();
    await passDays(service, fleet, fromMs + days * dayMs, (day) => {
      if (day % 30 === 0) progress(`${world.name}: day ${day}`);
    });
    const untilMs = await service.temporal.currentTimeMs();
    const lives: Life[] = [];
    for (const one of fleet) {
      const isCounted = countActionsOf === 'all' || !one.member.inUse;
      lives.push(await tell(service, one, { fromMs, untilMs, isCounted }));
    }
    return lives;
  } finally {
    await service.close();
  }
}

/** One after the other on a platform, because its settings are those of the member that is being connected. */
async function connectAll(service: Service, members: readonly Member[]): Promise<readonly Living[]> {
  const byPlatform = Map.groupBy(members, ({ platform }) => platform);
  const connecting = [...byPlatform.values()].map(async (ofPlatform) => {
    const connected: Living[] = [];
    for (const member of ofPlatform) {
      connected.push({ member, facts: await connect(service, member), proofs: 0, consents: 0, dead: [] });
    }
    return connected;
  });
  return (await Promise.all(connecting)).flat();
}

async function passDays(
  service: Service,
  fleet: readonly Living[],
  untilMs: number,
  dayPassed: (day: number) => void,
): Promise<void> {
  for (let day = 1; ; day += 1) {
    const nowMs = await service.temporal.currentTimeMs();
    if (nowMs >= untilMs) return;
    const wakeMs = Math.min(nowMs + dayMs, untilMs);
    await readUntil(service, fleet, wakeMs);
    await service.temporal.sleep(wakeMs - nowMs);
    const consented = await actOnInbox(service, wakeMs);
    for (const one of fleet) {
      one.consents += consented.filter((id) => id === one.facts.id).length;
      if (one.member.inUse) await prove(service, one, wakeMs);
    }
    dayPassed(day);
  }
}

/** Stands for a program that reads all day: what counts is the newest read, and Postgres notes it in real time. */
async function readUntil({ database }: Service, fleet: readonly Living[], untilMs: number): Promise<void> {
  const ids = fleet.filter(({ member }) => member.inUse).map(({ facts }) => facts.id);
  const text = 'update connector.platform_connections set last_read_at = to_timestamp($2 / 1000.0) where id = any ($1)';
  await database.admin.query(text, [ids, untilMs]);
}

/** Asks the platform about the token that a reader gets now; one that it does not take makes a gap. */
async function prove(service: Service, living: Living, nowMs: number): Promise<void> {
  const { member, facts } = living;
  const loaded = await service.store.connections.load(facts.id);
  if (loaded === null) throw new Error(`${member.platform}, ${member.profile} is gone.`);
  try {
    const context = contextFor({ ...service, redirectUri }, loaded.facts);
    await platformOf(service.platforms, member.platform).probe(loaded.credentials, context);
    living.proofs += 1;
  } catch {
    living.dead.push({ fromMs: nowMs, endsMs: nowMs });
  }
}

async function tell(
  service: Service,
  { member, facts: { id }, proofs, consents, dead }: Living,
  { fromMs, untilMs, isCounted }: { fromMs: number; untilMs: number; isCounted: boolean },
): Promise<Life> {
  const { client } = service.temporal;
  const { refreshes, probes, status } = await client.workflow.getHandle(keeperId(id)).query(connectionState);
  const notices = service.notices.filter(({ connectionId, at }) => connectionId === id && Date.parse(at) >= fromMs);
  const opened = notices.filter(({ type }) => type === 'task.opened');
  const ended = notices.filter(({ type }) => type === 'connection.needs_consent').map(({ at }) => Date.parse(at));
  const states = [
    ...(await readRowJournal(service.database.admin, id)),
    ...ended.map((atMs) => ({ fromMs: atMs, endsMs: atMs })),
    ...dead,
  ];
  return {
    ...{ member, status, fromMs, untilMs, refreshes, probes, proofs, consents },
    noticesMs: opened.map(({ at, detail: { dueAt = null } }) =>
      dueAt === null ? null : Date.parse(dueAt) - Date.parse(at),
    ),
    gaps: member.inUse ? gapsOf(states, fromMs, untilMs) : [],
    actions: isCounted ? await actionsOf(client, keeperId(id)) : [],
  };
}
