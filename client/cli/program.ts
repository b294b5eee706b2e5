import { Command, CommanderError } from 'commander';
import { addCommand, type AddCommand } from './command.ts';
import { exitCodes, toFailure } from './failure.ts';
import type { Io } from './io.ts';
import { printFailure } from './output.ts';
import { commands } from './commands/index.ts';

/** Runs the command line `args` and gives its exit code; everything that goes wrong is told on the error output. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = new Command('connector')
    .description('Connects you to Facebook, Instagram, YouTube, X and TikTok, and keeps you connected.')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
  const add: AddCommand = (definition) =>
    addCommand(program, io, definition, (code) => {
      exitCode = code;
    });
  for (const register of commands) register(add);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const failure = toFailure(error);
    printFailure(io, ownArguments(args).includes('--json'), failure);
    return failure.exitCode;
  }
}

/** What stands behind `--` is for the program that `exec` runs. */
function ownArguments(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}
