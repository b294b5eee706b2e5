import { setTimeout as sleep } from 'node:timers/promises';
import { refreshConnection } from '../../activities/refresh-connection.ts';
import { saveUnsaved } from '../../activities/save-unsaved.ts';
import type { RefreshDependencies } from '../../activities/dependencies.ts';
import type { RefreshOutcome, UnsavedGrant } from '../../model/keeper.ts';
import type { InlineRefresh, RefreshResult } from './refresh-once.ts';

/** How long an answer that Postgres did not take is kept in memory and offered again. */
const saveForMs = 5 * 60_000;

/** The refresh without Temporal: the same code, lease and compare-and-swap that a keeper's activity uses. */
export function createInlineRefresh(dependencies: RefreshDependencies): InlineRefresh {
  return async (connectionId, seenVersion) => {
    const outcome = await refreshConnection(dependencies, { connectionId, force: true, seenVersion });
    if (outcome.outcome === 'unsaved') return saveLater(dependencies, outcome.unsaved);
    return resultOf(outcome);
  };
}

/** A rotated token exists nowhere but here until it is saved, so this insists for as long as makes sense. */
async function saveLater(dependencies: RefreshDependencies, unsaved: UnsavedGrant): Promise<RefreshResult> {
  const deadline = Date.now() + saveForMs;
  for (let pauseMs = 100; Date.now() < deadline; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      const saved = await saveUnsaved(dependencies, unsaved);
      if (saved === null) return answer('gone', null);
      return answer(saved.isOurs ? 'refreshed' : 'not_due', saved.facts.expiresAt);
    } catch {
      await sleep(pauseMs);
    }
  }
  return {
    ...answer('failed', null),
    cause: 'The platform gave new tokens, but Postgres could not be written for five minutes.',
    remedy: 'Bring Postgres back; if the platform then refuses the old refresh token, its owner agrees once more.',
  };
}

function resultOf(outcome: Exclude<RefreshOutcome, { outcome: 'unsaved' }>): RefreshResult {
  switch (outcome.outcome) {
    case 'refreshed':
    case 'not_due':
      return answer(outcome.outcome, outcome.facts.expiresAt);
    case 'held':
      return { ...answer('held', null), retryAt: outcome.until };
    case 'gone':
      return answer('gone', null);
    case 'failed': {
      const { failure, facts } = outcome;
      const { cause, remedy } = failure;
      return { ...answer('failed', facts.expiresAt), cause, remedy, retryAt: failure.retryAt ?? null };
    }
  }
}

function answer(outcome: RefreshResult['outcome'], expiresAt: string | null): RefreshResult {
  return { outcome, expiresAt, cause: null, remedy: null, retryAt: null };
}
