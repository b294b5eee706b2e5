import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { KeeperRequest, RefreshOutcome } from '../model/keeper.ts';
import { KeeperProgress } from './keeper-progress.ts';
import type { CarriedKeeper } from './keeper-progress.ts';
import { connectionState, pause, reconnected, refreshNow, resume, revoke, startAnew } from './messages.ts';
import type { RefreshAnswer, RefreshNow } from './messages.ts';
import { keeperPlatformActivities, localActivities } from './proxies.ts';
import { connectionStatusKey, ownerKey, platformKey } from './search-attributes.ts';

/**
 * Keeps one connection alive for ever.
 *
 * It sleeps until the nearest of refresh and probe, or until somebody says something; acts; reads from the outcome when
 * to act next. Its life: (inspect → sleep → refresh or probe)* → gone or revoked. While only a person can mend the
 * connection it sleeps without a timer, until `reconnected`. It continues as new when the server suggests it or
 * `startAnew` asks for it, with nothing but counters: what is true of the connection stands in Postgres.
 */
export async function keepConnection(request: KeeperRequest, carried?: CarriedKeeper): Promise<void> {
  const keeper = new KeeperProgress(request, carried);
  handleMessages(keeper);
  upsertSearchAttributes([
    { key: platformKey, value: request.platform },
    { key: ownerKey, value: request.owner },
  ]);
  const { connectionId } = request;
  const platform = keeperPlatformActivities(request.platform);

  for (;;) {
    if (keeper.revoking) {
      await platform.revokeConnection({ connectionId });
      keeper.ended('revoked');
      break;
    }
    if (keeper.mustInspect) {
      keeper.inspected(await localActivities.inspectConnection({ connectionId }));
    } else if (keeper.wanted !== null || keeper.isRefreshDue()) {
      await refresh(keeper, await platform.refreshConnection(keeper.takeRefreshRequest()));
    } else if (keeper.isProbeDue() && keeper.isExpired()) {
      // An idle connection's access token is dead by design: only a refresh can prove that the grant lives.
      await refresh(keeper, await platform.refreshConnection({ connectionId, force: true }));
    } else if (keeper.isProbeDue()) {
      keeper.probed(await platform.probeConnection({ connectionId }));
    } else if (keeper.isReminderDue()) {
      keeper.reminded(await localActivities.remindPerson({ connectionId }));
    } else {
      await sleepUntilDue(keeper);
    }
    if (keeper.isGone) break;
    announceStatus(keeper);
    if ((workflowInfo().continueAsNewSuggested || keeper.startsAnew) && keeper.isQuiet()) {
      await condition(allHandlersFinished);
      if (keeper.isQuiet()) await continueAsNew<typeof keepConnection>(request, keeper.carry());
    }
  }
  announceStatus(keeper);
  await condition(allHandlersFinished);
}

async function refresh(keeper: KeeperProgress, outcome: RefreshOutcome): Promise<void> {
  if (outcome.outcome !== 'unsaved') {
    keeper.refreshed(outcome);
    return;
  }
  // Postgres was away when the platform answered. The sealed answer is in this history now, so nothing can lose it;
  // saving it is tried for as long as Postgres takes to come back.
  keeper.saved(await localActivities.saveUnsaved(outcome.unsaved));
}

async function sleepUntilDue(keeper: KeeperProgress): Promise<void> {
  const waitMs = keeper.msUntilDue();
  const woken = (): boolean => keeper.isWoken();
  if (waitMs === null) await condition(woken);
  else await condition(woken, waitMs);
}

/** Written only when it changed: every upsert is an event in the history. */
function announceStatus(keeper: KeeperProgress): void {
  const status = keeper.unannouncedStatus();
  if (status !== null) upsertSearchAttributes([{ key: connectionStatusKey, value: status }]);
}

function handleMessages(keeper: KeeperProgress): void {
  setHandler(connectionState, () => keeper.state());
  setHandler(reconnected, () => {
    keeper.reconnect();
  });
  setHandler(revoke, () => {
    keeper.revoking = true;
  });
  setHandler(startAnew, () => {
    keeper.startsAnew = true;
  });
  setHandler(pause, () => {
    keeper.pause(true);
  });
  setHandler(resume, () => {
    keeper.pause(false);
  });
  // Optional, because a person at the `temporal` CLI sends none.
  setHandler(refreshNow, async (request?: RefreshNow): Promise<RefreshAnswer> => {
    const ticket = keeper.want(request?.seenVersion);
    await condition(() => ticket.answer !== null || keeper.isGone);
    return ticket.answer ?? { outcome: 'gone', expiresAt: null, cause: null, remedy: null };
  });
}
