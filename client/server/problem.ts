import { z } from '@hono/zod-openapi';

/** On every answer, whoever makes it. */
export const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
} as const;

/** An error as clients get it (RFC 9457), with what to do about it. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: '/problems/needs-consent' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    remedy: z.string().optional(),
    link: z.string().optional(),
    /** The field of the request, or of the portal step, that was refused. */
    field: z.string().optional(),
    cause: z.string().optional(),
    retryAt: z.string().optional(),
    /** What is left of a quota. */
    remaining: z.number().int().optional(),
  })
  .openapi('Problem');

export type ProblemBody = z.infer<typeof problemSchema>;

export interface ProblemOptions {
  /** The last segment of the problem's type: `needs-consent`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly remedy?: string | undefined;
  readonly link?: string | undefined;
  readonly field?: string | undefined;
  readonly cause?: string | undefined;
  readonly retryAt?: string | undefined;
  readonly remaining?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by routes; the app answers with it as `application/problem+json`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly options: ProblemOptions;

  constructor(options: ProblemOptions) {
    super(options.detail);
    this.options = options;
  }

  toResponse(): Response {
    const { type, headers = {}, ...rest } = this.options;
    const body = { type: `/problems/${type}`, ...rest } satisfies ProblemBodyLike;
    return new Response(JSON.stringify(body), {
      status: rest.status,
      headers: {
        ...securityHeaders,
        ...headers,
        'Content-Type': 'application/problem+json',
        'Cache-Control': 'no-store',
      },
    });
  }
}

type ProblemBodyLike = { readonly [Key in keyof ProblemBody]: ProblemBody[Key] | undefined };

/** 404: there is no such thing. */
export function notFound(what: string, remedy?: string): Problem {
  return new Problem({ type: 'not-found', title: 'Not found', status: 404, detail: `There is no ${what}.`, remedy });
}

const problemContent = { 'application/problem+json': { schema: problemSchema } };

/** The error answers of a route, for its OpenAPI description. */
export function problems<Status extends keyof typeof descriptions>(
  ...statuses: readonly Status[]
): Record<Status, { description: string; content: typeof problemContent }>;
export function problems(
  ...statuses: readonly (keyof typeof descriptions)[]
): Record<string, { description: string; content: typeof problemContent }> {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: descriptions[status], content: problemContent }]),
  );
}

const descriptions = {
  401: 'No API key, or an unknown one.',
  403: 'The API key lacks the scope.',
  404: 'There is no such thing.',
  409: 'Only a person can mend it; `link` says where.',
  422: 'A value was refused; `field`, `cause` and `remedy` say why and what to do.',
  429: 'So much is not left of the quota; `remaining` says how much is, `retryAt` when it starts anew. Also after many wrong keys.',
  503: 'Something that this needs does not answer at the moment.',
} as const;
