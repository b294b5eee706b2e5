import { z } from 'zod';

const faultSchema = z
  .strictObject({
    host: z.string().toLowerCase(),
    /** The whole path, or its beginning followed by `*`; absent: every path of the host. */
    path: z.string().startsWith('/').optional(),
    method: z.string().toUpperCase().optional(),
    status: z.int().min(200).max(599).optional(),
    /** A text is sent as it is, anything else as JSON. */
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    delayMs: z.int().min(0).max(600_000).optional(),
    drop: z.enum(['before', 'after']).optional(),
    times: z.int().min(1).max(1_000_000).default(1),
  })
  .refine((fault) => fault.status !== undefined || fault.delayMs !== undefined || fault.drop !== undefined, {
    message: 'A fault needs at least one of status, delayMs and drop.',
  })
  .refine((fault) => fault.status !== undefined || (fault.body === undefined && fault.headers === undefined), {
    message: 'A body or headers need a status.',
  })
  .refine((fault) => fault.status === undefined || fault.drop === undefined, {
    message: 'A fault either answers with a status or drops the connection.',
  });

/**
 * Something that goes wrong the next `times` times: `status` (with `body`, `headers`) answers in the platform's stead ·
 * `delayMs` waits first, in real time · `drop` cuts the connection, `before`: the platform never saw the request,
 * `after`: it acted on it and the answer was lost.
 */
export type Fault = z.infer<typeof faultSchema>;

/** The faults that are set and how often each is still due. */
export interface FaultPlan {
  /** Adds a fault. Throws ZodError on what does not fit. */
  add(fault: unknown): Fault;
  list(): readonly Fault[];
  clear(): void;
  /** The oldest fault that meets this request, spent once by asking; undefined: none. */
  take(request: { host: string; path: string; method: string }): Fault | undefined;
}

/** No faults yet. `hosts` are the ones that can have any. */
export function createFaultPlan(hosts: readonly string[]): FaultPlan {
  const known = faultSchema.refine((fault) => hosts.includes(fault.host), {
    path: ['host'],
    message: `No simulator answers for this host. Simulated: ${hosts.join(', ')}.`,
  });
  let faults: Fault[] = [];
  return {
    add: (fault) => {
      const added = known.parse(fault);
      faults.push(added);
      return added;
    },
    list: () => faults,
    clear: () => {
      faults = [];
    },
    take: (request) => {
      const met = faults.find((fault) => meets(fault, request));
      if (met === undefined) return undefined;
      met.times -= 1;
      faults = faults.filter((fault) => fault.times > 0);
      return met;
    },
  };
}

function meets(fault: Fault, request: { host: string; path: string; method: string }): boolean {
  if (fault.host !== request.host) return false;
  if (fault.method !== undefined && fault.method !== request.method) return false;
  if (fault.path === undefined) return true;
  return fault.path.endsWith('*') ? request.path.startsWith(fault.path.slice(0, -1)) : request.path === fault.path;
}

/** The answer that a fault gives in the platform's stead; null when it gives none. */
export function faultResponse(fault: Fault): Response | null {
  if (fault.status === undefined) return null;
  const headers = new Headers(fault.headers);
  const hasBody = fault.body !== undefined && ![204, 205, 304].includes(fault.status);
  if (!hasBody) return new Response(null, { status: fault.status, headers });
  const isText = typeof fault.body === 'string';
  if (!headers.has('content-type'))
    headers.set('content-type', isText ? 'text/html; charset=utf-8' : 'application/json');
  return new Response(isText ? String(fault.body) : JSON.stringify(fault.body), { status: fault.status, headers });
}
