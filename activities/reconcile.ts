import type { ReconcileActivities } from '../workflows/ports.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { needsConsentCause } from './needs-person.ts';
import { taskKey } from './open-task.ts';

/** The activity behind `reconcile`: rows and keepers may drift apart when Temporal was restored, or lost. */
export function reconcileActivities({ store, keepers }: ActivityDependencies): ReconcileActivities {
  return {
    reconcileConnections: async () => {
      const live = await store.connections.list({ statuses: ['active', 'needs_consent'] });
      const running = await keepers.running();
      let started = 0;
      for (const facts of live) {
        // Visibility lags behind: a keeper that it does not list may run, and `ensure` leaves such a one alone.
        if (!running.has(facts.id) && (await keepers.ensure(facts))) started += 1;
      }
      let closed = 0;
      for (const task of await store.tasks.list()) {
        const facts = live.find((one) => one.id === task.connectionId);
        if (task.connectionId === null || facts?.status !== 'active') continue;
        if (task.dedupeKey !== taskKey(facts.id, needsConsentCause)) continue;
        closed += await store.tasks.close({
          connectionId: facts.id,
          dedupeKey: task.dedupeKey,
          because: 'active again',
        });
      }
      return { started, closed };
    },
  };
}
