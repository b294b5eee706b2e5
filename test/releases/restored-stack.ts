import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { haveEngines, pathEntriesOf } from '../../infra/engines/index.ts';
import { environmentPulumiVariables, provisionEnvironment } from '../../infra/environment/provision-environment.ts';
import { runPulumi, type PulumiResult } from '../../infra/pulumi-command.ts';
import type { RestoredRelease } from './restore-release.ts';

/** The Pulumi stack of a restored release, under today's program. */
export interface RestoredStack {
  /** As `connector up` does it. */
  readonly up: () => ReturnType<typeof provisionEnvironment>;
  /** What a preview would do with the resources that hold data, as "update migrations"; looking alone is left out. */
  readonly plannedForData: () => Promise<string[]>;
  /** Fails when a preview would change anything. */
  readonly previewNoChanges: () => Promise<PulumiResult>;
  /** `pulumi up` of a program that declares nothing any more. */
  readonly upOfForgetfulProgram: () => Promise<PulumiResult>;
  readonly protectedResources: () => Promise<string[]>;
}

const previewSchema = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });
const stateSchema = z.object({
  deployment: z.object({ resources: z.array(z.object({ urn: z.string(), protect: z.boolean().optional() })) }),
});
const holdsData = /postgresql:index\/(database|schema|role)|GeneratedSecret|Migrations|TemporalNamespace/;
const infra = join(import.meta.dirname, '../../infra');

/** Opens it, with the engines of this checkout. */
export async function openStack({ home, record, adminUrl }: RestoredRelease): Promise<RestoredStack> {
  const engines = await haveEngines(['pulumi', 'pulumi-postgresql']);
  const server = { home, record, adminUrl, pooledUrl: null };
  const [programs, path] = [pathEntriesOf(Object.values(engines)), process.env['PATH'] ?? ''];
  const variables = environmentPulumiVariables({ ...server, ...{ programs, path } });
  const command = { pulumiPath: engines.pulumi.path, variables };
  return {
    up: () =>
      provisionEnvironment({
        ...{ ...server, env: process.env, note: () => undefined },
        ...{ pulumi: engines.pulumi, plugins: [engines['pulumi-postgresql']] },
      }),
    plannedForData: async () => {
      const { stdout } = await succeeded(runPulumi(command, ['preview', '--json']));
      return previewSchema
        .parse(JSON.parse(stdout))
        .steps.filter(({ urn, op }) => holdsData.test(urn) && op !== 'refresh')
        .map(({ op, urn }) => `${op} ${nameOf(urn)}`);
    },
    previewNoChanges: () => succeeded(runPulumi(command, ['preview', '--expect-no-changes'])),
    upOfForgetfulProgram: async () => {
      const programFolder = await mkdtemp(join(tmpdir(), 'connector-forgetful-'));
      try {
        await writeFile(join(programFolder, 'Pulumi.yaml'), await readFile(join(infra, 'Pulumi.yaml'), 'utf8'));
        await writeFile(join(programFolder, 'package.json'), '{"type": "module"}');
        await writeFile(join(programFolder, 'index.ts'), 'export {};\n');
        await symlink(join(infra, '../node_modules'), join(programFolder, 'node_modules'));
        return await runPulumi({ ...command, programFolder }, ['up', '--yes']);
      } finally {
        await rm(programFolder, { recursive: true, force: true });
      }
    },
    protectedResources: async () => {
      const { stdout } = await succeeded(runPulumi(command, ['stack', 'export']));
      const { resources } = stateSchema.parse(JSON.parse(stdout)).deployment;
      return resources.flatMap(({ urn, protect }) => (protect === true ? [nameOf(urn)] : [])).toSorted();
    },
  };
}

function nameOf(urn: string): string {
  return urn.split('::').at(-1) ?? '';
}

async function succeeded(running: Promise<PulumiResult>): Promise<PulumiResult> {
  const result = await running;
  if (result.exitCode !== 0) throw new Error(`Pulumi failed:\n${result.stdout}\n${result.stderr}`);
  return result;
}
