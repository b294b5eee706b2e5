import { z } from 'zod';
import type { PlatformContext } from '../platform.ts';
import type { AppCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { openGraph, type Graph } from './graph.ts';

const instagramAccount = z.object({ id: z.string().min(1), username: z.string().default('') });

const pageSchema = z.object({
  id: z.string().min(1),
  name: z.string().default(''),
  /** Absent for Pages that came from a business portfolio. */
  tasks: z.array(z.string()).optional(),
  instagram_business_account: instagramAccount.optional(),
});

/** A Page that the person lets the connector see. */
export type Page = z.infer<typeof pageSchema>;

const paging = z
  .object({ cursors: z.object({ after: z.string().optional() }).optional(), next: z.unknown() })
  .partial()
  .optional();

const list = <Item>(item: z.ZodType<Item>): z.ZodType<{ data: Item[]; paging?: z.infer<typeof paging> }> =>
  z.object({ data: z.array(item), paging });

const fields = 'id,name,category,tasks,instagram_business_account{id,username}';
const pageSize = '100';
// Far beyond any real list; a cursor that never ends must not hold a step for ever.
const mostCalls = 200;

/**
 * Follows the cursors of a list to its end. `paging.next` is only looked at for its presence: as an address it would hold
 * the token. https://developers.facebook.com/docs/graph-api/results (2026-11-23) [O; the token in it U]
 */
async function listAll<Item>(
  graph: Graph,
  call: { path: string; fields: string; token: string },
  item: z.ZodType<Item>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  for (let calls = 0; calls < mostCalls; calls += 1) {
    const query = { fields: call.fields, limit: pageSize, ...(after !== undefined && { after }) };
    const answer = await graph.call({ path: call.path, query, token: call.token }, list(item));
    items.push(...answer.data);
    const next = answer.paging?.cursors?.after;
    if (answer.paging?.next === undefined || next === undefined || next === after) return items;
    after = next;
  }
  return items;
}

/**
 * All Pages of the person: their own, and those of their business portfolios, each once. Throws what `diagnose` understands.
 * https://developers.facebook.com/docs/graph-api/reference/user/accounts (2026-11-23) [O; portfolios C]
 */
export async function findPages(
  app: AppCredentials,
  userToken: string,
  context: PlatformContext,
): Promise<readonly Page[]> {
  const graph = openGraph(app, context);
  const own = await listAll(graph, { path: 'me/accounts', fields, token: userToken }, pageSchema);
  const pages = new Map(own.map((page) => [page.id, page]));
  for (const page of await findBusinessPages(graph, userToken, context)) {
    if (!pages.has(page.id)) pages.set(page.id, page);
  }
  return [...pages.values()];
}

const business = z.object({ id: z.string().min(1) });

async function findBusinessPages(graph: Graph, token: string, context: PlatformContext): Promise<readonly Page[]> {
  try {
    const businesses = await listAll(graph, { path: 'me/businesses', fields: 'id', token }, business);
    const found: Page[] = [];
    for (const { id } of businesses) {
      for (const edge of ['owned_pages', 'client_pages']) {
        found.push(...(await listAll(graph, { path: `${id}/${edge}`, fields, token }, pageSchema)));
      }
    }
    return found;
  } catch (error) {
    // Without business_management there are just the Pages of the person; anything else is a real failure.
    if (isPermissionMissing(diagnose(error, context.clock.now()).code)) return [];
    throw error;
  }
}

function isPermissionMissing(code: string): boolean {
  return /^(10|2\d\d)(\/|$)/.test(code);
}

const derivedPage = z.object({
  id: z.string().min(1),
  name: z.string().default(''),
  access_token: z.string().min(1),
});

/** A Page's own token, as lasting as the user token that it comes from. Throws what `diagnose` understands. [C] */
export function derivePageToken(
  app: AppCredentials,
  from: { readonly pageId: string; readonly userToken: string },
  context: PlatformContext,
): Promise<z.infer<typeof derivedPage>> {
  const query = { fields: 'id,name,access_token' };
  return openGraph(app, context).call({ path: from.pageId, query, token: from.userToken }, derivedPage);
}

const namedPage = z.object({ id: z.string().min(1), name: z.string().min(1) });

/** The Page that a Page token is of. Throws what `diagnose` understands. [C] */
export function findTokensPage(
  app: AppCredentials,
  token: string,
  context: PlatformContext,
): Promise<z.infer<typeof namedPage>> {
  return openGraph(app, context).call({ path: 'me', query: { fields: 'id,name' }, token }, namedPage);
}

const linkedPage = z.object({ instagram_business_account: instagramAccount.optional() });

/** The professional Instagram account linked to a Page; null: none is. Throws what `diagnose` understands. [C] */
export async function findInstagram(
  app: AppCredentials,
  at: { readonly pageId: string; readonly token: string },
  context: PlatformContext,
): Promise<{ id: string; username: string } | null> {
  const query = { fields: 'instagram_business_account{id,username}' };
  const page = await openGraph(app, context).call({ path: at.pageId, query, token: at.token }, linkedPage);
  // Not linked: the key is simply absent.
  return page.instagram_business_account ?? null;
}
