import { z } from 'zod';
import { haveEngines, pathEntriesOf } from '../engines/index.ts';
import { parseStackExport } from '../pending-operations.ts';
import { ProvisionError } from '../provision.ts';
import { runPulumi, type PulumiCommand } from '../pulumi-command.ts';
import type { EnvironmentHome } from './home.ts';
import { environmentPulumiVariables, provisionEnvironment, type ProvisionRequest } from './provision-environment.ts';
import { readRecord, readSecrets, writeSecrets } from './record.ts';

export interface KeysRequest {
  readonly home: EnvironmentHome;
  readonly env: NodeJS.ProcessEnv;
  readonly note: (line: string) => void;
}

const setting = 'connector:keyIds';
const idsSchema = z.array(z.string()).min(1);

/**
 * Puts a new key in front of an environment's ring and gives its id; the processes of the environment notice it by
 * themselves. After a run that was killed half-way it goes on with the key of that run.
 */
export async function addSealingKey(request: KeysRequest): Promise<string> {
  const stack = await openStack(request);
  const ringIds = readSecrets(request.home).keyRing.map(({ id }) => id);
  const planned = (await plannedIds(stack.command)) ?? ringIds;
  const [front] = planned;
  const isHalfDone = front !== undefined && !ringIds.includes(front);
  const newId = isHalfDone ? front : nextId([...ringIds, ...planned]);
  if (!isHalfDone) await planIds(stack.command, [newId, ...ringIds]);
  await provisionKeys(request, stack.provision);
  return newId;
}

/** Takes a key out of an environment's ring, for ever: whoever calls it has made sure that nothing needs the key. */
export async function removeSealingKey(request: KeysRequest, id: string): Promise<void> {
  const stack = await openStack(request);
  const ids = readSecrets(request.home).keyRing.map((key) => key.id);
  await planIds(
    stack.command,
    ids.filter((one) => one !== id),
  );
  await unprotect(stack.command, `key-${id}`);
  await provisionKeys(request, stack.provision);
}

/** One more than the highest number, which the newest key has: an id that was dropped never comes back. */
function nextId(ids: readonly string[]): string {
  const numbers = ids.map((id) => Number(/^k(\d{1,9})$/.exec(id)?.[1] ?? 0));
  return `k${String(Math.max(...numbers) + 1)}`;
}

async function openStack(request: KeysRequest): Promise<{ command: PulumiCommand; provision: ProvisionRequest }> {
  const { home, env, note } = request;
  const record = readRecord(home);
  const { databaseUrls, databasePooledUrl: pooledUrl } = readSecrets(home);
  const adminUrl = databaseUrls.admin;
  if (record === null || adminUrl === null) {
    throw new Error(`The environment "${home.environment}" is not set up in ${home.directory}. Run: connector up`);
  }
  const engines = await haveEngines(['pulumi', 'pulumi-postgresql']);
  const plugins = [engines['pulumi-postgresql']];
  const programs = pathEntriesOf([engines.pulumi, ...plugins]);
  const variables = environmentPulumiVariables({
    home,
    record,
    adminUrl,
    pooledUrl,
    programs,
    path: env['PATH'] ?? '',
  });
  return {
    command: { pulumiPath: engines.pulumi.path, variables },
    provision: { home, env, record, adminUrl, pooledUrl, pulumi: engines.pulumi, plugins, note },
  };
}

async function provisionKeys({ home }: KeysRequest, provision: ProvisionRequest): Promise<void> {
  const given = await provisionEnvironment(provision);
  writeSecrets(home, { ...readSecrets(home), ...given });
}

async function plannedIds(command: PulumiCommand): Promise<readonly string[] | null> {
  const { exitCode, stdout } = await runPulumi(command, ['config', 'get', setting]);
  return exitCode === 0 ? idsSchema.parse(JSON.parse(stdout)) : null;
}

async function planIds(command: PulumiCommand, ids: readonly string[]): Promise<void> {
  await mustRun(command, ['config', 'set', setting, JSON.stringify(ids)], `${setting} could not be set`);
}

/** A key is protected, because without it what it sealed is lost. */
async function unprotect(command: PulumiCommand, resource: string): Promise<void> {
  const exported = await mustRun(command, ['stack', 'export'], 'The stack could not be read');
  const { resources = [] } = parseStackExport(exported).deployment;
  const urn = resources.find((one) => one.urn.endsWith(`::${resource}`))?.urn;
  // Gone already: a run that was killed came that far.
  if (urn === undefined) return;
  await mustRun(command, ['state', 'unprotect', urn, '--yes'], `The protection of ${resource} could not be lifted`);
}

async function mustRun(command: PulumiCommand, args: readonly string[], what: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runPulumi(command, args);
  if (exitCode !== 0) throw new ProvisionError(`${what}: ${stderr.trim()} Mend that and run the command again.`);
  return stdout;
}
