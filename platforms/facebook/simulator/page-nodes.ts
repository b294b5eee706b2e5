import { requirePerson, requireScopes, type Caller, type GraphRequest } from './call.ts';
import { badParameter, GraphFault, noSuchObject } from './graph-fault.ts';
import { pick, readFields } from './lists.ts';
import type { Page } from './settings.ts';
import { issuePageToken } from './tokens.ts';
import { createId, pagesOf, type Token, type World } from './world.ts';

/** A Page as the Graph API shows it to a token; `instagram_business_account` is absent when there is none. */
export function pageResource(
  page: Page,
  token: Token,
  world: World,
  fields: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const { granted = [] } = world.kept.consents[token.account] ?? {};
  const { id, name, category, tasks, instagram } = page;
  const isWanted = fields.includes('access_token');
  const linked =
    instagram !== null && granted.includes('instagram_basic')
      ? { id: instagram.id, username: instagram.username }
      : undefined;
  return {
    id,
    name,
    category,
    tasks,
    access_token: isWanted ? tokenFor(page, token, world) : undefined,
    // Undefined is left out of JSON: the key is absent, as Meta does it.
    instagram_business_account: linked,
  };
}

function tokenFor(page: Page, token: Token, world: World): string | undefined {
  return token.type === 'USER' ? issuePageToken(world, token, page.id) : undefined;
}

/** A Page that the person ticked and still has a role on; undefined: this token cannot see it. */
export function findPage(id: string, token: Token, world: World): Page | undefined {
  const account = world.account(token.account);
  const ticked = world.kept.consents[token.account]?.pages ?? [];
  if (account === undefined || !ticked.includes(id)) return undefined;
  if (token.pageId !== null && token.pageId !== id) return undefined;
  if (world.settings().lostPageRoles.includes(id)) return undefined;
  return pagesOf(account).find((page) => page.id === id);
}

/** `GET /{page-id}`. [C] */
export function describePage(page: Page, request: GraphRequest, token: Token, world: World): unknown {
  const fields = readFields(request.parameters, ['id', 'name']);
  return pick(pageResource(page, token, world, fields), fields);
}

const publishing = ['pages_manage_posts', 'pages_read_engagement'];

function requirePublisher(request: GraphRequest, caller: Caller, world: World): { page: Page; token: Token } {
  const token = requirePerson(caller);
  const [id = ''] = request.path.split('/');
  const page = findPage(id === 'me' ? (token.pageId ?? '') : id, token, world);
  if (page === undefined) throw noSuchObject(request.method, id);
  requireScopes(world, token, 200, publishing);
  if (token.type !== 'PAGE') {
    throw new GraphFault(200, '(#200) Posts must be published as the Page itself, with its Page access token.');
  }
  if (!page.tasks.some((task) => task === 'CREATE_CONTENT' || task === 'MANAGE')) {
    throw new GraphFault(200, '(#200) The user must be granted the CREATE_CONTENT task on the Page.');
  }
  return { page, token };
}

/**
 * `POST /{page-id}/feed`. https://developers.facebook.com/docs/pages-api/posts (checked 2026-11-23; answer [O], the rest [U])
 */
export function createPost(request: GraphRequest, caller: Caller, world: World): unknown {
  const { page } = requirePublisher(request, caller, world);
  const message = request.parameters.get('message') ?? request.parameters.get('link') ?? '';
  if (message === '') throw badParameter('The post is empty. Provide a message or a link.');
  const published = request.parameters.get('published') !== 'false';
  const newest = world.kept.posts.filter(({ pageId }) => pageId === page.id).at(-1);
  if (published && newest?.published === true && newest.message === message) {
    throw new GraphFault(506, '(#506) Duplicate status message');
  }
  return { id: keepPost(page.id, message, published, world) };
}

function keepPost(pageId: string, message: string, published: boolean, world: World): string {
  const id = `${pageId}_${createId(world.random, '1', 15)}`;
  world.kept.posts = [...world.kept.posts.slice(-999), { id, pageId, message, published }];
  return id;
}

/** `POST /{page-id}/photos`: answers with two ids. [U] */
export function createPhoto(request: GraphRequest, caller: Caller, world: World): unknown {
  const { page } = requirePublisher(request, caller, world);
  const url = request.parameters.get('url') ?? '';
  if (!/^https?:\/\//.test(url)) throw badParameter('Missing or invalid image file');
  const published = request.parameters.get('published') !== 'false';
  const postId = keepPost(page.id, request.parameters.get('caption') ?? url, published, world);
  return { id: createId(world.random, '1', 15), post_id: postId };
}

/** `GET` and `DELETE /{post-id}`, for the Page of the post. [U] */
export function actOnPost(request: GraphRequest, caller: Caller, world: World): unknown {
  const token = requirePerson(caller);
  const post = world.kept.posts.find(({ id }) => id === request.path);
  if (post === undefined || findPage(post.pageId, token, world) === undefined) {
    throw noSuchObject(request.method, request.path);
  }
  if (request.method === 'GET') {
    requireScopes(world, token, 10, ['pages_read_engagement']);
    const resource = { id: post.id, message: post.message, is_published: post.published };
    return pick(resource, readFields(request.parameters, ['id', 'message']));
  }
  requireScopes(world, token, 200, publishing);
  world.kept.posts = world.kept.posts.filter(({ id }) => id !== post.id);
  return { success: true };
}
