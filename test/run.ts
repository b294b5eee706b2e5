import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { chromiumEngine, engineNames, haveEngines, pgbouncerEngine } from '../infra/engines/index.ts';
import { createProgress } from '../infra/engines/progress.ts';

/** `npm test [-- FILTER…]`: has every engine that the tests run on, then runs them. Ends with vitest's exit code. */
const progress = createProgress();
await Promise.all([
  haveEngines(engineNames, { progress }),
  chromiumEngine({ progress }),
  // Without it the tests that need it say what is missing, and all others run.
  pgbouncerEngine({ progress }).catch(() => undefined),
]);
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { exitCode } = await execaNode(vitest, ['run', ...process.argv.slice(2)], { stdio: 'inherit', reject: false });
process.exitCode = exitCode ?? 1;
