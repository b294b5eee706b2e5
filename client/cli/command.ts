import { Command } from 'commander';
import type { Io } from './io.ts';
import { commandEnvironment } from './command-environment.ts';

/** What every command can be told, and where it runs. */
export interface CommandContext {
  readonly io: Io;
  /** Print for a program. */
  readonly json: boolean;
  /** Null: not said. Most commands take `default` for it. */
  readonly owner: string | null;
  /** The variables with which settings are read: those of this process, for the environment that was chosen. */
  readonly env: NodeJS.ProcessEnv;
}

/** One command as its file declares it. */
export interface CommandDefinition<Options extends object> {
  readonly name: string;
  readonly summary: string;
  /** Arguments in commander's notation, such as `<platform>` or `[platform]`. */
  readonly arguments?: readonly (readonly [string, string])[];
  /** Options in commander's notation; those that every command has come by themselves. */
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** Options that may be given more than once. */
  readonly repeated?: readonly (readonly [flags: string, description: string])[];
  /** Everything heavy is imported in here, so that one command does not load what another needs. */
  readonly run: (context: CommandContext, args: readonly string[], options: Options) => Promise<number>;
  /** How it is called, where the arguments alone do not say it. */
  readonly usage?: string;
  readonly hidden?: boolean;
}

/** What a command that is shown to a person must add to mean the same environment: ` --env live`, or nothing. */
export function environmentOption({ io, env }: Pick<CommandContext, 'io' | 'env'>): string {
  const nameIn = (variables: NodeJS.ProcessEnv): string => variables['CONNECTOR_ENV'] || 'sandbox';
  return nameIn(env) === nameIn(io.env) ? '' : ` --env ${nameIn(env)}`;
}

/** Adds a command to the program. */
export type AddCommand = <Options extends object>(definition: CommandDefinition<Options>) => void;

/** What each command's file exports: it declares its command. */
export type Register = (add: AddCommand) => void;

/** Adds a command to the program; `finish` gets its exit code. */
export function addCommand<Options extends object>(
  program: Command,
  io: Io,
  definition: CommandDefinition<Options>,
  finish: (exitCode: number) => void,
): void {
  const command = new Command(definition.name).summary(definition.summary).description(definition.summary);
  command.copyInheritedSettings(program);
  for (const [flag, description] of definition.arguments ?? []) command.argument(flag, description);
  for (const [flags, description] of definition.options ?? []) command.option(flags, description);
  for (const [flags, description] of definition.repeated ?? []) {
    command.option(flags, description, (value: string, earlier: string[]) => [...earlier, value], []);
  }
  command.option('--json', 'print JSON for a program');
  command.option('--env <name>', 'the environment: sandbox, live or one of your own');
  command.option('--owner <name>', 'the tenant or user of the calling program');
  if (definition.usage !== undefined) command.usage(definition.usage);
  command.action(async () => {
    const options = command.opts<Options & { json?: boolean; env?: string; owner?: string }>();
    const context: CommandContext = {
      io,
      json: options.json === true,
      owner: options.owner ?? null,
      env: commandEnvironment(io.env, options.env),
    };
    finish(await definition.run(context, command.args, options));
  });
  program.addCommand(command, { hidden: definition.hidden ?? false });
}
