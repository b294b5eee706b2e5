/** One request as the log keeps it: enough to count and to tell what happened, nothing that could be used again. */
export interface LoggedRequest {
  /** ISO 8601 by the virtual clock. */
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Query and form parameters in the order sent; values that may be secret are `[redacted]`. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** The status answered; null when the connection was dropped instead. */
  readonly status: number | null;
  readonly leg: 'api' | 'browser';
  /** True when an injected fault decided what happened. */
  readonly fault: boolean;
}

export interface RequestFilter {
  readonly host?: string | undefined;
  readonly path?: string | undefined;
}

/** The newest requests, oldest first; older ones fall out. */
export interface RequestLog {
  add(request: LoggedRequest): void;
  list(filter: RequestFilter): readonly LoggedRequest[];
  clear(): void;
}

const capacity = 10_000;

/** An empty log that keeps the newest 10,000 requests. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  return {
    add: (request) => {
      entries.push(request);
      // Cutting in halves keeps adding cheap: one copy for each 10,000 requests.
      if (entries.length >= 2 * capacity) entries = entries.slice(-capacity);
    },
    list: ({ host, path }) =>
      entries
        .slice(-capacity)
        .filter((entry) => (host === undefined || entry.host === host) && (path === undefined || entry.path === path)),
    clear: () => {
      entries = [];
    },
  };
}

/** Query and form parameters with every value redacted whose name is not `readable`. */
export function redactParameters(
  url: URL,
  body: Uint8Array,
  contentType: string,
  readable: readonly string[],
): [string, string][] {
  const form = contentType.startsWith('application/x-www-form-urlencoded')
    ? [...new URLSearchParams(new TextDecoder().decode(body))]
    : [];
  return [...url.searchParams, ...form].map(([name, value]) => [name, readable.includes(name) ? value : '[redacted]']);
}
