import { localActivities } from './proxies.ts';

/**
 * Brings rows and keepers together again: starts the keeper of every live row that has none, closes tasks that no longer
 * hold. Runs on a schedule.
 */
export async function reconcile(): Promise<{ started: number; closed: number }> {
  return localActivities.reconcileConnections();
}
