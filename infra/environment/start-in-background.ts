import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from './child-environment.ts';
import { connectorHome, makeHome, type EnvironmentHome } from './home.ts';

const reportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), text: z.string() }),
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);

/** What the supervisor in the background tells whoever started it. */
export type SupervisorReport = z.infer<typeof reportSchema>;

/**
 * Starts a supervisor that outlives this process; resolves when everything is up. `write` gets its progress. Aborted: it ends
 * what it has started. Throws what it failed with.
 */
export async function startInBackground(request: {
  readonly home: EnvironmentHome;
  readonly env: NodeJS.ProcessEnv;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { home, env } = request;
  makeHome(home);
  const logFile = join(home.logs, 'supervisor.log');
  const log = openSync(logFile, 'a', 0o600);
  const supervisor = spawn(process.execPath, [join(import.meta.dirname, 'supervisor-main.ts')], {
    cwd: projectRoot,
    env: { ...env, CONNECTOR_HOME: connectorHome(env), CONNECTOR_ENV: home.environment },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const passOn = (): void => void supervisor.kill('SIGTERM');
  request.signal.addEventListener('abort', passOn, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      supervisor.on('message', (message) => {
        const report = reportSchema.parse(message);
        if (report.kind === 'progress') request.write(report.text);
        else if (report.kind === 'ready') resolve();
        else reject(new Error(report.message));
      });
      supervisor.once('error', reject);
      supervisor.once('exit', () => reject(new Error(`The supervisor ended while starting; see ${logFile}`)));
    });
  } finally {
    request.signal.removeEventListener('abort', passOn);
    if (supervisor.connected) supervisor.disconnect();
    supervisor.unref();
  }
}
