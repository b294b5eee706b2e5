import { createHash } from 'node:crypto';
import type { StoredConnection } from '../../../store/store.ts';
import { perform } from './consent-walk.ts';
import type { RaceWorld } from './race-world.ts';
import { lateAndAway, type Story } from './story.ts';

/** What is wrong with the connection when all is quiet again and one last refresh has run; empty: every promise held. */
export async function judgeRace(world: RaceWorld, story: Story): Promise<readonly string[]> {
  const { activities, lookOn, keys } = world;
  const { connectionId } = story;
  world.simulators.faults.clear();
  await world.endLease(connectionId);
  await lookOn.sealedFields.reseal();
  // From here on only the newest key is there.
  keys.splice(1);
  const before = await lookOn.connections.facts(connectionId);
  if (before?.status === 'active' && before.nextRefreshAt === null)
    story.wrong.push('It waits without a next refresh.');
  const outcome = await perform(() => activities.refreshConnection({ connectionId, force: true }));
  const stored = await lookOn.connections.load(connectionId);
  if (stored === null) return ['The connection is gone.'];
  const { status } = stored.facts;
  const wrong = [...story.wrong, ...world.overlaps, ...(await judgeJournal(world, connectionId))];
  if (story.revoked && status !== 'revoked') wrong.push(`It was revoked and is ${status}.`);
  if (status === 'active') wrong.push(...(await judgeActive(world, story, stored, outcome.outcome)));
  if (status === 'needs_consent') wrong.push(...(await judgeNeedsConsent(world, story, stored)));
  if (status === 'revoked') wrong.push(...(await judgeRevoked(world, story, stored)));
  return wrong;
}

async function judgeActive(
  { ledger, lookOn, course, dependencies }: RaceWorld,
  { others }: Story,
  { facts, credentials }: StoredConnection,
  outcome: string,
): Promise<string[]> {
  const wrong: string[] = [];
  if (outcome !== 'refreshed') wrong.push(`It is active, and the last refresh was ${outcome}.`);
  const proof = course.platform.probe(credentials, { ...dependencies, scopes: facts.scopes });
  await proof.catch(() => wrong.push('The platform does not take its access token.'));
  const grant = ledger.grantOf(credentials['refresh_token'] ?? '');
  if (others.size === 0 && grant !== ledger.grants() - 1)
    wrong.push(`It has grant ${String(grant)} of ${String(ledger.grants())}: a newer one was lost.`);
  if (facts.nextRefreshAt === null) wrong.push('It is active without a next refresh.');
  const tasks = await lookOn.tasks.list({ connectionId: facts.id });
  if (tasks.some(({ dedupeKey }) => dedupeKey.endsWith('/needs_consent')))
    wrong.push('It is active, and a person is asked to reconnect it.');
  return wrong;
}

async function judgeNeedsConsent(
  { ledger, lookOn, course }: RaceWorld,
  { accessRemoved, revoked, losses, others }: Story,
  { facts, credentials }: StoredConnection,
): Promise<string[]> {
  const wrong: string[] = [];
  const token = course.platform.refreshToken(credentials) ?? '';
  const living = await ledger.spendLiving();
  const isKept = others.size === 0 && !losses.has(lateAndAway);
  if (isKept && living.some(({ grant, arrived }) => arrived && grant === ledger.grants() - 1))
    wrong.push('It needs consent, and what the platform gave last arrived and works.');
  if (living.some((one) => one.token === token))
    wrong.push(`It needs consent (${String(facts.statusReason)}), and its refresh token works.`);
  if (facts.statusReason === 'lost_rotation') {
    if (losses.size === 0) wrong.push('It has lost a rotation, and no answer was lost.');
  } else if (!accessRemoved && !revoked) {
    wrong.push(`It needs consent (${String(facts.statusReason)}), and nobody took the permission away.`);
  }
  const tasks = await lookOn.tasks.list({ connectionId: facts.id });
  if (!tasks.some(({ dedupeKey }) => dedupeKey.endsWith('/needs_consent'))) wrong.push('It needs consent in silence.');
  return wrong;
}

async function judgeRevoked(
  { ledger, lookOn, ground, course }: RaceWorld,
  { others, losses }: Story,
  { facts, credentials }: StoredConnection,
): Promise<string[]> {
  const wrong: string[] = [];
  const secrets = Object.keys(credentials).filter((field) => /secret|^access_token$|^refresh_token$/.test(field));
  if (secrets.length > 0) wrong.push(`It is revoked and still holds ${secrets.join(', ')}.`);
  if ((await lookOn.tasks.list({ connectionId: facts.id })).length > 0)
    wrong.push('It is revoked and asks for a person.');
  const { rows } = await ground.admin.query(
    `select from connector.consent_requests where connection_id = $1 and verifier <> ''`,
    [facts.id],
  );
  if (rows.length > 0) wrong.push('It is revoked, and a consent to it is open.');
  // A grant that a newer one has replaced lives on at the platform: to end it there might end the newer one too.
  const living = (await ledger.spendLiving()).filter(
    ({ grant, arrived }) => grant === ledger.grants() - 1 && (arrived || course.endsWhole),
  );
  if (others.size === 0 && living.length > 0 && !losses.has(lateAndAway))
    wrong.push('It is revoked, and the platform still takes its newest grant.');
  return wrong;
}

async function judgeJournal({ ledger, ground }: RaceWorld, connectionId: string): Promise<string[]> {
  const { rows } = await ground.admin.query<{ fingerprint: string; outcome: string | null }>(
    'select fingerprint, outcome from connector.refresh_attempts where connection_id = $1 order by id',
    [connectionId],
  );
  const wrong = rows.some(({ outcome }) => outcome === null) ? ['An attempt was never closed.'] : [];
  for (const [token, uses] of Map.groupBy(ledger.presentations, (one) => one.token)) {
    const print = createHash('sha256').update(token).digest('base64url').slice(0, 16);
    const attempts = rows.filter(({ fingerprint }) => fingerprint === print);
    // All but the last must have been known to be in doubt when the token was sent once more.
    const doubts = attempts
      .slice(0, -1)
      .filter(({ outcome }) => outcome !== null && !/^needs_consent|^lost/.test(outcome));
    if (uses.length > doubts.length + 1) wrong.push(`A single-use token was sent ${String(uses.length)} times.`);
  }
  return wrong;
}
