import { readFile } from 'node:fs/promises';
import { resolvePlatform } from '../../platforms/load.ts';
import { createAnsweringWalker } from '../onboarding/answering-walker.ts';
import { parseAnswers, type Answers } from '../onboarding/answers.ts';
import { walkOnboarding, type WalkEnd, type Walker } from '../onboarding/walk-onboarding.ts';
import { reportConnection } from '../sdk/connection-report.ts';
import type { OnboardingKey } from '../sdk/orchestration.ts';
import type { CommandContext } from './command.ts';
import { describeWaiting } from './describe-onboarding.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { findConnection } from './find-connection.ts';
import type { Io } from './io.ts';
import { print } from './output.ts';
import { withSession, type Session } from './session.ts';
import { statusTable } from './status-table.ts';

/** Connects an account: by answers where a file is given, else by asking the person at the terminal. */
export function connectPlatform(
  context: CommandContext,
  request: { readonly platform: string; readonly label: string; readonly answersFile: string | null },
): Promise<number> {
  return withSession(context.env, async (session) => {
    const platform = resolvePlatform(await session.platforms(), request.platform).id;
    const key = { owner: context.owner ?? 'default', platform, label: request.label };
    const walker = await walkerFor(context, session, request.answersFile);
    return walk(context, session, key, walker);
  });
}

/** Consent again for a connection that exists. */
export function reconnectPlatform(
  context: CommandContext,
  request: { readonly platform: string; readonly account: string | undefined; readonly answersFile: string | null },
): Promise<number> {
  return withSession(context.env, async (session) => {
    const { platform, account } = request;
    const facts = await findConnection(session, { platform, account, owner: context.owner ?? 'default' });
    const walker = await walkerFor(context, session, request.answersFile);
    const key = { owner: facts.owner, platform: facts.platform, label: facts.label };
    return walk(context, session, { ...key, connectionId: facts.id }, walker);
  });
}

async function walk(
  context: CommandContext,
  session: Session,
  request: OnboardingKey & { readonly connectionId?: string },
  walker: Walker,
): Promise<number> {
  const parts = await session.walkParts();
  await parts.orchestration.startOnboarding(request);
  const end = await walkOnboarding(parts, request, walker);
  const connectionId = connectionOf(request, end);
  const { store } = session;
  const report = await reportConnection({ store, platforms: await session.platforms() }, connectionId);
  if (report === null) throw new Error(`The connection ${connectionId} has gone meanwhile. Run: connector events`);
  print(context, report, (one) => statusTable([one], new Date()));
  return exitCodes.done;
}

/** The connection that came of it. Throws a CommandFailure when none did. */
export function connectionOf({ platform }: OnboardingKey, end: WalkEnd): string {
  if (end.end === 'completed' && end.state.connectionId !== null) return end.state.connectionId;
  if (end.end !== 'stopped') {
    const remedy = `Start again with: connector connect ${platform}`;
    throw new CommandFailure(exitCodes.failed, { what: `The onboarding of ${platform} was abandoned.`, remedy });
  }
  const { kind, cause, remedy, link } = end.why;
  const exitCode = kind === 'human_needed' ? exitCodes.human : exitCodes.failed;
  throw new CommandFailure(exitCode, { what: `${platform}: ${cause}`, remedy, link });
}

async function walkerFor(context: CommandContext, session: Session, answersFile: string | null): Promise<Walker> {
  const { io } = context;
  const done = (step: string): void => {
    if (!context.json) io.err(`✓ ${step}\n`);
  };
  if (answersFile !== null) {
    const answers = await readAnswers(io, answersFile);
    const agree = session.settings.simulatorUrl === null ? null : agreeAsSimulatedPerson;
    return createAnsweringWalker(answers, { agree, done });
  }
  if (context.json || !io.canAsk) return createSayingWalker();
  const { createAskingWalker } = await import('./asking-walker.ts');
  return createAskingWalker(io);
}

/** Agrees on the simulated platform's page, as the person would. Throws when the callback did not take it. */
export async function agreeAsSimulatedPerson(link: string, consent: Answers['consent']): Promise<void> {
  const { visitConsentPage } = await import('../../platforms/simulated-person.ts');
  const { account, approve, scopes } = consent;
  const page = await visitConsentPage(link, {
    ...(account === undefined ? {} : { account }),
    ...(approve === undefined ? {} : { approve }),
    ...(scopes === undefined ? {} : { scopes }),
  });
  // A person who declines ends at a page that says so: the onboarding knows it too.
  if (page.status < 400 || approve === false) return;
  throw new CommandFailure(exitCodes.failed, {
    what: `The consent page answered ${String(page.status)}: ${quote(page.text)}`,
    remedy: 'See logs/server.log and logs/simulators.log of the environment.',
    link,
  });
}

/** What a page says, in one line. */
function quote(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const quoted = lines.filter((line) => line !== '').join(' · ');
  return quoted.length <= 400 ? quoted : `${quoted.slice(0, 400)} …`;
}

async function readAnswers(io: Io, file: string): Promise<Answers> {
  if (file === '-') return parseAnswers(await io.readInput(), 'The standard input');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = 'Give a file that is there, or "-" for the standard input.';
    throw new CommandFailure(exitCodes.usage, { what: `The answers cannot be read: ${reason}.`, remedy });
  });
  return parseAnswers(text, file);
}

/** Where nobody can be asked: says what the next step needs, and stops. */
function createSayingWalker(): Walker {
  return {
    next: (waiting, refusal) => {
      const { step, consentLink } = waiting;
      const said = refusal === null ? '' : `${refusal.remedy.cause} `;
      const why = {
        kind: 'human_needed',
        step: step.id,
        cause: `${said}A person is needed at the step "${step.id}":\n${describeWaiting(waiting).join('\n')}`,
        remedy: 'Run connect in a terminal, give --answers FILE, or hand the step in with connector done.',
        link: 'link' in step ? step.link : consentLink,
      } as const;
      return Promise.resolve({ move: 'stop', why });
    },
  };
}
