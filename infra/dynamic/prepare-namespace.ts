import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { inspectNamespace, prepareNamespace } from '../prepare-namespace.ts';
import type { Properties } from './program-module.ts';

const wantedSchema = z.object({
  namespace: z.string(),
  retentionDays: z.number(),
  searchAttributes: z.array(z.string()),
});

// Where Temporal is comes from the settings of this run, not from the state, so that a server that moved is no change.
let address = process.env['TEMPORAL_ADDRESS'] ?? '';

/** Takes the address from the stack's configuration, if it stands there. */
export function configure(config: pulumi.dynamic.Config): void {
  const configured = config.get('temporalAddress');
  if (configured !== undefined && configured !== '') address = configured;
}

/** Registers the namespace, or takes over one that exists, and adds what it lacks. */
export async function create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
  const wanted = wantedSchema.parse(inputs);
  await prepareNamespace(address, process.env, wanted);
  return { id: wanted.namespace, outs: wanted };
}

/** What the server says now; gone if the server does not know the namespace. */
export async function read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties }> {
  const found = await inspectNamespace(address, process.env, wantedSchema.parse(properties));
  return found === undefined ? {} : { id, props: { ...found } };
}

/** Another name is another namespace; everything else is mended in place. */
export function diff(olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
  const have = wantedSchema.parse(olds);
  const wanted = wantedSchema.parse(news);
  const renamed = have.namespace !== wanted.namespace;
  const lacking = wanted.searchAttributes.some((name) => !have.searchAttributes.includes(name));
  return Promise.resolve({
    changes: renamed || lacking || have.retentionDays !== wanted.retentionDays,
    replaces: renamed ? ['namespace'] : [],
  });
}

/** Adds what is lacking and sets the retention. */
export async function update(_olds: Properties, news: Properties): Promise<{ outs: Properties }> {
  const wanted = wantedSchema.parse(news);
  await prepareNamespace(address, process.env, wanted);
  return { outs: wanted };
}
