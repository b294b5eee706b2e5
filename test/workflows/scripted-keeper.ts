import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionFacts } from '../../model/connection.ts';
import type { Failure } from '../../model/failure.ts';
import type { Inspection, RefreshOutcome, UnsavedGrant } from '../../model/keeper.ts';
import { nextRefreshAt } from '../../model/refresh-policy.ts';
import type { KeeperActivities, RefreshRequest } from '../../workflows/ports.ts';

const hourMs = 3_600_000;

/**
 * A platform and a database in a few variables, on the server's clock, for what is about the workflow alone: when it
 * acts and what it does with each outcome. The real activities are tested against real ones elsewhere.
 */
export class ScriptedKeeper {
  lifetimeMs = hourMs;
  inUse = true;
  failure: Failure | null = null;
  unsavedOnce = false;
  databaseDownTimes = 0;
  revoked = false;
  heldOnce = false;
  refreshes: Date[] = [];
  requests: RefreshRequest[] = [];
  saves = 0;
  probes = 0;
  #obtainedAt: Date | null = null;
  #version = 1;

  now(): Date {
    return new Date(Context.current().info.currentAttemptScheduledTimestampMs);
  }

  inspectConnection = async (): Promise<Inspection | null> => Promise.resolve(this.revoked ? null : this.#inspect());

  refreshConnection = async (request: RefreshRequest): Promise<RefreshOutcome> => {
    this.requests.push(request);
    const inspection = this.#inspect();
    if (this.revoked) return Promise.resolve({ outcome: 'gone' });
    if (request.seenVersion !== undefined && request.seenVersion !== this.#version) {
      return Promise.resolve({ outcome: 'not_due', ...inspection });
    }
    const { refreshAt } = inspection.schedule;
    if (!request.force && (refreshAt === null || Date.parse(refreshAt) > this.now().getTime())) {
      return Promise.resolve({ outcome: 'not_due', ...inspection });
    }
    if (this.heldOnce) {
      this.heldOnce = false;
      return Promise.resolve({ outcome: 'held', until: new Date(this.now().getTime() + 30_000).toISOString() });
    }
    if (this.failure !== null) return Promise.resolve({ outcome: 'failed', failure: this.failure, ...inspection });
    this.refreshes.push(this.now());
    this.#obtainedAt = this.now();
    this.#version += 1;
    if (this.unsavedOnce) {
      this.unsavedOnce = false;
      return Promise.resolve({ outcome: 'unsaved', unsaved: { ...unsavedGrant, connectionId: request.connectionId } });
    }
    return Promise.resolve({ outcome: 'refreshed', ...this.#inspect() });
  };

  saveUnsaved = async (): Promise<Inspection | null> => {
    if (this.databaseDownTimes > 0) {
      this.databaseDownTimes -= 1;
      throw ApplicationFailure.create({ type: 'transient', message: 'Postgres is away.' });
    }
    this.saves += 1;
    return Promise.resolve(this.#inspect());
  };

  probeConnection = async (): Promise<{ outcome: 'alive' } & Inspection> => {
    this.probes += 1;
    return Promise.resolve({ outcome: 'alive', ...this.#inspect() });
  };

  revokeConnection = async (): Promise<void> => {
    this.revoked = true;
    return Promise.resolve();
  };

  #inspect(): Inspection {
    const now = this.now();
    this.#obtainedAt ??= now;
    const obtainedAt = this.#obtainedAt;
    const expiresAt = new Date(obtainedAt.getTime() + this.lifetimeMs);
    const dead = this.failure?.kind === 'needs_consent';
    const usedAt = this.inUse ? now : new Date(0);
    const policy = { kind: 'stable', idleRefreshEveryMs: 7 * 24 * hourMs, probeEveryMs: 7 * 24 * hourMs } as const;
    const refreshAt = nextRefreshAt({ obtainedAt, expiresAt, refreshExpiresAt: null, usedAt }, policy, now, 0);
    const probeAt = new Date(Math.max(obtainedAt.getTime(), now.getTime()) + policy.probeEveryMs);
    return {
      facts: { ...facts, status: dead ? 'needs_consent' : 'active', expiresAt: expiresAt.toISOString() },
      schedule: {
        remindAt: null,
        refreshAt: dead ? null : (refreshAt?.toISOString() ?? null),
        probeAt: dead ? null : probeAt.toISOString(),
      },
    };
  }
}

/** The activities of many keepers, each answered by the script of its connection. */
export function scriptedActivities(scripts: ReadonlyMap<string, ScriptedKeeper>): KeeperActivities {
  const of = (connectionId: string): ScriptedKeeper => {
    const script = scripts.get(connectionId);
    if (script === undefined) throw ApplicationFailure.nonRetryable(`No script for ${connectionId}`);
    return script;
  };
  return {
    inspectConnection: (act) => of(act.connectionId).inspectConnection(),
    refreshConnection: (act) => of(act.connectionId).refreshConnection(act),
    saveUnsaved: (act) => of(act.connectionId).saveUnsaved(),
    probeConnection: (act) => of(act.connectionId).probeConnection(),
    remindPerson: (act) => of(act.connectionId).inspectConnection(),
    revokeConnection: (act) => of(act.connectionId).revokeConnection(),
  };
}

const facts: ConnectionFacts = {
  id: '3b241101-e2bb-4255-8caf-4136c566a962',
  owner: 'default',
  platform: 'youtube',
  label: 'main',
  accountId: 'UC1',
  accountName: 'A channel',
  status: 'active',
  statusReason: null,
  mode: 'live',
  modeReason: null,
  scopes: [],
  expiresAt: null,
  refreshExpiresAt: null,
  consentExpiresAt: null,
  nextRefreshAt: null,
  lastRefreshAt: null,
  lastReadAt: null,
  lastProbeAt: null,
  createdAt: '2026-11-23T00:00:00.000Z',
  version: 1,
};

const unsavedGrant: UnsavedGrant = {
  connectionId: facts.id,
  version: 1,
  attemptId: '1',
  obtainedAt: '2026-11-23T00:00:00.000Z',
  credentials: { access_token: 'sealed:v1:k1:AAAA' },
  scopes: null,
  expiresAt: null,
  refreshExpiresAt: null,
  consentExpiresAt: null,
};
