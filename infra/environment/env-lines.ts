/** Quotes a text for POSIX shells, so that it arrives to the letter whatever it holds. Throws on NUL, which no shell can hold. */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new Error('A NUL character cannot stand in a shell variable.');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `export` lines for a shell to evaluate; PATH gets `pathEntries` in front of what it has. */
export function exportLines(variables: Readonly<Record<string, string>>, pathEntries: readonly string[]): string[] {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  if (pathEntries.length > 0) lines.push(`export PATH=${pathEntries.map(shellQuote).join(':')}:"$PATH"`);
  return lines;
}
