import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ask, download, unpack } from './vendor-download.ts';

const infoSchema = z.object({ archiveUrl: z.url(), fileToExtract: z.string() });

/** An executable that Temporal's own download service has. */
export interface TemporalArtifact {
  readonly artifact: 'cli' | 'temporal-test-server';
  readonly version: string;
}

/**
 * Downloads an executable from Temporal's service; gives its path relative to the folder. The service publishes no
 * checksum: TLS vouches for the first download, and the cache's manifest records its SHA-256 from then on.
 */
export async function downloadFromTemporal(
  artifact: TemporalArtifact,
  directory: string,
  service = 'https://temporal.download',
): Promise<string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const query = new URLSearchParams({ arch, platform: process.platform, format: 'tar.gz' });
  const info = await ask(`${service}/${artifact.artifact}/v${artifact.version}?${query.toString()}`);
  const { archiveUrl, fileToExtract } = infoSchema.parse(await info.json());
  const archive = join(directory, 'archive.tar.gz');
  await download(archiveUrl, archive);
  await mkdir(join(directory, 'vendor'));
  await unpack(archive, join(directory, 'vendor'));
  await rm(archive);
  return join('vendor', fileToExtract);
}
