import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from './cache.ts';
import { obtain, type Engine, type EngineDefinition, type Found, type ObtainOptions } from './engine.ts';
import { goBuild } from './go-build.ts';
import { findBeside, findFitting } from './on-path.ts';
import { makePulumiFolder } from './pulumi-folder.ts';
import { download, unpack } from './vendor-download.ts';
import type { VersionRange } from './version.ts';

const version = '3.259.0';
const module = join(import.meta.dirname, 'pulumi-cli');
const languageHost = 'pulumi-language-nodejs';

/** The Pulumi CLIs on PATH that will do. */
export const pulumiRange: VersionRange = { atLeast: '3.249.0', below: '4.0.0' };

/**
 * The Pulumi CLI with what it needs to run Node programs. The folders in `pathEntries` have to be on PATH when it runs:
 * it looks there for its language host.
 */
export async function pulumiEngine(options: ObtainOptions = {}): Promise<Engine<'pulumi'>> {
  const cli = await obtain(await definition(), options);
  if (cli.source !== 'registry') return cli;
  // The Go module has no language host: ours goes beside a link to the CLI.
  const folder = await makePulumiFolder(cli.path, options.root);
  const path = join(folder, 'pulumi');
  return { ...cli, path, executables: { pulumi: path }, pathEntries: [folder] };
}

async function definition(): Promise<EngineDefinition<'pulumi'>> {
  return {
    name: 'pulumi',
    version,
    main: 'pulumi',
    executables: ['pulumi'],
    recipe: digestOf(await readFile(join(module, 'go.mod'), 'utf8'), await readFile(join(module, 'go.sum'), 'utf8')),
    routes: [
      { source: 'path', label: 'PATH', find: findCli },
      { source: 'vendor', label: 'get.pulumi.com', make: downloadCli },
      {
        source: 'registry',
        label: 'Go module github.com/pulumi/pulumi/pkg/v3',
        patience: 'some minutes, once',
        make: buildCli,
      },
    ],
    advice:
      'install Pulumi (https://www.pulumi.com/docs/install/), or Go 1.26 or newer (https://go.dev/dl/) with access to a Go module proxy.',
  };
}

async function findCli(): Promise<Found<'pulumi'>> {
  const { path, version: found } = await findFitting({
    names: ['pulumi'],
    range: pulumiRange,
    versionArguments: ['version'],
  });
  if ((await findBeside(path, languageHost)) === undefined) {
    throw new Error(`${path} has no ${languageHost} beside it or on PATH`);
  }
  return { version: found, executables: { pulumi: path }, how: `${path} is on PATH` };
}

/**
 * Unpacks the release that the vendor's installer fetches, language hosts included. TLS vouches for the first download;
 * the cache's manifest records the CLI's SHA-256 from then on.
 */
async function downloadCli(directory: string): Promise<{ pulumi: string }> {
  const archive = join(directory, 'archive.tar.gz');
  const file = `pulumi-v${version}-${process.platform}-${process.arch}.tar.gz`;
  await download(`https://get.pulumi.com/releases/sdk/${file}`, archive);
  await unpack(archive, directory);
  await rm(archive);
  return { pulumi: join('pulumi', 'pulumi') };
}

/** Compiles the CLI from its Go module; `go.sum` pins the content of every module in it. */
async function buildCli(directory: string): Promise<{ pulumi: string }> {
  const file = join('bin', 'pulumi');
  await mkdir(dirname(join(directory, file)));
  await goBuild({
    module,
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    output: join(directory, file),
    variables: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': `v${version}` },
  });
  return { pulumi: file };
}
