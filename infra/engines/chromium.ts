import { digestOf } from './cache.ts';
import { installDebianPackage } from './debian-package.ts';
import { obtain, type Engine, type EngineDefinition, type Found, type ObtainOptions } from './engine.ts';
import { findFitting, type Wanted } from './on-path.ts';
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
  await installDebianPackage('chromium');
  return { ...(await find()), how: 'Debian package chromium' };
}
