import { execa } from 'execa';
import { digestOf } from './cache.ts';
import { obtain, type Engine, type EngineDefinition, type Found, type ObtainOptions } from './engine.ts';
import { findFitting, findOnPath, type Wanted } from './on-path.ts';
import { silent, type Progress } from './progress.ts';

/** A browser for the tests of the console: one on PATH, else Debian's package when this process is root. */
export function chromiumEngine(options: ObtainOptions = {}): Promise<Engine<'chromium'>> {
  return obtain(definition(options.progress ?? silent), options);
}

const wanted: Wanted = {
  names: ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'],
  range: { atLeast: '120.0' },
  versionArguments: ['--version'],
};

function definition(progress: Progress): EngineDefinition<'chromium'> {
  return {
    name: 'chromium',
    version: '120 or newer',
    main: 'chromium',
    executables: ['chromium'],
    recipe: digestOf('debian'),
    routes: [
      { source: 'path', label: 'PATH', find: find },
      {
        source: 'registry',
        label: 'Debian package chromium',
        find: () => progress.step('chromium from the Debian package', install),
      },
    ],
    advice: 'install Chrome or Chromium (Debian: `apt-get install chromium` as root).',
  };
}

async function find(): Promise<Found<'chromium'>> {
  const { path, version } = await findFitting(wanted);
  return { version, executables: { chromium: path }, how: `${path} is on PATH` };
}

async function install(): Promise<Found<'chromium'>> {
  const apt = await findOnPath('apt-get');
  if (apt === undefined) throw new Error('apt-get is not on PATH');
  if (process.getuid?.() !== 0) throw new Error('only root can install packages');
  // dpkg lets one process install at a time: another one is waited for.
  const settings = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
  const environment = { stdin: 'ignore', env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;
  await execa(apt, [...settings, 'update'], environment);
  await execa(apt, [...settings, 'install', '--yes', '--no-install-recommends', 'chromium'], environment);
  return { ...(await find()), how: 'Debian package chromium' };
}
