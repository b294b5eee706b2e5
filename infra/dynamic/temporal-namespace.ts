import * as pulumi from '@pulumi/pulumi';
import { programModule } from './program-module.ts';

/** What the connector needs of Temporal. */
export interface TemporalNamespaceArgs {
  readonly namespace: string;
  /** Days for which closed workflows are kept. */
  readonly retentionDays: number;
  /** Names of search attributes, each of type Keyword. */
  readonly searchAttributes: readonly string[];
}

/**
 * A namespace that takes workflows, with its search attributes.
 *
 * Never deleted, not even with the stack: its histories are what is going on with each connection. Whoever wants that
 * runs `temporal operator namespace delete`.
 */
export class TemporalNamespace extends pulumi.dynamic.Resource {
  constructor(name: string, args: TemporalNamespaceArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      programModule('dynamic/prepare-namespace.ts'),
      name,
      { ...args },
      { ...options, retainOnDelete: true },
      'connector',
      'TemporalNamespace',
    );
  }
}
