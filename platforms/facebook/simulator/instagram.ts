import { requirePerson, requireScopes, type Caller, type GraphRequest } from './call.ts';
import { badParameter, GraphFault, noSuchObject } from './graph-fault.ts';
import { pick, readFields } from './lists.ts';
import { findPage } from './page-nodes.ts';
import { createId, pagesOf, type Container, type Token, type World } from './world.ts';

const dayMs = 86_400_000;

interface InstagramAccount {
  readonly id: string;
  readonly username: string;
}

/** The professional account behind a Page that the token may use; undefined: there is none with this id. */
export function findInstagram(id: string, token: Token, world: World): InstagramAccount | undefined {
  const account = world.account(token.account);
  const pages = account === undefined ? [] : pagesOf(account);
  const page = pages.find(({ instagram }) => instagram?.id === id);
  if (page === undefined || findPage(page.id, token, world) === undefined) return undefined;
  return page.instagram ?? undefined;
}

function requireInstagram(
  request: GraphRequest,
  caller: Caller,
  world: World,
): { account: InstagramAccount; token: Token } {
  const token = requirePerson(caller);
  const [id = ''] = request.path.split('/');
  const account = findInstagram(id, token, world);
  if (account === undefined) throw noSuchObject(request.method, id);
  requireScopes(world, token, 10, ['instagram_basic']);
  return { account, token };
}

/** `GET /{ig-user-id}`. [C] */
export function describeInstagram(request: GraphRequest, caller: Caller, world: World): unknown {
  const { account } = requireInstagram(request, caller, world);
  const { id, username } = account;
  const resource = { id, username, name: username, profile_picture_url: `https://scontent.cdninstagram.com/${id}.jpg` };
  return pick(resource, readFields(request.parameters, ['id']));
}

function publishedToday(id: string, world: World): number {
  const sinceMs = world.nowMs() - dayMs;
  return world.kept.media.filter((media) => media.instagramId === id && media.publishedAtMs > sinceMs).length;
}

/**
 * Posts of the last 24 hours and how many there may be.
 * https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit
 * (checked 2026-11-23 [O])
 */
export function describePublishingLimit(request: GraphRequest, caller: Caller, world: World): unknown {
  const { account, token } = requireInstagram(request, caller, world);
  requireScopes(world, token, 10, ['instagram_content_publish']);
  const config = { quota_total: world.settings().instagramPostsPerDay, quota_duration: 86_400 };
  const resource = { quota_usage: publishedToday(account.id, world), config };
  return { data: [pick(resource, readFields(request.parameters, ['quota_usage']))] };
}

/** `POST /{ig-user-id}/media`: a container, which Instagram fills from a public address. [O/C] */
export function createContainer(request: GraphRequest, caller: Caller, world: World): unknown {
  const { account, token } = requireInstagram(request, caller, world);
  requireScopes(world, token, 10, ['instagram_content_publish']);
  const { parameters } = request;
  const isCarousel = parameters.get('media_type') === 'CAROUSEL';
  if (!isCarousel) checkMedia(parameters);
  if ((parameters.get('caption') ?? '').length > 2_200) {
    throw new GraphFault(36004, 'The caption was too long.', { subcode: 2207010 });
  }
  const id = createId(world.random, '1789', 17);
  const container = { id, instagramId: account.id, createdAtMs: world.nowMs(), isCarousel, publishedAs: null };
  world.kept.containers = [...world.kept.containers.slice(-499), container];
  return { id };
}

function checkMedia(parameters: URLSearchParams): void {
  const url = parameters.get('image_url') ?? parameters.get('video_url');
  if (url === null || url === '') throw badParameter('The parameter image_url is required');
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const isPublic = host.includes('.') && !/^(127\.|10\.|192\.168\.|169\.254\.)/.test(host);
  if (!isPublic) {
    const message = 'Only photo or video can be accepted as media type: the media could not be fetched from this URI.';
    throw new GraphFault(9004, message, { subcode: 2207052 });
  }
}

function statusOf(container: Container, world: World): string {
  const ageMs = world.nowMs() - container.createdAtMs;
  const { containerSeconds, containerOutcome } = world.settings();
  if (container.publishedAs !== null) return 'PUBLISHED';
  if (ageMs >= dayMs) return 'EXPIRED';
  return ageMs < containerSeconds * 1_000 ? 'IN_PROGRESS' : containerOutcome;
}

/** `GET /{container}`: its state; after 24 hours it has expired [U]. */
export function describeContainer(container: Container, request: GraphRequest, world: World): unknown {
  const code = statusOf(container, world);
  const resource = { id: container.id, status_code: code, status: `${code}: the state of this container.` };
  return pick(resource, readFields(request.parameters, ['id']));
}

/** A container of an account that the token may use. */
export function findContainer(id: string, token: Token, world: World): Container | undefined {
  const container = world.kept.containers.find((candidate) => candidate.id === id);
  if (container === undefined) return undefined;
  return findInstagram(container.instagramId, token, world) === undefined ? undefined : container;
}

/** `POST /{ig-user-id}/media_publish`: the limit of the day is enforced here and nowhere else [C]. */
export function publishContainer(request: GraphRequest, caller: Caller, world: World): unknown {
  const { account, token } = requireInstagram(request, caller, world);
  requireScopes(world, token, 10, ['instagram_content_publish']);
  const container = findContainer(request.parameters.get('creation_id') ?? '', token, world);
  if (container?.instagramId !== account.id) {
    throw new GraphFault(24, 'The media could not be found.', { subcode: 2207006 });
  }
  const status = statusOf(container, world);
  if (status === 'EXPIRED') throw new GraphFault(24, 'The media has expired.', { subcode: 2207020 });
  if (status !== 'FINISHED') {
    throw new GraphFault(9007, 'The media is not ready for publishing, please wait for a moment.', {
      subcode: 2207027,
    });
  }
  if (publishedToday(account.id, world) >= world.settings().instagramPostsPerDay) {
    throw new GraphFault(9, 'Application request limit reached', { subcode: 2207042 });
  }
  const id = addMedia(account.id, world);
  container.publishedAs = id;
  return { id };
}

/** Adds a published post. */
export function addMedia(instagramId: string, world: World): string {
  const id = createId(world.random, '1790', 17);
  world.kept.media = [...world.kept.media.slice(-1_999), { id, instagramId, publishedAtMs: world.nowMs() }];
  return id;
}

/** `GET /{media}`. [C] */
export function describeMedia(request: GraphRequest, caller: Caller, world: World): unknown {
  const token = requirePerson(caller);
  const media = world.kept.media.find(({ id }) => id === request.path);
  if (media === undefined || findInstagram(media.instagramId, token, world) === undefined) {
    throw noSuchObject(request.method, request.path);
  }
  requireScopes(world, token, 10, ['instagram_basic']);
  const resource = { id: media.id, permalink: `https://www.instagram.com/p/${media.id}/` };
  return pick(resource, readFields(request.parameters, ['id']));
}
