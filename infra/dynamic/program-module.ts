import type * as pulumi from '@pulumi/pulumi';

/** Property values as they travel between Pulumi's engine and a module of ours. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a module offers so that Pulumi can keep a resource with it. */
export interface ResourceModule {
  configure?(config: pulumi.dynamic.Config): void;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties }>;
  diff(olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult>;
  update(olds: Properties, news: Properties): Promise<{ outs: Properties }>;
}

/**
 * A dynamic provider that does nothing but hand each call to a module of this program.
 *
 * Pulumi stores the provider's functions as text in the state and runs that text in a process of its own, so they
 * stay this short; `file` is relative to the program's folder, which is that process's working directory, so that
 * another machine or checkout sees no difference. There is no delete: what these resources made is lost with the
 * database, or (keys, histories) must not be lost at all.
 */
export function programModule(file: string): pulumi.dynamic.ResourceProvider<Properties, Properties> {
  const load = async (): Promise<ResourceModule> => {
    const { pathToFileURL } = await import('node:url');
    const loaded: unknown = await import(pathToFileURL(`${process.cwd()}/${file}`).href);
    if (!isResourceModule(loaded))
      throw new Error(`${file} does not offer what a resource needs: create, read, diff, update.`);
    return loaded;
  };
  return {
    configure: async ({ config }) => (await load()).configure?.(config),
    create: async (inputs) => (await load()).create(inputs),
    read: async (id, properties) => (await load()).read(id, properties ?? {}),
    diff: async (_id, olds, news) => (await load()).diff(olds, news),
    update: async (_id, olds, news) => (await load()).update(olds, news),
  };
}

function isResourceModule(value: unknown): value is ResourceModule {
  return (
    typeof value === 'object' && value !== null && ['create', 'read', 'diff', 'update'].every((name) => name in value)
  );
}
