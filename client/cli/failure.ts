/** 0 done · 1 failed · 2 used wrongly · 3 a human is needed. */
export const exitCodes = { done: 0, failed: 1, usage: 2, human: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A command did not do what it was asked for: why, and what to do next. Never holds a secret. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;
  readonly what: string;
  readonly remedy: string;
  readonly link: string | null;

  constructor(exitCode: ExitCode, failure: { what: string; remedy: string; link?: string | null; cause?: unknown }) {
    super(`${failure.what} ${failure.remedy}`.trim(), failure.cause === undefined ? {} : { cause: failure.cause });
    this.exitCode = exitCode;
    this.what = failure.what;
    this.remedy = failure.remedy;
    this.link = failure.link ?? null;
  }
}

/** The failure behind anything that was thrown, with the exit code that fits. */
export function toFailure(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (!(error instanceof Error)) return new CommandFailure(1, { what: String(error), remedy: '' });
  const exitCode = exitCodeByName[error.name] ?? exitCodes.failed;
  if (isRefusedConnection(error)) {
    const remedy = 'Is the environment up? Run: connector up. What is wrong says: connector doctor';
    return new CommandFailure(exitCode, { what: `${withReasons(error.message, error)}.`, remedy, cause: error });
  }
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : '';
  const link = 'link' in error && typeof error.link === 'string' ? error.link : null;
  const what =
    remedy !== '' && error.message.endsWith(remedy) ? error.message.slice(0, -remedy.length).trim() : error.message;
  return new CommandFailure(exitCode, { what: withReasons(what, error), remedy, link, cause: error });
}

// By name: the classes themselves would load the SDK, Temporal and Pulumi for a command that needs none of them.
const exitCodeByName: Readonly<Record<string, ExitCode>> = {
  NeedsConsentError: exitCodes.human,
  ManualModeError: exitCodes.human,
  UnknownPlatformError: exitCodes.usage,
  AnswersError: exitCodes.usage,
};

function isRefusedConnection(error: Error): boolean {
  return 'code' in error && error.code === 'ECONNREFUSED';
}

/** A refused connection to a host with several addresses has an empty message of its own. */
function withReasons(what: string, error: Error): string {
  if (what !== '' || !(error instanceof AggregateError)) return what;
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}
