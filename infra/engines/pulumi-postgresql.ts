import { access, constants, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { digestOf } from './cache.ts';
import { obtain, type Engine, type EngineDefinition, type Found, type ObtainOptions } from './engine.ts';
import { goBuild } from './go-build.ts';
import { findFitting } from './on-path.ts';
import { download, unpack } from './vendor-download.ts';
import type { VersionRange } from './version.ts';

const version = '3.18.1';
const executable = 'pulumi-resource-postgresql';
const module = join(import.meta.dirname, executable);
const sources = ['go.mod', 'go.sum', 'provider/provider.go', 'cmd/resource/main.go', 'cmd/tfgen/main.go'];

/** The providers found on this machine that will do for @pulumi/postgresql. */
export const pulumiPostgresqlRange: VersionRange = { atLeast: version, below: '4.0.0' };

/** Pulumi's provider for Postgres; Pulumi finds it when the folder in `pathEntries` is on PATH. */
export async function pulumiPostgresqlEngine(options?: ObtainOptions): Promise<Engine<'provider'>> {
  return obtain(await definition(), options);
}

async function definition(): Promise<EngineDefinition<'provider'>> {
  const contents = await Promise.all(sources.map((file) => readFile(join(module, file), 'utf8')));
  return {
    name: 'pulumi-postgresql',
    version,
    main: 'provider',
    executables: ['provider'],
    recipe: digestOf(...contents),
    routes: [
      { source: 'path', label: "PATH and Pulumi's plugins", find: findProvider },
      { source: 'vendor', label: 'get.pulumi.com', make: downloadProvider },
      {
        source: 'registry',
        label: 'Go modules pulumi-terraform-bridge and terraform-provider-postgresql',
        patience: 'some minutes, once',
        make: buildProvider,
      },
    ],
    advice: `run \`pulumi plugin install resource postgresql ${version}\`, or install Go 1.26 or newer (https://go.dev/dl/) with access to a Go module proxy.`,
  };
}

async function findProvider(): Promise<Found<'provider'>> {
  const installed = join(
    process.env['PULUMI_HOME'] ?? join(homedir(), '.pulumi'),
    'plugins',
    `resource-postgresql-v${version}`,
    executable,
  );
  const usable = await access(installed, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (usable) return { version, executables: { provider: installed }, how: `${installed} is installed` };
  const found = await findFitting({
    names: [executable],
    range: pulumiPostgresqlRange,
    versionArguments: ['--version'],
  });
  return { version: found.version, executables: { provider: found.path }, how: `${found.path} is on PATH` };
}

/**
 * Unpacks the archive that `pulumi plugin install resource postgresql` fetches. TLS vouches for the first download; the
 * cache's manifest records the provider's SHA-256 from then on.
 */
async function downloadProvider(directory: string): Promise<{ provider: string }> {
  const archive = join(directory, 'archive.tar.gz');
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const file = `${executable}-v${version}-${process.platform}-${arch}.tar.gz`;
  await download(`https://get.pulumi.com/releases/plugins/${file}`, archive);
  await mkdir(join(directory, 'bin'));
  await unpack(archive, join(directory, 'bin'));
  await rm(archive);
  return { provider: join('bin', executable) };
}

/**
 * Compiles the provider from the Terraform provider and Pulumi's bridge: first the generator, which writes the schema
 * that the provider embeds. `go.sum` pins the content of every module in it.
 */
async function buildProvider(directory: string): Promise<{ provider: string }> {
  // In a copy, because the schema is written among the sources.
  const copy = join(directory, 'source');
  for (const file of sources) await cp(join(module, file), join(copy, file));
  const generator = join(directory, 'tfgen');
  await goBuild({ module: copy, package: './cmd/tfgen', output: generator });
  await execa(generator, ['schema', '--out', join(copy, 'cmd', 'resource'), '--skip-docs'], { stdin: 'ignore' });
  const file = join('bin', executable);
  await mkdir(dirname(join(directory, file)));
  await goBuild({ module: copy, package: './cmd/resource', output: join(directory, file) });
  await Promise.all([rm(copy, { recursive: true }), rm(generator)]);
  return { provider: file };
}
