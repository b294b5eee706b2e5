import { z } from 'zod';
import { createProgress } from '../engines/progress.ts';
import { environmentHome } from './home.ts';
import type { SupervisorReport } from './start-in-background.ts';
import { startEnvironment } from './start-environment.ts';
import { untilAskedToStop } from './stop-signals.ts';

// Looks after an environment in the background. Whoever started it hears how it goes over the channel until everything is
// up; the log has all of it.
const report = (message: SupervisorReport): void => {
  if (process.connected) process.send?.(message);
};
const write = (text: string): void => {
  process.stdout.write(text);
  report({ kind: 'progress', text });
};

const asked = untilAskedToStop();
try {
  const progress = createProgress({ stream: { write } });
  const started = await startEnvironment({ home: environmentHome(), env: process.env, progress, signal: asked });
  report({ kind: 'ready' });
  if (process.connected) process.disconnect();
  if (!asked.aborted) await new Promise<void>((resolve) => asked.addEventListener('abort', () => resolve()));
  await started.stop();
  process.exit(0);
} catch (error) {
  const { message } = z
    .object({ message: z.string() })
    .catch({ message: String(error) })
    .parse(error);
  process.stdout.write(`${message}\n`);
  report({ kind: 'failed', message });
  process.exit(1);
}
