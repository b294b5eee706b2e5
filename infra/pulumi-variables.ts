import { delimiter, join } from 'node:path';

/** Where an environment keeps its Pulumi state, and what its stack is to provision. */
export interface PulumiHome {
  /** Absolute; holds state, stack settings and passphrase. Nothing is written into the checkout. */
  readonly folder: string;
  /** The stack's name, which is the environment's. */
  readonly stack: string;
  /** Absolute folders that hold `pulumi` and its plugins. */
  readonly programs: readonly string[];
  /** The PATH that the programs are put in front of. */
  readonly path: string;
  /** postgres://… of the administrator. Without it the stack's settings must name one. */
  readonly databaseAdminUrl?: string;
  /** postgres://… of a pooler for worker and reader. */
  readonly databasePooledUrl?: string | undefined;
  readonly temporalAddress?: string;
  readonly temporalNamespace?: string;
}

/**
 * Exactly the variables with which `cd infra && pulumi up` works on this environment by hand. They are secret in so far
 * as the administrator's URL is; the passphrase is named by its file.
 */
export function pulumiVariables(home: PulumiHome): Record<string, string> {
  const optional = {
    DATABASE_ADMIN_URL: home.databaseAdminUrl,
    DATABASE_POOLED_URL: home.databasePooledUrl,
    TEMPORAL_ADDRESS: home.temporalAddress,
    TEMPORAL_NAMESPACE: home.temporalNamespace,
  };
  return {
    PATH: [...home.programs, home.path].join(delimiter),
    PULUMI_HOME: join(home.folder, 'cli'),
    PULUMI_BACKEND_URL: `file://${home.folder}`,
    PULUMI_STACK: home.stack,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(home.folder, 'passphrase'),
    // Each flag of the CLI has such a variable. This one is `--config-file`, so that the stack's settings (and with them
    // the salt of its encryption) lie here and many environments can share one checkout.
    PULUMI_OPTION_CONFIG_FILE: join(home.folder, `Pulumi.${home.stack}.yaml`),
    // Before it looks for changes, learn from the program where servers are now: they may have moved since the last run.
    PULUMI_RUN_PROGRAM: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    ...Object.fromEntries(
      Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}
