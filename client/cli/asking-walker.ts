import { confirm, intro, isCancel, log, password, select, text } from '@clack/prompts';
import type { Refusal, WaitingFor } from '../../model/onboarding.ts';
import type { Field } from '../../model/portal-step.ts';
import type { Move, Walker } from '../onboarding/walk-onboarding.ts';
import { describePack, describeWaiting } from './describe-onboarding.ts';
import { exitCodes } from './failure.ts';
import type { Io } from './io.ts';
import { defaultColumns } from './wrap-text.ts';

/** The person pressed Ctrl-C. */
class Left extends Error {}

/** Asks the person at the terminal. Leaving at any step is fine: the onboarding waits. */
export function createAskingWalker(io: Io): Walker {
  intro('Ctrl-C leaves at any step; the same command goes on from there.');
  return {
    done: (step) => log.success(step),
    next: async (waiting, refusal) => {
      if (refusal !== null) log.warn(`${refusal.remedy.cause}\n→ ${refusal.remedy.remedy}`);
      try {
        return await ask(io, waiting, refusal);
      } catch (error) {
        if (error instanceof Left) return leave(waiting);
        throw error;
      }
    },
  };
}

async function ask(io: Io, waiting: WaitingFor, refusal: Omit<Refusal, 'at'> | null): Promise<Move> {
  const { step } = waiting;
  const [title = '', ...lines] = describeWaiting(waiting);
  log.step(title);
  // Not in a box: a link that is broken over two lines cannot be opened with a click.
  io.out(`${[...lines, ...describePack(step, io.columns ?? defaultColumns)].join('\n')}\n`);
  switch (step.kind) {
    case 'portal': {
      if (step.fields.length === 0) {
        if (!answered(await confirm({ message: 'Done?' }))) throw new Left();
        return { move: 'give', answer: { step: step.id } };
      }
      const values: Record<string, string> = {};
      for (const field of step.fields) {
        const value = await askField(field, waiting.known.includes(field.name), refusal?.field === field.name);
        if (value !== null) values[field.name] = value;
      }
      return { move: 'give', answer: { step: step.id, values } };
    }
    case 'consent':
      log.info('Waiting until you have agreed in the browser …');
      process.once('SIGINT', () => {
        io.err('\nThe onboarding waits; the same command goes on from here.\n');
        process.exit(exitCodes.human);
      });
      return { move: 'wait', timeoutMs: null };
    case 'choice': {
      const options = (waiting.options ?? []).map(({ id, name, unavailable }) => ({
        value: id,
        label: unavailable === undefined ? name : `${name} (not possible: ${unavailable})`,
        disabled: unavailable !== undefined,
      }));
      return {
        move: 'give',
        answer: { step: step.id, option: answered(await select({ message: 'Which one?', options })) },
      };
    }
    case 'review':
      if (waiting.review?.phase !== 'to_submit') return askDecision();
      if (!answered(await confirm({ message: 'Handed in?' }))) throw new Left();
      return { move: 'give', answer: { step: step.id } };
    case 'activate':
    case 'automatic':
      if (!answered(await confirm({ message: 'Try again?' }))) throw new Left();
      return { move: 'give', answer: { step: step.id } };
  }
}

async function askDecision(): Promise<Move> {
  const options = [
    { value: 'approved', label: 'It was approved' },
    { value: 'rejected', label: 'It was rejected' },
    { value: 'open', label: 'Not yet' },
  ] as const;
  const decision = answered(await select({ message: 'What did the platform answer?', options: [...options] }));
  if (decision === 'open') throw new Left();
  if (decision === 'approved') return { move: 'decide', decision: { decision } };
  const reason = answered(await text({ message: 'What did the reviewers say?' }));
  return { move: 'decide', decision: { decision, reason } };
}

/** Null: the value that is known is kept, or the field is left out. */
async function askField(field: Field, isKnown: boolean, wasRefused: boolean): Promise<string | null> {
  const keeps = isKnown && !wasRefused;
  const message = `${field.label}${keeps ? ' (Enter keeps the one that is known)' : ''}`;
  const validate = (value: string | undefined): string | undefined => {
    const given = (value ?? '').trim();
    if (given === '') return keeps || !field.required || field.default !== undefined ? undefined : 'This is needed.';
    if (field.pattern === undefined || new RegExp(`^(?:${field.pattern})$`, 'u').test(given)) return undefined;
    return `This does not look right${field.example === undefined ? '' : `; it looks like ${field.example}`}.`;
  };
  if (field.choices !== undefined) {
    const options = field.choices.map((value) => ({ value, label: value }));
    const initial = field.default === undefined ? {} : { initialValue: field.default };
    return answered(await select({ message, options, ...initial }));
  }
  const placeholder = field.default ?? field.example;
  const asked = field.secret
    ? await password({ message, validate })
    : await text({ message, validate, ...(placeholder === undefined ? {} : { placeholder }) });
  // An empty answer arrives as undefined with some versions of the prompt.
  const value = (answered<string | symbol | undefined>(asked) ?? '').trim();
  return value === '' ? null : value;
}

/** Throws Left when the person pressed Ctrl-C, which prompts answer with a symbol. */
function answered<Value>(value: Value): Exclude<Value, symbol> {
  if (isCancel(value) || !isAnswer(value)) throw new Left();
  return value;
}

function isAnswer<Value>(value: Value): value is Exclude<Value, symbol> {
  return typeof value !== 'symbol';
}

function leave({ step, consentLink }: WaitingFor): Move {
  const link = 'link' in step ? step.link : consentLink;
  const cause = `Left at the step "${step.id}" (${step.title}).`;
  const remedy = 'The onboarding waits; the same command goes on from here.';
  return { move: 'stop', why: { kind: 'human_needed', step: step.id, cause, remedy, link } };
}
