import Table from 'cli-table3';
import type { CommandFailure } from './failure.ts';
import type { CommandContext } from './command.ts';
import type { Io } from './io.ts';
import { fitRows } from './wrap-text.ts';

/** Prints a value as JSON, or what `text` makes of it for a person. */
export function print<Value>(
  { io, json }: Pick<CommandContext, 'io' | 'json'>,
  value: Value,
  text: (value: Value) => string,
): void {
  io.out(`${json ? JSON.stringify(value, null, 2) : text(value)}\n`);
}

/** Says on the error output why a command failed and what to do. */
export function printFailure(io: Io, json: boolean, failure: CommandFailure): void {
  if (json) {
    const { what: cause, remedy, link, exitCode } = failure;
    io.err(`${JSON.stringify({ error: { cause, remedy, link, exitCode } })}\n`);
    return;
  }
  io.err(`${failure.what}\n${failure.remedy === '' ? '' : `→ ${failure.remedy}\n`}`);
  if (failure.link !== null && !failure.message.includes(failure.link)) io.err(`  ${failure.link}\n`);
}

/**
 * A table for a person: no colours, so that it looks the same in a log. With `columns` its texts are wrapped until it is
 * no wider than that, as far as words allow.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns }: { readonly columns?: number | undefined } = {},
): string {
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of columns === undefined ? rows : fitRows(head, rows, columns)) drawn.push([...row]);
  return drawn.toString();
}
