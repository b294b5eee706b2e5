import { GraphFault } from './graph-fault.ts';

/** The names in a `fields` parameter, those in braces left aside: `id,instagram_business_account{id}` has two. */
export function readFields(parameters: URLSearchParams, fallback: readonly string[]): readonly string[] {
  const text = parameters.get('fields');
  if (text === null || text === '') return fallback;
  const flat = text.replaceAll(/\{[^{}]*\}/g, '');
  if (/[{}]/.test(flat)) throw new GraphFault(2500, 'Syntax error "Expected end of string instead of "{"."');
  return flat.split(',').map((name) => name.trim());
}

/** The resource with the fields asked for, and its id always. */
export function pick(
  resource: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Readonly<Record<string, unknown>> {
  const unknown = fields.find((field) => !(field in resource));
  if (unknown !== undefined) {
    throw new GraphFault(100, `(#100) Tried accessing nonexisting field (${unknown})`);
  }
  return Object.fromEntries(Object.entries(resource).filter(([name]) => name === 'id' || fields.includes(name)));
}

/**
 * One page of a list. Cursors are opaque: the position, disguised. `next` holds the token, as Meta's does [U].
 * https://developers.facebook.com/docs/graph-api/results (checked 2026-11-23 [O])
 */
export function paginate<Item>(
  items: readonly Item[],
  parameters: URLSearchParams,
  address: { readonly path: string; readonly version: string; readonly token: string },
  describe: (item: Item) => unknown,
): unknown {
  const limit = Math.min(Math.max(1, Number(parameters.get('limit') ?? 25) || 25), 100);
  const start = readCursor(parameters.get('after'));
  const data = items.slice(start, start + limit).map(describe);
  if (data.length === 0) return { data };
  const end = start + data.length;
  const cursors = { before: cursorAt(start), after: cursorAt(end) };
  if (end >= items.length) return { data, paging: { cursors } };
  const query = new URLSearchParams(parameters);
  query.set('after', cursors.after);
  query.set('access_token', address.token);
  query.delete('appsecret_proof');
  const next = `https://graph.facebook.com/${address.version}/${address.path}?${query.toString()}`;
  return { data, paging: { cursors, next } };
}

function cursorAt(position: number): string {
  return Buffer.from(`QVFI:${position}`).toString('base64url');
}

function readCursor(cursor: string | null): number {
  if (cursor === null) return 0;
  const [, position] = /^QVFI:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (position === undefined) throw new GraphFault(100, '(#100) Invalid cursors values');
  return Number(position);
}
