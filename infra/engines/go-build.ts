import { execa } from 'execa';
import { findOnPath } from './on-path.ts';
import { fits, parseVersion } from './version.ts';

/** The oldest Go that the modules here compile with, as their `go.mod` says. */
export const neededGo = '1.26.0';
/** From this one on Go fetches a newer toolchain by itself, unless it is told not to. */
const selfUpdatingGo = '1.21.0';

/** What `go build` compiles. */
export interface GoBuild {
  /** The folder of the `go.mod`. */
  readonly module: string;
  readonly package: string;
  /** The executable that is written. */
  readonly output: string;
  /** Values for string variables, as `path/to/package.Variable`. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Compiles a Go package into one executable; throws an error that says what is missing or did not compile. */
export async function goBuild(build: GoBuild): Promise<void> {
  const go = await requireGo();
  const variables = Object.entries(build.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  // Without symbol table and debug information the executables are a third smaller.
  const linker = ['-s', '-w', ...variables].join(' ');
  const result = await execa(go, ['build', '-trimpath', `-ldflags=${linker}`, '-o', build.output, build.package], {
    cwd: build.module,
    // No C compiler is needed, and none is used where there is one: the same executable everywhere.
    env: { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false -mod=readonly' },
    reject: false,
    stdin: 'ignore',
  });
  if (result.failed) {
    const lines = result.stderr.split('\n').filter((line) => !line.startsWith('go: downloading'));
    throw new Error(`go build ${build.package} failed: ${lines.slice(-5).join('\n').trim() || result.shortMessage}`);
  }
}

async function requireGo(): Promise<string> {
  const go = await findOnPath('go');
  if (go === undefined) throw new Error('go is not on PATH');
  const result = await execa(go, ['env', 'GOVERSION', 'GOTOOLCHAIN'], { reject: false, timeout: 20_000 });
  const [printed = '', toolchain = ''] = result.stdout.split('\n');
  const version = parseVersion(printed.replace(/^go/, ''));
  const oldest = toolchain.startsWith('local') ? neededGo : selfUpdatingGo;
  if (version === undefined || !fits(version, { atLeast: oldest })) {
    throw new Error(`${go} is ${printed || 'of an unknown version'}, needed is ${neededGo} or newer`);
  }
  return go;
}
