import { digestOf } from './cache.ts';
import { installDebianPackage } from './debian-package.ts';
import { obtain, type Engine, type EngineDefinition, type Found, type ObtainOptions } from './engine.ts';
import { findFitting, type Wanted } from './on-path.ts';
import { silent, type Progress } from './progress.ts';

/** A pooler for the tests of hosted databases: one on PATH, else Debian's package when this process is root. */
export function pgbouncerEngine(options: ObtainOptions = {}): Promise<Engine<'pgbouncer'>> {
  return obtain(definition(options.progress ?? silent), options);
}

const wanted: Wanted = {
  names: ['pgbouncer'],
  // From 1.14 on it passes SCRAM on to the server. https://www.pgbouncer.org/changelog.html (checked 2026-11-23)
  range: { atLeast: '1.14' },
  versionArguments: ['--version'],
  // Debian keeps it where only root looks.
  alsoIn: ['/usr/sbin'],
};

function definition(progress: Progress): EngineDefinition<'pgbouncer'> {
  return {
    name: 'pgbouncer',
    version: '1.14 or newer',
    main: 'pgbouncer',
    executables: ['pgbouncer'],
    recipe: digestOf('debian'),
    routes: [
      { source: 'path', label: 'PATH', find },
      {
        source: 'registry',
        label: 'Debian package pgbouncer',
        find: () => progress.step('pgbouncer from the Debian package', install),
      },
    ],
    advice: 'install PgBouncer (Debian: `apt-get install pgbouncer` as root; macOS: `brew install pgbouncer`).',
  };
}

async function find(): Promise<Found<'pgbouncer'>> {
  const { path, version } = await findFitting(wanted);
  return { version, executables: { pgbouncer: path }, how: `${path} is on PATH` };
}

async function install(): Promise<Found<'pgbouncer'>> {
  await installDebianPackage('pgbouncer');
  return { ...(await find()), how: 'Debian package pgbouncer' };
}
