/** A route that was tried and why it did not work. */
export interface FailedAttempt {
  readonly label: string;
  readonly reason: string;
}

/** No route gave the engine: says what was tried in which order, each reason, and what a person can do. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
  readonly engine: string;
  readonly attempts: readonly FailedAttempt[];

  constructor(engine: string, version: string, attempts: readonly FailedAttempt[], advice: string) {
    const tried = attempts.map(
      (attempt, index) => `  ${String(index + 1)}. ${attempt.label}: ${attempt.reason.replaceAll('\n', '\n     ')}`,
    );
    super(
      [
        `${engine} ${version} could not be had. Tried, in this order:`,
        ...tried,
        `What to do: ${advice} Then run the same command again.`,
      ].join('\n'),
    );
    this.engine = engine;
    this.attempts = attempts;
  }
}

/** The reason that an error carries, with the cause that explains it: `fetch failed` alone says nothing. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
