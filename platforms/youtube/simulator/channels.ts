import type { Hono } from 'hono';
import { fingerprint } from '../../simulator-secrets.ts';
import { authorizeCall, readParts, type Channel } from './api-access.ts';
import { badRequest } from './api-error.ts';
import { spendUnits } from './quota.ts';
import type { World } from './world.ts';

const parts = ['id', 'snippet', 'contentDetails', 'statistics', 'status'];

/**
 * `channels.list`, of one's own channel or by id; costs 1 unit. `youtube.upload` alone does not reach it [U], and an
 * account without a channel gets an answer without `items` [U].
 * https://developers.google.com/youtube/v3/docs/channels/list (checked 2026-11-23)
 */
export function addChannels(app: Hono, world: World): void {
  app.get('/youtube/v3/channels', (context) => {
    const method = 'youtube.api.v3.V3DataChannelService.List';
    const account = authorizeCall(context.req.raw, world, method, ['youtube.readonly', 'youtube', 'youtube.force-ssl']);
    spendUnits(world, 1);
    const url = new URL(context.req.url);
    const wanted = readParts(url, parts);
    const found = selectChannels(url, world, account);
    const listed = found.map((channel) => describeChannel(channel, wanted));
    return context.json({
      kind: 'youtube#channelListResponse',
      etag: fingerprint(JSON.stringify(listed)),
      pageInfo: { totalResults: listed.length, resultsPerPage: 5 },
      ...(listed.length === 0 ? {} : { items: listed }),
    });
  });
}

function selectChannels(url: URL, world: World, account: string): readonly Channel[] {
  const ids = url.searchParams.getAll('id').flatMap((text) => text.split(','));
  if (url.searchParams.get('mine') === 'true') {
    const own = world.account(account)?.channel ?? null;
    return own === null ? [] : [own];
  }
  if (ids.length === 0) {
    throw badRequest('missingRequiredParameter', 'No filter selected. Expected one of: id, mine', 'parameters.');
  }
  return world
    .settings()
    .accounts.flatMap(({ channel }) => (channel !== null && ids.includes(channel.id) ? [channel] : []));
}

function describeChannel({ id, title }: Channel, wanted: readonly string[]): unknown {
  const snippet = {
    title,
    description: '',
    customUrl: `@${title.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`,
    publishedAt: '2020-01-01T00:00:00Z',
    thumbnails: { default: { url: `https://yt3.ggpht.com/${id}=s88`, width: 88, height: 88 } },
  };
  const details: Readonly<Record<string, unknown>> = {
    snippet,
    contentDetails: { relatedPlaylists: { likes: 'LL', uploads: `UU${id.slice(2)}` } },
    statistics: { viewCount: '0', subscriberCount: '0', hiddenSubscriberCount: false, videoCount: '0' },
    status: { privacyStatus: 'public', isLinked: true, longUploadsStatus: 'longUploadsUnspecified' },
  };
  const chosen = Object.entries(details).filter(([part]) => wanted.includes(part));
  const resource = { kind: 'youtube#channel', etag: fingerprint(JSON.stringify(chosen)), id };
  return { ...resource, ...Object.fromEntries(chosen) };
}
