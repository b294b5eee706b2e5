import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { SimulatorMemory } from './simulator.ts';

/** Everything the simulators remember, in one JSON file or, without a path, in memory only. */
export interface SimulatorState {
  /** The part of the state that belongs to `name`; each name can be asked for once. */
  memoryOf(name: string): SimulatorMemory;
  /** Something may have changed: it is written within 25 ms. */
  touch(): void;
  /** Writes now, if anything changed. */
  flush(): void;
  /** Writes the last change and stops. */
  close(): void;
}

const writeDelayMs = 25;
const fileContent = z.record(z.string(), z.unknown());

/**
 * Opens the state. The file is replaced in one step (a crash leaves the old or the new one, never half) and is readable
 * by its owner only. Throws, naming the file, when it holds something that no longer fits.
 */
export function openSimulatorState(file?: string): SimulatorState {
  const found = file === undefined ? {} : readState(file);
  const kept: Record<string, unknown> = { ...found };
  const taken = new Set<string>();
  let written = '';
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (file === undefined) return;
    const text = JSON.stringify(kept);
    if (text === written) return;
    replaceFile(file, text);
    written = text;
  };
  return {
    memoryOf: (name) => ({
      keep: (schema, initial) => {
        if (taken.has(name)) throw new Error(`The simulator state of '${name}' is in use already.`);
        taken.add(name);
        const value = name in found ? parseKept(schema, found[name], `${file ?? 'memory'}, part '${name}'`) : initial();
        kept[name] = value;
        return value;
      },
    }),
    touch: () => {
      if (file !== undefined) timer ??= setTimeout(flush, writeDelayMs);
    },
    flush,
    close: flush,
  };
}

function readState(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  const text = readFileSync(file, 'utf8');
  try {
    return fileContent.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`The simulators' state ${file} is not readable. Delete it to start with fresh accounts.`, {
      cause,
    });
  }
}

function parseKept<Value>(schema: z.ZodType<Value>, value: unknown, where: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(
    `The simulators' state (${where}) is of another version. Delete it to start with fresh accounts. ${z.prettifyError(parsed.error)}`,
    { cause: parsed.error },
  );
}

function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.new`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(temporary, text, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}
