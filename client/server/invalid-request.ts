import { Problem } from './problem.ts';

/** 422 for a request that is not as its route describes it. Paths and messages only: an issue may carry what was sent. */
export function invalidRequest(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): Problem {
  const nameOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');
  const [first] = issues;
  return new Problem({
    type: 'invalid-request',
    title: 'Value refused',
    status: 422,
    detail: issues.map(({ path, message }) => `${nameOf(path) || 'It'}: ${message}`).join('; '),
    remedy: 'The description of the route says what it takes: /openapi.json.',
    field: first === undefined || first.path.length === 0 ? undefined : nameOf(first.path),
  });
}
