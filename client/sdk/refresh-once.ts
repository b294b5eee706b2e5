import type { Remedy } from '../../model/failure.ts';
import type { Clock } from '../../platforms/network.ts';
import { isDatabaseAway } from '../../store/index.ts';
import type { StoredConnection } from '../../store/store.ts';
import type { RefreshAnswer } from '../../workflows/messages.ts';
import type { Orchestration } from './orchestration.ts';

/** What came of a refresh; `retryAt` (ISO 8601) when it is known from when on another attempt makes sense. */
export interface RefreshResult extends RefreshAnswer {
  readonly retryAt: string | null;
}

/** Refreshes a connection in this process if it still has that version. */
export type InlineRefresh = (connectionId: string, seenVersion: number) => Promise<RefreshResult>;

/** Refreshes connections: at most one attempt at a time for each in this process, however many ask. */
export interface Refresher {
  /** `insist`: also when an attempt failed a moment ago. */
  refresh(stored: StoredConnection, options?: { insist?: boolean }): Promise<RefreshResult>;
}

export interface RefreshRoutes {
  /** Temporal, opened when it is first needed; null: there is none. */
  readonly orchestration: (() => Promise<Orchestration>) | null;
  /** The refresh in this process, when Temporal is away; null without a database role that may write. */
  readonly inline: InlineRefresh | null;
  readonly clock: Clock;
}

/** An unreachable Temporal is left alone for this long, so that not every read waits for it. */
const avoidTemporalMs = 10_000;
/** A failed refresh of the same version is not tried again earlier, unless the platform named a time. */
const afterFailureMs = 5_000;

/** The first route is the keeper of the connection, the second a refresh in this process under the same lease. */
export function createRefresher(routes: RefreshRoutes): Refresher {
  const running = new Map<string, Promise<RefreshResult>>();
  const failed = new Map<
    string,
    { readonly version: number; readonly result: RefreshResult; readonly untilMs: number }
  >();
  const keeper = createKeeperRoute(routes);

  const inline = async (id: string, version: number): Promise<RefreshResult> => {
    if (routes.inline === null) return failedResult(noRoute);
    try {
      return await routes.inline(id, version);
    } catch (error) {
      const what = error instanceof Error ? error.message : 'unknown error';
      const cause = `The refresh could not be done (${what}).`;
      const result = failedResult({ cause, remedy: 'Run: connector doctor.' });
      // Only the way to Postgres was lost, which says nothing about the next try: whoever waits looks again.
      return isDatabaseAway(error) ? { ...result, outcome: 'held' } : result;
    }
  };

  const attempt = async (stored: StoredConnection): Promise<RefreshResult> => {
    const { id, version } = stored.facts;
    const result = (await keeper(stored)) ?? (await inline(id, version));
    failed.delete(id);
    if (result.outcome !== 'failed') return result;
    const untilMs =
      result.retryAt === null ? routes.clock.now().getTime() + afterFailureMs : Date.parse(result.retryAt);
    failed.set(id, { version, result: { ...result, retryAt: new Date(untilMs).toISOString() }, untilMs });
    return result;
  };

  return {
    refresh: (stored, options = {}) => {
      const { id, version } = stored.facts;
      const before = failed.get(id);
      const isRemembered = before?.version === version && routes.clock.now().getTime() < before.untilMs;
      if (isRemembered && options.insist !== true) return Promise.resolve(before.result);
      const current = running.get(id);
      if (current !== undefined) return current;
      const started = attempt(stored).finally(() => running.delete(id));
      running.set(id, started);
      return started;
    },
  };
}

/** Asks the connection's keeper; null when nobody answers there. */
function createKeeperRoute(routes: RefreshRoutes): (stored: StoredConnection) => Promise<RefreshResult | null> {
  let avoidUntilMs = 0;
  return async (stored) => {
    if (routes.orchestration === null || Date.now() < avoidUntilMs) return null;
    const { id, version } = stored.facts;
    try {
      const orchestration = await routes.orchestration();
      const answer = await orchestration.refresh({
        connectionId: id,
        updateId: updateIdOf(stored),
        seenVersion: version,
      });
      return { ...answer, retryAt: null };
    } catch (error) {
      // No keeper for this one connection says nothing about the others.
      const isAway = !(error instanceof Error && error.name === 'NoWorkflowError');
      if (isAway) avoidUntilMs = Date.now() + avoidTemporalMs;
      return null;
    }
  };
}

/**
 * The same in every process that saw this version in the same ten seconds of the database's clock, so that a storm
 * costs one refresh. Not the version alone: Temporal answers a known id from memory, and a failure would stick.
 */
function updateIdOf({ facts, readAt }: StoredConnection): string {
  return `refresh-${facts.version}-${Math.floor(Date.parse(readAt) / 10_000)}`;
}

const noRoute: Remedy = {
  cause: 'Temporal cannot be reached, and this process has no database role that may refresh by itself.',
  remedy: 'Start the worker and Temporal (connector up), or set DATABASE_URL_WORKER.',
};

function failedResult({ cause, remedy }: Remedy): RefreshResult {
  return { outcome: 'failed', expiresAt: null, cause, remedy, retryAt: null };
}
