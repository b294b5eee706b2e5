import type { ConnectionFacts } from '../../../model/connection.ts';
import { needsPerson } from '../../../model/failure.ts';
import { capabilities } from '../../../model/platform.ts';
import type { Network } from '../../../platforms/network.ts';
import { systemClock } from '../../../platforms/network.ts';
import type { Platform, PlatformContext } from '../../../platforms/platform.ts';
import type { StoredConnection } from '../../../store/store.ts';
import { formatInstant } from '../../format-instant.ts';
import type { Session } from '../session.ts';
import { textOf } from './check-environment.ts';
import { checkKeeper } from './check-keeper.ts';
import { checkStatus } from './check-status.ts';
import { fine, wrong, type Finding, type Subject } from './finding.ts';

export interface Examination {
  readonly session: Session;
  readonly platform: Platform;
  readonly network: Network;
  readonly facts: ConnectionFacts;
}

/** Looks at one connection: what is stored, what the platform says, and who keeps it alive. */
export async function checkConnection(examination: Examination): Promise<Finding[]> {
  const { session, facts } = examination;
  const subject: Subject = { platform: facts.platform, connectionId: facts.id };
  const askedAt = Date.now();
  let stored: StoredConnection | null;
  try {
    stored = await session.store.connections.load(facts.id);
  } catch (error) {
    const cause =
      'The stored secrets cannot be opened: a key is missing in the key ring, or the row was changed by hand.';
    const remedy = 'Put the missing key back (CONNECTOR_KEY_RING, or secrets.json of the environment); else reconnect.';
    return [wrong(subject, 'credentials', { evidence: textOf(error), cause, remedy })];
  }
  if (stored === null) return [];
  const findings = [
    fine(subject, 'credentials', `${String(Object.keys(stored.credentials).length)} fields open with the key ring`),
    checkClock(subject, stored.readAt, (askedAt + Date.now()) / 2),
    checkScopes(subject, examination, stored),
    ...checkEnds(subject, facts),
  ];
  const [status, probed, kept, own] = await Promise.all([
    checkStatus(subject, examination),
    probe(subject, examination, stored),
    checkKeeper(subject, examination),
    askPlatform(subject, examination, stored),
  ]);
  // The platform's folder may know the reason of the mode too: it is told once.
  const further = own.filter(({ cause }) => cause === null || cause !== facts.modeReason);
  return [...findings, status, probed, kept, ...further];
}

/** What the platform's own folder looks at: asset links, quotas, the app's standing. */
async function askPlatform(subject: Subject, examination: Examination, stored: StoredConnection): Promise<Finding[]> {
  const { platform, facts } = examination;
  if (platform.examine === undefined || facts.status !== 'active') return [];
  try {
    const found = await platform.examine(stored.credentials, contextOf(examination));
    return found.map(({ check, ok, evidence, remedy }) =>
      ok || remedy === undefined ? fine(subject, check, evidence) : wrong(subject, check, { evidence, ...remedy }),
    );
  } catch (error) {
    const { code, cause, remedy } = platform.diagnose(error, systemClock.now());
    return [wrong(subject, 'platform', { evidence: `${platform.name} answered ${code}`, cause, remedy })];
  }
}

function contextOf({ session, network, facts }: Examination): PlatformContext {
  const redirectUri = new URL('/callback', session.settings.publicUrl).href;
  return { network, clock: systemClock, redirectUri, scopes: facts.scopes };
}

function checkClock(subject: Subject, databaseAt: string, hereMs: number): Finding {
  const skewMs = Math.round(hereMs - Date.parse(databaseAt));
  const evidence = `this machine is ${String(Math.abs(skewMs))} ms ${skewMs < 0 ? 'behind' : 'ahead of'} the database`;
  if (Math.abs(skewMs) < 5_000) return fine(subject, 'clock', evidence);
  const cause =
    'Clocks disagree: tokens may look fresh when they are not, and X refuses signatures that are minutes off.';
  return wrong(subject, 'clock', {
    evidence,
    cause,
    remedy: 'Set the clock by NTP on both machines.',
    result: 'warning',
  });
}

function checkScopes(subject: Subject, { platform, facts }: Examination, { credentials }: StoredConnection): Finding {
  const can = platform.capabilities(facts.scopes, credentials);
  const cannot = capabilities.filter((capability) => !can.includes(capability));
  const evidence = `can ${can.join(', ') || 'do nothing'}${cannot.length === 0 ? '' : `; cannot ${cannot.join(', ')}`}`;
  // In mode `manual` a person posts: what is missing is told as the reason of the mode.
  if (can.includes('post') || facts.status === 'pending' || facts.mode === 'manual')
    return fine(subject, 'scopes', evidence);
  const cause = `It may not post: granted were ${facts.scopes.join(', ') || 'no scopes'}.`;
  const remedy = `Run: connector reconnect ${platform.id}, and leave everything ticked.`;
  return wrong(subject, 'scopes', { evidence, cause, remedy, needsPerson: true });
}

const soonMs = 14 * 86_400_000;

function checkEnds(subject: Subject, facts: ConnectionFacts): Finding[] {
  const now = systemClock.now();
  const refresh =
    facts.nextRefreshAt === null ? 'no refresh is planned' : `next refresh ${formatInstant(facts.nextRefreshAt, now)}`;
  const evidence = `access token expires ${formatInstant(facts.expiresAt, now)}; ${refresh}`;
  const isDead = facts.status === 'active' && facts.expiresAt !== null && Date.parse(facts.expiresAt) < now.getTime();
  const cause = 'The access token has expired and was not refreshed yet.';
  const remedy = `connector token ${facts.platform} refreshes it now and says why, if it cannot.`;
  const findings = [
    isDead
      ? wrong(subject, 'expiry', { evidence, cause, remedy, result: 'warning' })
      : fine(subject, 'expiry', evidence),
  ];
  for (const [name, at] of [
    ['refresh token', facts.refreshExpiresAt],
    ['consent', facts.consentExpiresAt],
  ] as const) {
    if (at === null || Date.parse(at) - now.getTime() > soonMs) continue;
    const ends = {
      evidence: `the ${name} ends ${formatInstant(at, now)}`,
      cause: `The ${name} ends soon, and only consent gives a new one.`,
    };
    findings.push(
      wrong(subject, 'expiry', {
        ...ends,
        remedy: `Run: connector reconnect ${facts.platform}`,
        needsPerson: true,
        result: 'warning',
      }),
    );
  }
  return findings;
}

async function probe(subject: Subject, examination: Examination, { credentials }: StoredConnection): Promise<Finding> {
  const { platform, facts } = examination;
  if (facts.status === 'pending') return fine(subject, 'probe', 'not asked: nothing was granted yet');
  try {
    await platform.probe(credentials, contextOf(examination));
    return fine(subject, 'probe', `${platform.name} took the credentials`);
  } catch (error) {
    const { kind, code, cause, remedy } = platform.diagnose(error, systemClock.now());
    const person = needsPerson(kind) || kind === 'app_rejected';
    return wrong(subject, 'probe', {
      evidence: `${platform.name} answered ${code} (${kind})`,
      cause,
      remedy,
      needsPerson: person,
    });
  }
}
