import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionFacts } from '../../model/connection.ts';
import type { Failure, FailureKind } from '../../model/failure.ts';
import type { Inspection } from '../../model/keeper.ts';
import type { Step } from '../../model/portal-step.ts';
import type { KeeperActivities, NoticeActivities, OnboardingActivities } from '../../workflows/ports.ts';

type Ports = KeeperActivities & OnboardingActivities & NoticeActivities;
type Answer<Name extends keyof Ports> = Awaited<ReturnType<Ports[Name]>>;

/** What the activities answer for one connection, in turn, at the instant at which they are asked. */
export type Script = { readonly [Name in keyof Ports]?: ((now: Date) => Answer<Name>)[] };

/** How far an onboarding can come that nothing goes wrong with. */
export interface ScriptedOnboarding {
  readonly steps: readonly Step[];
}

const options = [
  { id: 'one', name: 'One' },
  { id: 'other', name: 'Other' },
];

/** Activities that answer by the script of their connection; where that says nothing, all is well. */
export function scriptedActivities(scripts: ReadonlyMap<string, Script>, { steps }: ScriptedOnboarding): Ports {
  const take = <Name extends keyof Ports>(id: string, name: Name, usual: () => Answer<Name>): Promise<Answer<Name>> => {
    const next = scripts.get(id)?.[name]?.shift();
    return Promise.resolve(next === undefined ? usual() : next(serverTime()));
  };
  const unscripted = (): never => {
    throw ApplicationFailure.nonRetryable('The script ends here.');
  };
  const done = { outcome: 'done' } as const;
  return {
    inspectConnection: ({ connectionId: id }) => take(id, 'inspectConnection', unscripted),
    refreshConnection: ({ connectionId: id }) => take(id, 'refreshConnection', unscripted),
    saveUnsaved: ({ connectionId: id }) => take(id, 'saveUnsaved', unscripted),
    probeConnection: ({ connectionId: id }) => take(id, 'probeConnection', unscripted),
    remindPerson: ({ connectionId: id }) => take(id, 'remindPerson', unscripted),
    revokeConnection: () => Promise.resolve(),
    openOnboarding: ({ owner: connectionId }) =>
      Promise.resolve({
        connectionId,
        steps,
        startAt: steps[0]?.id ?? '',
        consentLink: 'http://localhost/',
        known: [],
      }),
    completePortalStep: ({ connectionId: id }) => take(id, 'completePortalStep', () => done),
    completeConsent: ({ connectionId: id }) => take(id, 'completeConsent', () => done),
    listOptions: () => Promise.resolve(options),
    chooseOption: ({ connectionId: id }) => take(id, 'chooseOption', () => done),
    runAutomaticStep: ({ connectionId: id }) => take(id, 'runAutomaticStep', () => done),
    completeOnboarding: ({ connectionId: id }) =>
      take(id, 'completeOnboarding', () => ({ outcome: 'connected', facts, consentLink: 'http://localhost/' })),
    noteReview: ({ connectionId: id, event }) =>
      event === 'approved' ? take(id, 'noteReview', () => done) : Promise.resolve(done),
    abandonOnboarding: () => Promise.resolve(),
    postNotice: ({ id }) => take(id, 'postNotice', () => undefined),
  };
}

/** A connection whose keeper must act after so many hours. */
export function inspection(
  inHours: { readonly refresh?: number; readonly probe?: number; readonly remind?: number; readonly expires?: number },
  now: Date,
): Inspection {
  const at = (hours: number | undefined): string | null =>
    hours === undefined ? null : new Date(now.getTime() + hours * 3_600_000).toISOString();
  return {
    facts: { ...facts, expiresAt: at(inHours.expires ?? 2) },
    schedule: { refreshAt: at(inHours.refresh), probeAt: at(inHours.probe), remindAt: at(inHours.remind) },
  };
}

/** A failure of a kind. */
export function failure(kind: FailureKind, retryAt?: string): Failure {
  const words = { code: 'scripted', cause: 'It was scripted.', remedy: 'Read on.' };
  return { kind, ...words, ...(retryAt === undefined ? {} : { retryAt }) };
}

function serverTime(): Date {
  return new Date(Context.current().info.currentAttemptScheduledTimestampMs);
}

const facts: ConnectionFacts = {
  ...{ id: '3b241101-e2bb-4255-8caf-4136c566a962', owner: 'default', platform: 'youtube', label: 'main' },
  ...{
    accountId: 'UC1',
    accountName: 'A channel',
    status: 'active',
    statusReason: null,
    mode: 'live',
    modeReason: null,
  },
  ...{ scopes: [], expiresAt: null, refreshExpiresAt: null, consentExpiresAt: null, nextRefreshAt: null },
  ...{ lastRefreshAt: null, lastReadAt: null, lastProbeAt: null, createdAt: '2026-11-23T00:00:00.000Z', version: 1 },
};
