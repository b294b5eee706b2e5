import { Console } from 'node:console';
import setUp from '../global-setup.ts';
import { BrokenPromise, loadBench, loadBenches } from './runner/bench.ts';
import type { Bench, Figures } from './runner/bench.ts';
import { readOptions, UsageError, usageOf } from './runner/command-line.ts';
import { summaryOf } from './runner/summary.ts';

/**
 * `npm run bench -- NAME [--json] [--option value …]` measures one thing; without a name it lists what there is. Ends with
 * 0, with 1 when the bench failed or found its promise broken, with 2 when the command line is wrong.
 */
async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const [name, ...rest] = args.filter((arg) => arg !== '--json');
  if (name === undefined) return list(json);
  const bench = await loadBench(name);
  if (bench === null) throw new UsageError(`There is no bench "${name}". Without a name, all are listed.`);
  return measure(bench, readOptions(bench, rest), json);
}

async function list(json: boolean): Promise<number> {
  const benches = await loadBenches();
  const lines = ['npm run bench -- NAME [--json] [--option value …]', '', ...benches.map(usageOf)];
  await print(json ? JSON.stringify(benches.map(({ name, about }) => ({ name, about }))) : lines.join('\n'));
  return 0;
}

async function measure(bench: Bench, options: Readonly<Record<string, unknown>>, json: boolean): Promise<number> {
  const stop = await setUp();
  const interrupted = (): void => void stop().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const show = (figures: Figures): Promise<void> => print(json ? JSON.stringify(figures) : summaryOf(figures));
  try {
    await show(await bench.run(options, say));
    return 0;
  } catch (error) {
    if (!(error instanceof BrokenPromise)) throw error;
    await show(error.figures);
    say(`Broken promise: ${error.message}`);
    return 1;
  } finally {
    await stop();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Waits until it is written: a pipe takes long text in parts, and the end of the process would cut it. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${text}\n`, () => {
      resolve();
    });
  });
}

// Standard output carries the result and nothing else, whatever a library finds worth saying.
globalThis.console = new Console(process.stderr);
const code = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(
    error instanceof UsageError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  return error instanceof UsageError ? 2 : 1;
});
// A library's open socket must not keep a finished bench alive.
process.exit(code);
