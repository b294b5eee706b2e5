import { statSync } from 'node:fs';
import { readSecrets } from './record.ts';
import type { Settings } from './settings.ts';

/**
 * Gives the key ring as it is now, and the same object as long as its file has not changed. A file that is gone for the
 * moment leaves the ring as it was.
 */
export function keyRingReader({ keyRing, keyRingFile }: Settings): () => Settings['keyRing'] {
  let known = keyRing;
  let stamp: string | null = null;
  return () => {
    if (keyRingFile === null) return known;
    const now = stampOf(keyRingFile);
    if (now === null || now === stamp) return known;
    const { keyRing: read } = readSecrets({ secrets: keyRingFile });
    if (read.length > 0) known = read;
    stamp = now;
    return known;
  };
}

/** The file is always replaced as a whole, so that its inode tells two versions of one moment apart. */
function stampOf(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? null : `${String(stat.ino)}/${String(stat.mtimeMs)}/${String(stat.size)}`;
}
