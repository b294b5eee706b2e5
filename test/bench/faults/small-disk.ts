import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import type { Rig } from './rig.ts';

const tablespace = 'small_disk';
const size = '8m';

/** A file system of a few megabytes that holds the table of connections, and that can be full. */
export interface SmallDisk {
  /** Fills it to the last byte, and the room inside the table too: from now on no row can be written. */
  fill(connectionId: string): Promise<void>;
  /** Gives the room back. */
  free(): Promise<void>;
  /** Moves the table to where it was. */
  remove(): Promise<void>;
}

/** Mounts one and moves the table there. Null where this user may not mount. */
export async function mountSmallDisk({ directory, postgres, admin }: Rig): Promise<SmallDisk | null> {
  const mountPoint = join(directory, 'small-disk');
  const space = join(mountPoint, 'space');
  const ballast = join(mountPoint, 'ballast');
  await mkdir(mountPoint);
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tmpfs', mountPoint], {
    reject: false,
  });
  if (mounted.failed) return null;
  await mkdir(space, { mode: 0o700 });
  const { uid, gid } = await stat(postgres.dataDirectory);
  await Promise.all([mountPoint, space].map((path) => chown(path, uid, gid)));
  await admin.query(`create tablespace ${tablespace} location '${space}'`);
  await admin.query(`alter table connector.platform_connections set tablespace ${tablespace}`);
  // Old versions of rows that somebody may still look at keep their room.
  const onlooker = new pg.Client({ connectionString: postgres.database.adminUrl });
  await onlooker.connect();
  return {
    fill: async (connectionId) => {
      await onlooker.query('begin isolation level repeatable read');
      await onlooker.query('select from connector.platform_connections');
      await writeUntilFull(ballast);
      const update = 'update connector.platform_connections set updated_at = updated_at where id = $1';
      for (;;) {
        try {
          await admin.query(update, [connectionId]);
        } catch (error) {
          if (error instanceof pg.DatabaseError && error.code === '53100') return;
          throw error;
        }
      }
    },
    free: async () => {
      await onlooker.query('rollback');
      await rm(ballast);
    },
    remove: async () => {
      await onlooker.end();
      await admin.query('alter table connector.platform_connections set tablespace pg_default');
      await admin.query('checkpoint');
      await admin.query(`drop tablespace ${tablespace}`);
      // Lazily: a server process may still have a file open that it has forgotten.
      await execa('umount', ['--lazy', mountPoint]);
    },
  };
}

async function writeUntilFull(file: string): Promise<void> {
  for (let kilobytes = 1024; kilobytes >= 1; kilobytes /= 2) {
    let full = false;
    while (!full) {
      full = await writeFile(file, randomBytes(kilobytes * 1024), { flag: 'a' }).then(
        () => false,
        () => true,
      );
    }
  }
}
