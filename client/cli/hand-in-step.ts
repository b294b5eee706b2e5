import { readFile } from 'node:fs/promises';
import { resolvePlatform } from '../../platforms/load.ts';
import type { Remedy } from '../../model/failure.ts';
import { decideReview } from '../onboarding/decide-review.ts';
import { giveStep } from '../onboarding/give-step.ts';
import { untilPersonNeeded } from '../onboarding/walk-onboarding.ts';
import type { OnboardingKey } from '../sdk/orchestration.ts';
import type { CommandContext } from './command.ts';
import { describeOnboarding } from './describe-onboarding.ts';
import { CommandFailure, exitCodes, type ExitCode } from './failure.ts';
import type { Io } from './io.ts';
import { print } from './output.ts';
import { withSession } from './session.ts';

export interface HandedIn {
  readonly platform: string;
  readonly step: string;
  readonly set: readonly string[];
  readonly secret: readonly string[];
  readonly option?: string | undefined;
  readonly decision?: string | undefined;
  readonly reason?: string | undefined;
  readonly label: string;
}

const nextPatienceMs = 15_000;

/** Hands one step in, and says what is waited for next. Exits with 1 when the step was refused. */
export async function handInStep(context: CommandContext, request: HandedIn): Promise<ExitCode> {
  // Judged before anything is opened: a mistake in the command must not cost a look at the database.
  const values = { ...plainValues(request.set), ...(await secretValues(context.io, request.secret)) };
  const decision = decisionFrom(request);
  return withSession(context.env, async (session) => {
    const platform = resolvePlatform(await session.platforms(), request.platform).id;
    const key = { owner: context.owner ?? 'default', platform, label: request.label };
    const parts = await session.walkParts();
    const { step, option } = request;
    const answer = { step, values, ...(option === undefined ? {} : { option }) };
    const judgement = await (decision === null
      ? giveStep(parts, key, answer)
      : decideReview(parts, key, { step, decision }));
    if (judgement.outcome === 'refused') throw refused(key, step, judgement.refusal.remedy);
    if (judgement.outcome === 'pending') throw notTaken(key, step);
    // Automatic steps may follow: what a person wants to know is what comes after these.
    const state = await untilPersonNeeded(parts, key, nextPatienceMs);
    print(context, state, (shown) => describeOnboarding(shown, context));
    return exitCodes.done;
  });
}

function refused({ platform }: OnboardingKey, step: string, { cause, remedy, link }: Remedy): CommandFailure {
  return new CommandFailure(exitCodes.failed, {
    what: `The step "${step}" of ${platform} was refused: ${cause}`,
    remedy,
    link: link ?? null,
  });
}

function notTaken({ platform }: OnboardingKey, step: string): CommandFailure {
  return new CommandFailure(exitCodes.failed, {
    what: `The step "${step}" of ${platform} was handed in, but nobody has judged it yet.`,
    remedy: `Look again later: connector onboarding ${platform}. What is wrong says: connector doctor`,
  });
}

function decisionFrom({ decision, reason }: HandedIn): { decision: 'approved' | 'rejected'; reason?: string } | null {
  if (decision === undefined) return null;
  if (decision === 'approved' || decision === 'rejected') {
    return { decision, ...(reason === undefined ? {} : { reason }) };
  }
  throw usage(`--decision is ${JSON.stringify(decision)}.`, 'Give approved or rejected.');
}

/** `name=value` pairs by name. Throws a usage failure on what is none. */
export function plainValues(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => splitPair(pair, '--set NAME=VALUE')));
}

/** The secrets that `name=@file` and `name=-` name. Throws a usage failure on a secret in the command line itself. */
export async function secretValues(
  io: Pick<Io, 'readInput'>,
  pairs: readonly string[],
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    const [name, source] = splitPair(pair, '--secret NAME=@FILE');
    if (source === '-') values[name] = (await io.readInput()).trim();
    else if (source.startsWith('@')) values[name] = (await readSecret(name, source.slice(1))).trim();
    else {
      throw usage(
        `--secret ${name} was given on the command line, where every user of this machine sees it (ps) and the shell remembers it.`,
        `Put it into a file and give --secret ${name}=@FILE, or pipe it in with --secret ${name}=-. Consider making a new one in the portal.`,
      );
    }
  }
  return values;
}

async function readSecret(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(
      `The file of --secret ${name} cannot be read: ${reason}.`,
      'Give a file that is there, as --secret NAME=@FILE.',
    );
  }
}

function splitPair(pair: string, form: string): [string, string] {
  const end = pair.indexOf('=');
  // The pair stays out of the message: it may be a secret.
  if (end < 1) throw usage(`A value has no name.`, `Give it as ${form}.`);
  return [pair.slice(0, end), pair.slice(end + 1)];
}

function usage(what: string, remedy: string): CommandFailure {
  return new CommandFailure(exitCodes.usage, { what, remedy });
}
