/** An environment that is up. */
export interface Up {
  readonly environment: string;
  readonly url: string;
  readonly temporalUiUrl: string | null;
  /** It was up before. */
  readonly wasUp: boolean;
}

/** Where an environment is, how to end it and, in `entry`, how to get in; `option` names it, unless the bare command means it. */
export function describeUp({ environment, url, temporalUiUrl, wasUp }: Up, option: string, entry: string): string {
  const lines = [`The environment "${environment}" is up${wasUp ? ' already' : ''}: ${url}`, entry];
  if (temporalUiUrl !== null) lines.push(`Temporal's web pages: ${temporalUiUrl}`);
  lines.push(`To end it: connector down${option}`);
  return lines.join('\n');
}
