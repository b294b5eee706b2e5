/**
 * Aborts when this process is asked to end: Ctrl-C, a TERM, or a terminal that was closed. From then on the process decides
 * itself when it ends; a second request changes nothing.
 */
export function untilAskedToStop(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort());
  return asked.signal;
}
