import type { Engine } from './engine.ts';

/** What `connector engines --json` says of one engine. */
export interface ListedEngine {
  readonly path: string;
  readonly version: string;
  readonly source: string;
}

/** The Node that runs this process. */
export interface RunningNode {
  readonly path: string;
  readonly version: string;
}

/** Turns engines into the content of `connector engines --json`: name → path, version and source, Node included. */
export function listEngines(
  engines: Iterable<Engine>,
  node: RunningNode = { path: process.execPath, version: process.versions.node },
): Record<string, ListedEngine> {
  const fromRegistry = /[/\\]node_modules[/\\]/.test(node.path);
  const listed: Record<string, ListedEngine> = {
    node: { path: node.path, version: node.version, source: fromRegistry ? 'registry' : 'path' },
  };
  for (const { name, path, version, source } of engines) listed[name] = { path, version, source };
  return listed;
}
