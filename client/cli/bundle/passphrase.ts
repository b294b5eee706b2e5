import { readFile } from 'node:fs/promises';
import { isCancel, password } from '@clack/prompts';
import type { CommandContext } from '../command.ts';
import { CommandFailure, exitCodes } from '../failure.ts';

const shortest = 8;

/** The passphrase in a file (its last line break does not count), or what the person at the terminal types. */
export async function readPassphrase(
  { io }: Pick<CommandContext, 'io'>,
  { file, isNew }: { readonly file: string | null; readonly isNew: boolean },
): Promise<string> {
  if (file !== null) return longEnough((await textOf(file)).replace(/\r?\n$/, ''), isNew);
  if (!io.canAsk) {
    throw new CommandFailure(exitCodes.usage, {
      what: 'An export is sealed with a passphrase, and nobody can be asked for it here.',
      remedy: 'Write it to a file that only you can read, and give its name with --passphrase-file.',
    });
  }
  const passphrase = await ask(isNew ? 'A passphrase for the export' : 'The passphrase of the export');
  if (isNew && (await ask('Once more')) !== passphrase) {
    throw new CommandFailure(exitCodes.failed, { what: 'The two passphrases differ.', remedy: 'Start again.' });
  }
  return longEnough(passphrase, isNew);
}

async function ask(message: string): Promise<string> {
  const typed = await password({ message });
  if (isCancel(typed)) throw new CommandFailure(exitCodes.failed, { what: 'Nothing was done.', remedy: '' });
  return typed;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const what = `The passphrase file ${file} cannot be read.`;
    throw new CommandFailure(exitCodes.usage, { what, remedy: 'Give the name of a file that is there.', cause });
  }
}

function longEnough(passphrase: string, isNew: boolean): string {
  if (passphrase.length >= (isNew ? shortest : 1)) return passphrase;
  const what = `The passphrase is too short: whoever gets the file may try millions.`;
  throw new CommandFailure(exitCodes.usage, { what, remedy: `Use ${String(shortest)} characters or more.` });
}
