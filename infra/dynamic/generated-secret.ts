import * as pulumi from '@pulumi/pulumi';
import { programModule } from './program-module.ts';

/** The form of a generated value. */
export interface GeneratedSecretArgs {
  readonly bytes: number;
  readonly encoding: 'base64' | 'base64url';
  /** Stands in front of the value, so that a leaked one is recognised. */
  readonly prefix?: string;
}

/** A value from node:crypto that is made once and then kept, encrypted, in the stack's state. */
export class GeneratedSecret extends pulumi.dynamic.Resource {
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, args: GeneratedSecretArgs, options: pulumi.CustomResourceOptions) {
    super(
      programModule('dynamic/generate-secret.ts'),
      name,
      { bytes: args.bytes, encoding: args.encoding, prefix: args.prefix ?? '', value: undefined },
      { ...options, additionalSecretOutputs: ['value'] },
      'connector',
      'GeneratedSecret',
    );
  }
}
