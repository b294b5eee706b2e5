/** Tells a waiting person what takes so long. */
export interface Progress {
  /** Runs a step; says its label and the time it has taken once it runs for longer than two seconds. */
  step<T>(label: string, run: () => Promise<T>): Promise<T>;
  /** Says one line at once. */
  note(line: string): void;
}

/** Where progress goes; `stderr` by default, so that what is printed for programs stays clean. */
export interface ProgressOptions {
  readonly stream?: ProgressStream;
  /** How long a step stays silent, in milliseconds; 2,000 by default. */
  readonly silentMs?: number;
}

/** The part of a terminal's or file's stream that progress uses. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Progress that says nothing. */
export const silent: Progress = {
  step: (_label, run) => run(),
  note: () => undefined,
};

/**
 * Progress on a stream: on a terminal one live line for each step that runs, elsewhere one line when a step turns out to
 * be slow and one when it has ended.
 */
export function createProgress(options: ProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  const silentMs = options.silentMs ?? 2_000;
  return stream.isTTY === true ? liveProgress(stream, silentMs) : plainProgress(stream, silentMs);
}

/** Writes a length of time as a person says it: `4 s`, `4 min 30 s`. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.round(elapsedMs / 1_000);
  if (seconds < 60) return `${String(seconds)} s`;
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

function plainProgress(stream: ProgressStream, silentMs: number): Progress {
  return {
    note: (line) => void stream.write(`${line}\n`),
    async step(label, run) {
      const startedAt = Date.now();
      let slow = false;
      const timer = setTimeout(() => {
        slow = true;
        stream.write(`${label} …\n`);
      }, silentMs);
      timer.unref();
      const end = (mark: string): void => {
        clearTimeout(timer);
        if (slow) stream.write(`${label}: ${mark} ${formatElapsed(Date.now() - startedAt)}\n`);
      };
      try {
        const result = await run();
        end('done in');
        return result;
      } catch (error) {
        end('failed after');
        throw error;
      }
    },
  };
}

interface RunningStep {
  readonly label: string;
  readonly startedAt: number;
}

function liveProgress(stream: ProgressStream, silentMs: number): Progress {
  const running = new Set<RunningStep>();
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;

  // The live lines stay at the bottom: what is said for good goes above them.
  const draw = (above = ''): void => {
    const erase = drawn === 0 ? '' : `\u001b[${String(drawn)}A\u001b[0J`;
    const slow = [...running].filter((step) => Date.now() - step.startedAt >= silentMs);
    // A line that wraps would take two rows, and erasing would miss one of them.
    const width = Math.max(20, (stream.columns ?? 80) - 1);
    const lines = slow.map((step) => {
      const elapsed = ` ${formatElapsed(Date.now() - step.startedAt)}`;
      return `${step.label.slice(0, width - elapsed.length)}${elapsed}\n`;
    });
    drawn = lines.length;
    if (erase !== '' || above !== '' || lines.length > 0) stream.write(erase + above + lines.join(''));
  };

  return {
    note: (line) => {
      draw(`${line}\n`);
    },
    async step(label, run) {
      const step: RunningStep = { label, startedAt: Date.now() };
      running.add(step);
      timer ??= setInterval(draw, 500).unref();
      let mark = 'failed after';
      try {
        const result = await run();
        mark = 'done in';
        return result;
      } finally {
        running.delete(step);
        const elapsedMs = Date.now() - step.startedAt;
        draw(elapsedMs >= silentMs ? `${label}: ${mark} ${formatElapsed(elapsedMs)}\n` : '');
        if (running.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      }
    },
  };
}
