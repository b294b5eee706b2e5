import { chmod, link, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot, digestOf } from './cache.ts';
import { makeFolder } from './complete-folder.ts';

const hosts = ['pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs'];

/**
 * Makes a folder with a Pulumi CLI and the programs through which it runs Node programs; gives its path. The folder is
 * named by its content, so that a new Node, CLI or host gets a folder of its own, and is complete or not there.
 */
export async function makePulumiFolder(cli: string, root = cacheRoot()): Promise<string> {
  const files = await hostFiles();
  const directory = join(root, 'pulumi', digestOf(cli, JSON.stringify(files)), 'bin');
  if (await isComplete(directory, cli, files)) return directory;
  await makeFolder(directory, async (partial) => {
    // Pulumi looks for the hosts beside its executable once links are resolved, and warns about hosts found elsewhere: so
    // a second name for the same file, where the file system allows it.
    const name = join(partial, 'pulumi');
    await link(cli, name).catch(() => symlink(cli, name));
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(partial, name), content);
      await chmod(join(partial, name), 0o755);
    }
  });
  return directory;
}

/** The content of each file: the hosts as they are here, and for each a launcher with the name that Pulumi looks for. */
async function hostFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of hosts) {
    files[`${name}.mjs`] = await readFile(join(import.meta.dirname, 'pulumi-hosts', `${name}.mjs`), 'utf8');
    // Pulumi may run with another Node on PATH, or none: so the launcher names the one that runs this.
    files[name] = `#!/bin/sh\nexec ${quote(process.execPath)} "$(dirname "$0")/${name}.mjs" "$@"\n`;
  }
  return files;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

async function isComplete(directory: string, cli: string, files: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    // The CLI may have been built again: then this is still a name for the old one.
    const [present, current] = await Promise.all([stat(join(directory, 'pulumi')), stat(cli)]);
    if (present.ino !== current.ino) return false;
    for (const [name, content] of Object.entries(files)) {
      if ((await readFile(join(directory, name), 'utf8')) !== content) return false;
    }
    return true;
  } catch {
    return false;
  }
}
