import type { ConnectionFacts } from '../../../model/connection.ts';
import { keeperId } from '../../../model/temporal-names.ts';
import { connectionState } from '../../../workflows/messages.ts';
import type { Session } from '../session.ts';
import { textOf } from './check-environment.ts';
import { fine, wrong, type Finding, type Subject } from './finding.ts';

interface Examined {
  readonly session: Pick<Session, 'temporal'>;
  readonly facts: ConnectionFacts;
}

const patienceMs = 3_000;

/** Asks Temporal whether somebody keeps the connection alive, and the keeper itself whether it is paused. */
export async function checkKeeper(subject: Subject, { session, facts }: Examined): Promise<Finding> {
  const workflowId = keeperId(facts.id);
  if (facts.status === 'pending') return fine(subject, 'keeper', 'not needed before the onboarding is finished');
  try {
    const client = await session.temporal();
    const handle = client.workflow.getHandle(workflowId);
    const { status } = await client.withDeadline(Date.now() + patienceMs, () => handle.describe());
    const evidence = `workflow ${workflowId} is ${status.name}`;
    if (status.name !== 'RUNNING') {
      const remedy =
        'The reconcile schedule starts it within minutes while a worker runs; a refresh by token works meanwhile.';
      return wrong(subject, 'keeper', { evidence, cause: 'Nobody keeps this connection alive.', remedy });
    }
    const { paused } = await client.withDeadline(Date.now() + patienceMs, () => handle.query(connectionState));
    if (!paused) return fine(subject, 'keeper', evidence);
    const cause = 'It is paused: nothing is refreshed ahead, only when a token is asked for.';
    const remedy = `Run: connector resume ${facts.platform}`;
    return wrong(subject, 'keeper', { evidence: `${evidence}, paused`, cause, remedy, result: 'warning' });
  } catch (error) {
    const remedy = 'See that Temporal and a worker run: connector up.';
    const cause = `The keeper ${workflowId} could not be asked.`;
    return wrong(subject, 'keeper', { evidence: textOf(error), cause, remedy });
  }
}
