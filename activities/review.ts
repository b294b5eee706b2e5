import type { StepOutcome } from '../model/portal-step.ts';
import type { ReviewStep } from '../model/portal-step.ts';
import type { StoredConnection } from '../store/store.ts';
import type { ReviewAct } from '../workflows/ports.ts';
import type { RefreshDependencies } from './dependencies.ts';
import { openTask, taskKey } from './open-task.ts';

/** What the inbox shows for each moment in the life of a review; null closes its task. */
export async function noteReviewTask(
  dependencies: RefreshDependencies,
  { facts }: StoredConnection,
  step: ReviewStep,
  act: ReviewAct,
): Promise<StepOutcome> {
  const cause = `review-${step.id}`;
  const close = (because: string): Promise<number> =>
    dependencies.store.tasks.close({ connectionId: facts.id, dedupeKey: taskKey(facts.id, cause), because });
  const open = (title: string, why: string): Promise<void> =>
    openTask(dependencies, facts, { cause, title, why, link: step.link, dueAt: null });
  switch (act.event) {
    case 'opened':
      await open(step.title, `Everything to hand in is prepared: connector onboarding ${facts.platform} shows it.`);
      break;
    case 'submitted':
      await close('submitted');
      break;
    case 'rejected':
      await open(
        `${step.title}: rejected, hand it in again`,
        `The reviewers said: ${act.reason ?? 'nothing'}. Mend that, submit again, then say that it is submitted.`,
      );
      break;
    case 'overdue':
      await open(
        `${step.title}: no answer for ${step.remindAfterDays} days`,
        'Look at the portal: reviewers sometimes ask there and wait. Then signal appReviewDecided with what they say.',
      );
      break;
    case 'approved':
      await close('approved');
  }
  return { outcome: 'done' };
}
