import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathEntriesOf, type Engine } from '../engines/index.ts';
import { provision } from '../provision.ts';
import { pulumiVariables } from '../pulumi-variables.ts';
import type { EnvironmentHome } from './home.ts';
import { mendState } from './mend-state.ts';
import type { EnvironmentRecord, EnvironmentSecrets } from './record.ts';

export interface ProvisionRequest {
  readonly home: EnvironmentHome;
  readonly env: NodeJS.ProcessEnv;
  readonly record: EnvironmentRecord;
  readonly adminUrl: string;
  /** Of a pooler that worker and reader go through. */
  readonly pooledUrl?: string | null;
  readonly pulumi: Engine;
  readonly plugins: readonly Engine[];
  readonly note: (line: string) => void;
}

/** The variables with which Pulumi works on an environment of this machine, here as by hand. */
export function environmentPulumiVariables(request: {
  readonly home: EnvironmentHome;
  readonly record: EnvironmentRecord;
  readonly adminUrl: string;
  /** Of a pooler that worker and reader go through. */
  readonly pooledUrl?: string | null;
  readonly programs: readonly string[];
  readonly path: string;
}): Record<string, string> {
  const { home, record, adminUrl, pooledUrl = null, programs, path } = request;
  return pulumiVariables({
    folder: home.pulumi,
    stack: home.environment,
    programs,
    path,
    databaseAdminUrl: adminUrl,
    databasePooledUrl: pooledUrl ?? undefined,
    temporalAddress: record.temporal.address,
    temporalNamespace: record.temporal.namespace,
  });
}

/** Makes database, keys and namespace what the Pulumi program says; gives the secrets of the environment. */
export async function provisionEnvironment(
  request: ProvisionRequest,
): Promise<Omit<EnvironmentSecrets, 'postgresPassword'>> {
  const { home, env, record, adminUrl, pooledUrl = null, pulumi, plugins } = request;
  const programs = pathEntriesOf([pulumi, ...plugins]);
  const variables = environmentPulumiVariables({
    home,
    record,
    adminUrl,
    pooledUrl,
    programs,
    path: env['PATH'] ?? '',
  });
  const logFile = join(home.logs, 'pulumi.log');
  const log = (line: string): void => {
    appendFileSync(logFile, `${line}\n`, { mode: 0o600 });
    // One line a resource is for the log; what is out of the ordinary is for the person too.
    if (!/^[+~-]/.test(line.trim())) request.note(line);
  };
  mendState(home.pulumi);
  const outputs = await provision({ pulumiPath: pulumi.path, variables, log });
  return {
    databaseUrls: { admin: adminUrl, ...outputs.databaseUrls },
    databasePooledUrl: pooledUrl,
    keyRing: outputs.keyRing,
    apiKeys: outputs.apiKeys,
  };
}
