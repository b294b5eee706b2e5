import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createInlineRefresh } from '../../../client/sdk/inline-refresh.ts';
import { newKey } from '../../store.ts';
import { consentTo, openPending, perform } from './consent-walk.ts';
import { answers } from './paced-platform.ts';
import type { Luck, RaceWorld } from './race-world.ts';
import type { Story } from './story.ts';

const luck: fc.Arbitrary<Luck> = fc.record({
  answer: fc.oneof({ arbitrary: fc.constant('prompt' as const), weight: 3 }, fc.constantFrom(...answers)),
  save: fc.oneof(
    { arbitrary: fc.constant('runs' as const), weight: 4 },
    fc.constantFrom('unreached' as const, 'unheard' as const),
  ),
});

const simple = (...kinds: readonly Exclude<Act['kind'], 'refresh' | 'inline'>[]): fc.Arbitrary<Act> =>
  fc.constantFrom(...kinds.map((kind) => ({ kind })));

/** What somebody does to the connection in a race. */
export type Act =
  | { readonly kind: 'refresh'; readonly why: 'due' | 'asked' | 'seen'; readonly luck: Luck }
  | { readonly kind: 'inline'; readonly luck: Luck }
  | {
      readonly kind: 'revoke' | 'remove access' | 'consent' | 'merge' | 'probe' | 'rotate keys' | 'copy' | 'end lease';
    };

const refresh: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('refresh' as const),
  why: fc.constantFrom('due' as const, 'asked' as const, 'seen' as const),
  luck,
});

const inline: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('inline' as const), luck });

/** Two to six at once, one of whom refreshes at least. */
export const acts: fc.Arbitrary<readonly Act[]> = fc
  .tuple(
    refresh,
    fc.array(
      fc.oneof(
        { arbitrary: fc.oneof(refresh, inline), weight: 4 },
        { arbitrary: simple('revoke', 'consent', 'end lease', 'end lease'), weight: 5 },
        { arbitrary: simple('remove access', 'merge', 'probe', 'rotate keys', 'copy'), weight: 3 },
      ),
      { minLength: 1, maxLength: 5, size: 'small' },
    ),
  )
  .map(([first, others]) => [first, ...others]);

/** Does it, to its end. */
export async function doAct(world: RaceWorld, story: Story, act: Act): Promise<void> {
  const { connectionId } = story;
  const { activities, turns, store } = world;
  switch (act.kind) {
    case 'refresh':
      return refreshAsWorker(world, story, act.why);
    case 'inline': {
      await createInlineRefresh(world.dependencies)(connectionId, story.startVersion);
      return;
    }
    case 'revoke':
      await perform(() => activities.revokeConnection({ connectionId }));
      story.revoked = true;
      return;
    case 'remove access':
      return turns.take('the person removes the app', () => removeAccess(world, story));
    case 'consent':
      return story.oneConsentAtATime(async () => {
        await consentTo(world, connectionId, 'main');
      });
    case 'merge':
      return story.oneConsentAtATime(async () => {
        const pendingId = await openPending(world, randomUUID());
        const survivor = await consentTo(world, pendingId, 'main');
        if (survivor === pendingId) story.others.add(pendingId);
      });
    case 'probe':
      await perform(() => activities.probeConnection({ connectionId }));
      return;
    case 'rotate keys':
      world.keys.unshift(newKey(`k${String(world.keys.length + 1)}`));
      await store.sealedFields.reseal();
      return;
    case 'copy':
      return copy(world, story);
    case 'end lease':
      return turns.take('the lease ends', async () => {
        if (await world.endLease(connectionId)) story.losses.add('a lease ended');
      });
  }
}

async function refreshAsWorker(world: RaceWorld, { connectionId, startVersion }: Story, why: string): Promise<void> {
  const { activities } = world;
  const seen = why === 'seen' ? { seenVersion: startVersion } : {};
  const outcome = await perform(() => activities.refreshConnection({ connectionId, force: why !== 'due', ...seen }));
  if (outcome.outcome === 'unsaved') await perform(() => activities.saveUnsaved(outcome.unsaved));
}

function removeAccess({ simulators, course }: RaceWorld, story: Story): Promise<void> {
  const running = simulators.platforms.get(course.platform.id);
  running?.setAccounts({ removeAccessOf: [running.answers().consent.account] });
  story.accessRemoved = true;
  return Promise.resolve();
}

/** What was taken out comes back as it was: it must change nothing. */
async function copy({ store, owner, course }: RaceWorld, story: Story): Promise<void> {
  const { copies } = await store.copies.take();
  for (const one of copies.filter((taken) => taken.owner === owner)) {
    const isNew = await store.copies.put(one, course.platform.readableFields);
    if (isNew) story.wrong.push(`An import brought ${one.id} back.`);
  }
}
