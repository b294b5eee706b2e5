import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** What making an entry gave: where its executables lie in its folder, and where they came from. */
export interface Made {
  readonly source: 'vendor' | 'registry';
  /** One line: how it was had and why in this way. */
  readonly reason: string;
  /** Name of each executable → its path relative to the entry's folder. */
  readonly executables: Readonly<Record<string, string>>;
}

const fileName = 'manifest.json';

const manifestSchema = z.object({
  source: z.enum(['vendor', 'registry']),
  reason: z.string(),
  executables: z.record(
    z.string(),
    z.object({ file: z.string(), sha256: z.string(), size: z.number(), mtimeMs: z.number() }),
  ),
});

/** What an entry's `manifest.json` records: each executable with its SHA-256, size in bytes and time of change. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Records the executables of a folder as they are now. */
export async function writeManifest(directory: string, made: Made): Promise<Manifest> {
  const executables: Manifest['executables'] = {};
  for (const [name, file] of Object.entries(made.executables)) {
    const path = join(directory, file);
    await chmod(path, 0o755);
    const { size, mtimeMs } = await stat(path);
    executables[name] = { file, sha256: await sha256Of(path), size, mtimeMs };
  }
  const manifest: Manifest = { source: made.source, reason: made.reason, executables };
  await save(directory, manifest);
  return manifest;
}

/**
 * Reads the manifest of a folder and checks its executables: size and time always, the SHA-256 when these differ or when
 * `verify` is set. Undefined when there is no manifest or anything does not match.
 */
export async function checkManifest(directory: string, verify: boolean): Promise<Manifest | undefined> {
  const manifest = await load(directory);
  if (manifest === undefined) return undefined;
  let touched = false;
  for (const recorded of Object.values(manifest.executables)) {
    const path = join(directory, recorded.file);
    const found = await stat(path).catch(() => undefined);
    if (found?.size !== recorded.size) return undefined;
    const same = found.mtimeMs === recorded.mtimeMs;
    if ((verify || !same) && (await sha256Of(path)) !== recorded.sha256) return undefined;
    touched ||= !same;
    recorded.mtimeMs = found.mtimeMs;
  }
  // Same content under a new time (a copied or restored cache): remember it, so that the next start does not hash again.
  if (touched) await save(directory, manifest).catch(() => undefined);
  return manifest;
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function load(directory: string): Promise<Manifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(directory, fileName), 'utf8')));
  } catch {
    return undefined; // absent or unreadable: the entry counts as absent
  }
}

async function save(directory: string, manifest: Manifest): Promise<void> {
  const path = join(directory, fileName);
  const partial = `${path}.${String(process.pid)}`;
  await writeFile(partial, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(partial, path);
}
