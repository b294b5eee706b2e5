import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { haveEngines } from '../../../infra/engines/index.ts';
import { choosePort } from '../../../infra/environment/ports.ts';

/** A Temporal that may be stopped under the service and comes back at the same address with all it knew. */
export interface OwnTemporal {
  readonly address: string;
  readonly namespace: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const namespace = 'connector';
const keywords = ['Platform', 'Owner', 'ConnectionStatus', 'WaitingFor'];

/** Starts the dev server with its database and its log below `directory`. */
export async function startOwnTemporal(directory: string): Promise<OwnTemporal> {
  const { temporal } = await haveEngines(['temporal']);
  const port = await choosePort(undefined, []);
  const address = `127.0.0.1:${String(port)}`;
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)];
  args.push('--db-filename', join(directory, 'temporal.db'), '--namespace', namespace, '--log-level', 'error');
  args.push(...keywords.flatMap((name) => ['--search-attribute', `${name}=Keyword`]));
  const launch = async (): Promise<ChildProcess> => {
    const log = openSync(join(directory, 'temporal.log'), 'a');
    const child = spawn(temporal.path, args, { stdio: ['ignore', log, log] });
    await untilServing(address, child);
    return child;
  };
  let running: ChildProcess | null = await launch();
  return {
    address,
    namespace,
    stop: async () => {
      const child = running;
      running = null;
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const giveUp = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await once(child, 'exit');
      clearTimeout(giveUp);
    },
    start: async () => {
      running ??= await launch();
    },
  };
}

async function untilServing(address: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Temporal ended while starting, with ${String(child.exitCode)}.`);
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      await connection.workflowService.describeNamespace({ namespace });
      await connection.close();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
