import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Bench } from './bench.ts';

/** The command line is not what the bench takes. */
export class UsageError extends Error {}

const properties = z.record(
  z.string(),
  z.object({ type: z.string().optional(), default: z.unknown().optional(), description: z.string().optional() }),
);

/** The options on the command line, as the bench's own schema reads them. Throws UsageError. */
export function readOptions(bench: Bench, args: readonly string[]): Readonly<Record<string, unknown>> {
  const config = Object.fromEntries(
    optionsOf(bench).map(({ flag, isSwitch }) => [flag, { type: isSwitch ? 'boolean' : 'string' } as const]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options: config, strict: true, allowPositionals: false });
    const given = optionsOf(bench).flatMap(({ name, flag }) => (flag in values ? [[name, values[flag]]] : []));
    return bench.options.parse(Object.fromEntries(given));
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** One line about the bench and one about each of its options. */
export function usageOf(bench: Bench): string {
  const lines = optionsOf(bench).map(({ flag, isSwitch, fallback, description }) => {
    const name = isSwitch ? `--${flag}` : `--${flag} …`;
    return `      ${name.padEnd(20)}${[description, fallback].filter((part) => part !== '').join('; ')}`;
  });
  return [`  ${bench.name.padEnd(8)}${bench.about}`, ...lines].join('\n');
}

interface Option {
  readonly name: string;
  readonly flag: string;
  readonly isSwitch: boolean;
  readonly fallback: string;
  readonly description: string;
}

function optionsOf(bench: Bench): readonly Option[] {
  const { properties: given } = z.toJSONSchema(bench.options, { unrepresentable: 'any' });
  return Object.entries(properties.parse(given ?? {})).map(([name, property]) => ({
    name,
    flag: name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    isSwitch: property.type === 'boolean',
    fallback: property.default === undefined ? '' : `default ${JSON.stringify(property.default)}`,
    description: property.description ?? '',
  }));
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
