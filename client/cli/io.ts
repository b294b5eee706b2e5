/** Where a command writes and what it knows of its surroundings: an argument, so that tests need no process. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  /** True when a person reads the output on a terminal. */
  readonly isTerminal: boolean;
  /** True when a person can be asked. */
  readonly canAsk: boolean;
  /** How wide the terminal is; nothing when the output is no terminal. */
  readonly columns?: number | undefined;
  out(text: string): void;
  err(text: string): void;
  /** All of the standard input. */
  readInput(): Promise<string>;
}

/** The terminal, pipe or file that this process has. */
export function processIo(): Io {
  // Whoever reads may stop reading, as `head` does: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    env: process.env,
    isTerminal: process.stdout.isTTY,
    canAsk: process.stdin.isTTY && process.stdout.isTTY,
    columns: process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : undefined,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readInput: async () => {
      let text = '';
      process.stdin.setEncoding('utf8');
      for await (const chunk of process.stdin) text += String(chunk);
      return text;
    },
  };
}
