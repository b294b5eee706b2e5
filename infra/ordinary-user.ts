import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const nobody = 65534;

/** A command line, ready for spawn or execFile. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Wraps command lines so that they run as an ordinary user, which Postgres insists on. For an ordinary user it returns
 * them as they are. For root it prefers a user namespace, where root's own files stay reachable under another name; where
 * namespaces are forbidden it becomes `nobody`, who then owns `directory`.
 *
 * @throws Error that says what to do, when neither works or `nobody` cannot reach `directory` or the programs.
 */
export async function ordinaryUser(directory: string, program: string): Promise<(line: CommandLine) => CommandLine> {
  if (process.getuid?.() !== 0) return (line) => line;
  const namespace = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];
  if (await succeeds('unshare', [...namespace, 'true'])) {
    return ({ command, args }) => ({ command: 'unshare', args: [...namespace, command, ...args] });
  }
  const drop = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'];
  await mkdir(directory, { recursive: true });
  await chown(directory, nobody, nobody);
  for (const path of [dirname(program), directory]) {
    if (await succeeds('setpriv', [...drop, 'test', '-x', path])) continue;
    throw new Error(
      `Postgres refuses to run as root, and user "nobody" cannot search ${path}. Run as an ordinary user, or set ` +
        'CONNECTOR_HOME to a folder whose parents others may search.',
    );
  }
  return ({ command, args }) => ({ command: 'setpriv', args: [...drop, command, ...args] });
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
