import type { ConnectionFacts } from '../../../model/connection.ts';
import type { Act } from './acts.ts';
import { acting } from './turns.ts';
import { doAct } from './acts.ts';
import { consentTo, openPending } from './consent-walk.ts';
import type { RaceWorld } from './race-world.ts';

/** What has happened to a connection in a race, as far as nobody but those who did it can tell. */
export interface Story {
  readonly connectionId: string;
  readonly startVersion: number;
  /** Somebody has disconnected it, and was told so. */
  revoked: boolean;
  /** The person has removed the app at the platform. */
  accessRemoved: boolean;
  /** How an answer of the platform may have been lost. */
  readonly losses: Set<string>;
  /** Rows that became connections of their own. */
  readonly others: Set<string>;
  /** Promises that were broken on the way. */
  readonly wrong: string[];
  /** There is one person, who agrees to one thing at a time. */
  oneConsentAtATime(consent: () => Promise<void>): Promise<void>;
}

/** A connection that is due, and everything that is known of it before the race. */
export async function beginStory(world: RaceWorld): Promise<Story> {
  const pendingId = await openPending(world, 'main');
  const connectionId = await consentTo(world, pendingId, 'main');
  if (connectionId === null) throw new Error('The connection could not be made.');
  await world.ground.admin.query(
    `update connector.platform_connections set expires_at = now() + interval '1 minute', last_refresh_at = now() - interval '2 hours'
     where id = $1`,
    [connectionId],
  );
  const facts = await factsOf(world, connectionId);
  let consents = Promise.resolve();
  return {
    connectionId,
    startVersion: facts.version,
    ...{ revoked: false, accessRemoved: false },
    ...{ losses: new Set<string>(), others: new Set<string>(), wrong: [] },
    oneConsentAtATime: (consent) => {
      const mine = consents.then(consent);
      consents = mine.catch(() => undefined);
      return mine;
    },
  };
}

/**
 * Nobody waits for an answer after its deadline any more, so one that Postgres cannot take then is lost, and told as such;
 * of a connection that was revoked meanwhile it lives on at the platform until its time is over.
 */
export const lateAndAway = 'a late answer met no Postgres';

/** Each act as somebody who does it, with the luck that it was given. */
export function actorsOf(world: RaceWorld, story: Story, acts: readonly Act[]): (() => Promise<void>)[] {
  return acts.map((act, index) => {
    const name = `${act.kind} ${String(index + 1)}`;
    if ('luck' in act) world.luck.set(name, act.luck);
    if ('luck' in act && ['unheard', 'silent', 'late', 'busy', 'unreached'].includes(act.luck.answer)) {
      story.losses.add(`an answer was ${act.luck.answer}`);
    }
    if ('luck' in act && act.luck.answer === 'late' && act.luck.save !== 'runs') story.losses.add(lateAndAway);
    return () => acting.run(name, () => doAct(world, story, act));
  });
}

/** Looks at the row after each turn: its version grows with its secrets, and its end is its end. */
export function watchRow(world: RaceWorld, story: Story): () => Promise<void> {
  let before: { readonly facts: ConnectionFacts; readonly secrets: string } | null = null;
  return async () => {
    const loaded = await world.lookOn.connections.load(story.connectionId);
    if (loaded === null) throw new Error('The connection is gone.');
    const { facts, credentials } = loaded;
    const secrets = JSON.stringify([credentials['access_token'], credentials['refresh_token']]);
    if (before !== null) {
      const turn = world.turns.trace.at(-1) ?? '';
      if (facts.version < before.facts.version) story.wrong.push(`The version fell (${turn}).`);
      if (secrets !== before.secrets && facts.version === before.facts.version)
        story.wrong.push(`The secrets changed and the version did not (${turn}).`);
      if (before.facts.status === 'revoked' && facts.status !== 'revoked')
        story.wrong.push(`A revocation was overwritten (${turn}).`);
    }
    before = { facts, secrets };
  };
}

async function factsOf({ lookOn }: RaceWorld, id: string): Promise<ConnectionFacts> {
  const facts = await lookOn.connections.facts(id);
  if (facts === null) throw new Error(`The connection ${id} is gone.`);
  return facts;
}
