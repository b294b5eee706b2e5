import { execa } from 'execa';

/** The CLI, and the environment in which each of its commands runs. */
export interface PulumiCommand {
  readonly pulumiPath: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Default: this folder. */
  readonly programFolder?: string;
  /** Stops a running command; Pulumi finishes what it is doing to a resource and then ends. */
  readonly signal?: AbortSignal | undefined;
}

/** What a command said and how it ended. */
export interface PulumiResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run one command. */
export interface PulumiRun {
  /** Default: the program's folder. */
  readonly cwd?: string;
  readonly input?: string;
  /** Gets each line of the output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs one command of the CLI, never asking anything. A failure is told by the exit code, not thrown. */
export async function runPulumi(
  command: PulumiCommand,
  args: readonly string[],
  run: PulumiRun = {},
): Promise<PulumiResult> {
  const { onLine } = run;
  const child = execa(command.pulumiPath, [...args, '--non-interactive', '--color', 'never'], {
    cwd: run.cwd ?? command.programFolder ?? import.meta.dirname,
    env: command.variables,
    reject: false,
    input: run.input ?? '',
    // SIGTERM would leave the lock behind.
    killSignal: 'SIGINT',
    forceKillAfterDelay: 30_000,
    ...(command.signal === undefined ? {} : { cancelSignal: command.signal }),
    ...(onLine === undefined
      ? {}
      : {
          stdout: function* (line: unknown) {
            onLine(String(line));
            yield line;
          },
        }),
  });
  const result = await child;
  command.signal?.throwIfAborted();
  if (result.isTerminated) {
    throw new Error(
      `Pulumi was stopped by ${result.signal ?? 'a signal'}. Start again: it goes on where it was stopped.`,
    );
  }
  if (result.exitCode === undefined) {
    throw new Error(
      `${command.pulumiPath} could not run: ${result.originalMessage ?? 'unknown reason'}. \`connector engines\` tells where Pulumi comes from.`,
    );
  }
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}
