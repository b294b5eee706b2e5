import { join } from 'node:path';
import { execa } from 'execa';
import { withBuildLock } from './build-lock.ts';
import { cacheRoot } from './cache.ts';
import { findOnPath } from './on-path.ts';

/** Installs a package of Debian's when this process is root, one at a time; throws an error that says why it can't. */
export async function installDebianPackage(name: string): Promise<void> {
  const apt = await findOnPath('apt-get');
  if (apt === undefined) throw new Error('apt-get is not on PATH');
  if (process.getuid?.() !== 0) throw new Error('only root can install packages');
  // dpkg lets one process install at a time: another one is waited for.
  const settings = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
  const environment = {
    DEBIAN_FRONTEND: 'noninteractive',
    // A package may bring a service, which Debian starts with the installation: we start what we need ourselves.
    // https://manpages.debian.org/bookworm/init-system-helpers/invoke-rc.d.8.en.html and systemctl(1) (checked 2026-11-23)
    RUNLEVEL: '1',
    SYSTEMD_OFFLINE: '1',
  };
  // apt-get's own lock on its lists is not waited for.
  await withBuildLock(join(cacheRoot(), 'apt.lock'), async () => {
    await execa(apt, [...settings, 'update'], { stdin: 'ignore', env: environment });
    const install = [...settings, 'install', '--yes', '--no-install-recommends', name];
    await execa(apt, install, { stdin: 'ignore', env: environment });
  });
}
