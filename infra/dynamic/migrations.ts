import * as pulumi from '@pulumi/pulumi';
import { programModule } from './program-module.ts';

/** Who migrates which database with which files. */
export interface MigrationsArgs {
  readonly database: pulumi.Input<string>;
  readonly user: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
  readonly workerRole: pulumi.Input<string>;
  readonly readerRole: pulumi.Input<string>;
  /** Relative to the program's folder, so that another checkout sees no difference. */
  readonly folder: string;
  /** Names of the files there, in order. */
  readonly available: readonly string[];
}

/** The schema at the version of this checkout: numbered SQL files, forwards only. */
export class Migrations extends pulumi.dynamic.Resource {
  declare readonly applied: pulumi.Output<string[]>;

  constructor(name: string, args: MigrationsArgs, options: pulumi.CustomResourceOptions) {
    super(
      programModule('dynamic/apply-migrations.ts'),
      name,
      { ...args, applied: undefined },
      { ...options, additionalSecretOutputs: ['password'] },
      'connector',
      'Migrations',
    );
  }
}
