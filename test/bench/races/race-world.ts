import { randomUUID } from 'node:crypto';
import { createActivities, type Activities, type ActivityDependencies } from '../../../activities/index.ts';
import { createSimulatedNetwork, systemClock } from '../../../platforms/network.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { startSimulators, type Simulators } from '../../../platforms/simulator-server.ts';
import type { Simulator } from '../../../platforms/simulator.ts';
import { platform as tiktok } from '../../../platforms/tiktok/index.ts';
import { simulator as tiktokSimulator } from '../../../platforms/tiktok/simulator/index.ts';
import { platform as twitter } from '../../../platforms/twitter/index.ts';
import { simulator as twitterSimulator } from '../../../platforms/twitter/simulator/index.ts';
import type pg from 'pg';
import { createStore, followKeyRing, type Store } from '../../../store/index.ts';
import { newKey } from '../../store.ts';
import { publicUrl, redirectUri } from '../faults/consent.ts';
import { createFlight } from './flight.ts';
import { ledgerOf, type Ledger } from './ledger.ts';
import { takeDeadlines } from './deadlines.ts';
import { pacedPlatform, type Answer } from './paced-platform.ts';
import { pacedPool, type Fate } from './paced-pool.ts';
import { acting, Turns } from './turns.ts';

/** A platform with single-use refresh tokens, and what has to be arranged for a race at it. */
interface Course {
  readonly platform: Platform;
  readonly simulator: Simulator;
  readonly host: string;
  readonly path: string;
  /** Whether any of its tokens ends the whole grant; otherwise each must be ended by itself. */
  readonly endsWhole: boolean;
  /** What its simulated app must be like. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export const courses = {
  tiktok: {
    ...{ platform: tiktok, simulator: tiktokSimulator, host: 'open.tiktokapis.com', path: '/v2/oauth/token/' },
    endsWhole: true,
    settings: { review: 'approved' },
  },
  x: {
    ...{ platform: twitter, simulator: twitterSimulator, host: 'api.x.com', path: '/2/oauth2/token' },
    endsWhole: false,
    settings: { method: 'oauth2' },
  },
} as const satisfies Readonly<Record<string, Course>>;
export type CourseName = keyof typeof courses;

/** How it goes for one actor: the answer to its first refresh, and the fate of the first save of it. */
export interface Luck {
  readonly answer: Answer;
  readonly save: Fate;
}

/** The database that races are run on, one after another. */
export interface Ground {
  /** Of the worker's role. */
  readonly pool: pg.Pool;
  /** Of the owner. */
  readonly admin: pg.Pool;
}

/** Everything of one race: one owner's connection at one platform, on a real Postgres and over real HTTP. */
export interface RaceWorld {
  readonly course: Course;
  readonly owner: string;
  readonly turns: Turns;
  readonly ledger: Ledger;
  readonly simulators: Simulators;
  readonly ground: Ground;
  /** Every statement and every call of these is a turn. */
  readonly store: Store;
  /** The same rows without turns, for whoever looks on. */
  readonly lookOn: Store;
  readonly activities: Activities;
  readonly dependencies: ActivityDependencies;
  /** The ring as it is now, newest first. */
  readonly keys: ReturnType<typeof newKey>[];
  readonly luck: Map<string, Luck>;
  /** Calls to the platform that overlapped although no lease had ended. */
  readonly overlaps: string[];
  /** The lease of whoever refreshes ends now; false: nobody has one. */
  endLease(connectionId: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens it; the first key of the ring seals, and others may be put before it. */
export async function openRaceWorld(ground: Ground, name: CourseName): Promise<RaceWorld> {
  const course: Course = courses[name];
  const owner = randomUUID();
  const turns = new Turns();
  const flight = createFlight();
  const ledger = ledgerOf(course.simulator);
  const simulators = await startSimulators({ port: 0, redirectUri, simulators: [ledger.simulator] });
  simulators.platforms.get(course.platform.id)?.setAccounts(course.settings);
  const network = createSimulatedNetwork(simulators.url);
  const keys = [newKey('k1')];
  let ring = [...keys];
  const keyRing = followKeyRing(() => (ring.length === keys.length && ring[0] === keys[0] ? ring : (ring = [...keys])));
  const luck = new Map<string, Luck>();
  const deadlines = takeDeadlines();
  const pool = pacedPool(ground.pool, turns, (statement) => {
    if (statement.startsWith('connector_take_lease')) flight.took();
    return spendLuck(luck, 'save', statement);
  });
  const store = createStore({ pool, keyRing });
  const calls = {
    nextAnswer: () => spendLuck(luck, 'answer', null),
    addFault: (fault: object) => {
      simulators.faults.clear();
      simulators.faults.add({ host: course.host, path: course.path, times: 1, ...fault });
    },
    passDeadline: deadlines.pass,
    lost: ledger.lostNewest,
    began: flight.began,
    ended: flight.ended,
  };
  const dependencies: ActivityDependencies = {
    ...{ store, network, clock: systemClock, publicUrl, redirectUri },
    platforms: new Map([[course.platform.id, pacedPlatform(course.platform, turns, calls)]]),
    keepers: { reconnected: () => Promise.resolve(), ensure: () => Promise.resolve(false), running: noKeepers },
    postNotice: () => Promise.resolve(),
  };
  return {
    ...{ course, turns, ledger, simulators, ground, store, dependencies, keys, luck, overlaps: flight.overlaps },
    owner,
    lookOn: createStore({ pool: ground.pool, keyRing }),
    activities: createActivities(dependencies),
    endLease: async (connectionId) => {
      const text = `update connector.platform_connections set lease_until = clock_timestamp() - interval '1 ms'
        where id = $1 and lease_until is not null`;
      const { rowCount } = await ground.admin.query(text, [connectionId]);
      if (rowCount === 1) flight.leaseEnded();
      return rowCount === 1;
    },
    close: async () => {
      deadlines.restore();
      await ground.admin.query('delete from connector.platform_connections where owner = $1', [owner]);
      await network.close();
      await simulators.close();
    },
  };
}

const noKeepers = (): Promise<ReadonlySet<string>> => Promise.resolve(new Set());
const lucky: Luck = { answer: 'prompt', save: 'runs' };

/** Bad luck strikes once: the first refresh, or the first save of one. */
function spendLuck<Part extends keyof Luck>(luck: Map<string, Luck>, part: Part, statement: string | null): Luck[Part] {
  const actor = acting.getStore() ?? '';
  const mine = luck.get(actor);
  if (mine === undefined || (statement !== null && !statement.startsWith('connector_save_refresh'))) return lucky[part];
  luck.set(actor, { ...mine, [part]: lucky[part] });
  return mine[part];
}
