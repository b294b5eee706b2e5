import type { OpenAPIHono } from '@hono/zod-openapi';

type ApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;
type Operations = NonNullable<ApiDocument['paths']>[string];
type Operation = NonNullable<Operations['post']>;

const answers = {
  400: 'The request cannot be read; the answer has no body where not even its head can be.',
  403: 'The API key lacks the scope, or a page of another site asked.',
  413: 'The body is larger than what is taken.',
  415: 'The body is of a type that is not taken.',
  421: 'The server does not answer under this host name.',
  422: 'A value was refused; `field` and `detail` say which and why.',
  429: 'The key was wrong, and so was much else from this address before; `Retry-After` says how long to wait.',
} as const;

/** Adds to every operation what is answered before its own code runs: by the guards, and by the check of its values. */
export function withGeneralAnswers(document: ApiDocument): ApiDocument {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [path, described(item)] as const);
  return { ...document, paths: Object.fromEntries(paths) };
}

function described({ get, post, ...item }: Operations): Operations {
  return {
    ...item,
    ...(get === undefined ? {} : { get: withAnswers(get, [400, 421, ...forValues(get), ...forKeys(get)]) }),
    ...(post === undefined
      ? {}
      : { post: withAnswers(post, [400, 403, 413, 421, ...forValues(post), ...forKeys(post)]) }),
  };
}

function forValues({ parameters = [], requestBody }: Operation): (keyof typeof answers)[] {
  if (requestBody !== undefined) return [415, 422];
  return parameters.length > 0 ? [422] : [];
}

function forKeys({ security = [] }: Operation): (keyof typeof answers)[] {
  return security.length > 0 ? [429] : [];
}

function withAnswers(operation: Operation, statuses: readonly (keyof typeof answers)[]): Operation {
  const general = Object.fromEntries(statuses.map((status) => [status, problemAnswer(answers[status])]));
  return { ...operation, responses: { ...general, ...operation.responses } };
}

function problemAnswer(description: string): object {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}
