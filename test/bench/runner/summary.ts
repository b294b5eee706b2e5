import type { Figures } from './bench.ts';

/** What a bench found out, for people: one figure a line, nested ones indented. */
export function summaryOf(figures: Figures): string {
  return linesOf(figures, '').join('\n');
}

function linesOf(value: object, indent: string): string[] {
  const entries = Object.entries(value);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.flatMap(([name, entry]: [string, unknown]) => {
    if (typeof entry === 'object' && entry !== null && Object.keys(entry).length > 0) {
      return [`${indent}${name}`, ...linesOf(entry, `${indent}  `)];
    }
    return [`${indent}${name.padEnd(width)}  ${textOf(entry)}`];
  });
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(2);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
