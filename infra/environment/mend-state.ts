import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes what a kill has left half-written beside Pulumi's state: the CLI replaces the state itself in one step, but
 * writes the `.attrs` file beside each file in place, and refuses the state ("EOF") when that is empty. Without the
 * file it takes defaults.
 */
export function mendState(pulumiFolder: string): void {
  const state = join(pulumiFolder, '.pulumi');
  if (!existsSync(state)) return;
  for (const entry of readdirSync(state, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name.endsWith('.attrs') && !isJson(readFileSync(path, 'utf8'))) rmSync(path);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
