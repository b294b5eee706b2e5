import type { ConnectionFacts } from '../../../model/connection.ts';
import type { Session } from '../session.ts';
import { fine, wrong, type Finding, type Subject } from './finding.ts';

interface Examined {
  readonly session: Pick<Session, 'store'>;
  readonly facts: ConnectionFacts;
}

/** Looks at what the connection's row says of itself: its status, and how far the platform lets it go. */
export async function checkStatus(subject: Subject, { session, facts }: Examined): Promise<Finding> {
  const { status, statusReason, mode, modeReason, platform } = facts;
  const evidence = `${status}${statusReason === null ? '' : `: ${statusReason}`}; mode ${mode}`;
  if (status === 'needs_consent') {
    const cause = `The platform ended the grant (${statusReason ?? 'no reason given'}).`;
    const remedy = `Run: connector reconnect ${platform}${ownerOption(facts)}`;
    return wrong(subject, 'status', { evidence, cause, remedy, needsPerson: true });
  }
  const warning = { needsPerson: true, result: 'warning' } as const;
  if (status === 'pending') {
    const remedy = `Go on with: ${goOn(facts)}`;
    return wrong(subject, 'status', { evidence, cause: 'Its onboarding is not finished.', remedy, ...warning });
  }
  if (mode === 'live') return fine(subject, 'status', evidence);
  const cause = modeReason ?? 'The platform has not approved the app yet.';
  return wrong(subject, 'status', { evidence, cause, remedy: await modeRemedy(session, facts), ...warning });
}

/** The inbox where it holds something about this connection; else the steps once more, which keep what is known. */
async function modeRemedy({ store }: Pick<Session, 'store'>, facts: ConnectionFacts): Promise<string> {
  const [task] = await store.tasks.list({ connectionId: facts.id });
  if (task !== undefined) return `${task.title}. See: connector inbox${ownerOption(facts)}`;
  return `When that has changed, walk the steps again: ${goOn(facts)}`;
}

function goOn({ platform, owner, label }: ConnectionFacts): string {
  return `connector connect ${platform}${ownerOption({ owner })}${label === 'main' ? '' : ` --label ${label}`}`;
}

function ownerOption({ owner }: Pick<ConnectionFacts, 'owner'>): string {
  return owner === 'default' ? '' : ` --owner ${owner}`;
}
