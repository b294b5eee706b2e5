import { z } from 'zod';

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).optional(),
});
const exportSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(resourceSchema).optional(),
    pending_operations: z.array(z.object({ type: z.string(), resource: resourceSchema })).optional(),
  }),
});

/** What `pulumi stack export` prints, as far as it matters here. */
export type StackExport = z.infer<typeof exportSchema>;
type Resource = z.infer<typeof resourceSchema>;

/** Reads what `pulumi stack export` printed. */
export function parseStackExport(text: string): StackExport {
  return exportSchema.parse(JSON.parse(text));
}

/** The names of resources on which a killed run was working. */
export function pendingResources(stack: StackExport): string[] {
  return (stack.deployment.pending_operations ?? []).map(
    ({ resource }) => resource.urn.split('::').at(-1) ?? resource.urn,
  );
}

/**
 * The stack without pending operations, so that the next `up` goes on where a killed one was stopped.
 *
 * Whether Postgres did what was pending is not known. Roles, databases and schemas cannot be created twice, so those
 * under creation are taken for made: the refresh that begins each `up` forgets them again if they are not there.
 * Everything else may simply be done once more.
 */
export function settlePendingOperations(stack: StackExport): StackExport {
  const { pending_operations: pending = [], resources = [], ...deployment } = stack.deployment;
  const known = new Set(resources.map((resource) => resource.urn));
  const adopted = pending
    .filter(({ type, resource }) => type === 'creating' && !known.has(resource.urn))
    .flatMap(({ resource }) => {
      const id = idOf(resource);
      return id === undefined ? [] : [{ ...resource, id, outputs: resource.inputs }];
    });
  return { ...stack, deployment: { ...deployment, resources: [...resources, ...adopted] } };
}

function idOf({ type, inputs = {} }: Resource): string | undefined {
  const { name, database } = inputs;
  if (typeof name !== 'string') return undefined;
  if (type === 'postgresql:index/role:Role' || type === 'postgresql:index/database:Database') return name;
  if (type === 'postgresql:index/schema:Schema' && typeof database === 'string') return `${database}.${name}`;
  return undefined;
}
