import { randomInt } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import net from 'node:net';
import { basename } from 'node:path';

/** True when nobody listens on the port of this machine's loopback address, nor on all addresses. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

// Below the range from which systems give ports to outgoing connections (Linux: from 32768): a port chosen there would
// be taken by the next connection of anybody before its part listens.
const lowest = 20_000;
const highest = 31_999;

/** The recorded port if it is still free, else a free one that is none of `taken`. */
export async function choosePort(recorded: number | undefined, taken: readonly number[]): Promise<number> {
  if (recorded !== undefined && !taken.includes(recorded) && (await isPortFree(recorded, '127.0.0.1'))) return recorded;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowest, highest + 1);
    if (!taken.includes(port) && (await isPortFree(port, '127.0.0.1'))) return port;
  }
  throw new Error(
    `No free port was found from ${String(lowest)} to ${String(highest)}: what listens there? See: ss -ltnp`,
  );
}

/** The public port is somebody else's; the message says whose, and what to set. */
export class PortBusyError extends Error {
  override readonly name = 'PortBusyError';
  readonly remedy: string;

  constructor(port: number, holder: string | null) {
    const remedy =
      `End that process, or choose another port: CONNECTOR_PORT=${String(port + 1)} ` +
      '(it is part of the callback address, so register that one in the portals).';
    super(`Port ${String(port)} is taken by ${holder ?? 'another process'}. ${remedy}`);
    this.remedy = remedy;
  }
}

/** Throws when the public port is taken, naming the process that holds it where the system tells. */
export async function refuseBusyPort(port: number, host: string): Promise<void> {
  if (await isPortFree(port, host)) return;
  throw new PortBusyError(port, await portHolder(port));
}

/** Names the process that listens on a port, as `node (pid 4711)`; null when the system does not tell. */
export async function portHolder(port: number): Promise<string | null> {
  try {
    const inodes = await listeningInodes(port);
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      if (!(await holdsSocket(pid, inodes))) continue;
      const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
      return `${basename(program)} (pid ${pid})`;
    }
    return null;
  } catch {
    return null; // no /proc on this system
  }
}

async function listeningInodes(port: number): Promise<ReadonlySet<string>> {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n')) {
      const fields = line.trim().split(/\s+/);
      // 0A is the kernel's number for LISTEN.
      if (fields[1]?.endsWith(`:${hexadecimal}`) === true && fields[3] === '0A' && fields[9] !== undefined) {
        inodes.add(`socket:[${fields[9]}]`);
      }
    }
  }
  return inodes;
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (inodes.has(target)) return true;
  }
  return false;
}
