import type { Hono } from 'hono';
import { fingerprint } from '../../simulator-secrets.ts';
import { authorizeCall, readParts, requireChannel } from './api-access.ts';
import { ApiError, badRequest } from './api-error.ts';
import { spendUnits } from './quota.ts';
import { describeVideo, videoParts } from './video-resource.ts';
import type { World } from './world.ts';

const path = '/youtube/v3/videos';

/**
 * `videos.list` by id (1 unit) and `videos.delete` (50 units), which neither `youtube.upload` nor `youtube.readonly`
 * reach [U]. https://developers.google.com/youtube/v3/docs/videos (checked 2026-11-23)
 */
export function addVideos(app: Hono, world: World): void {
  app.get(path, (context) => {
    const method = 'youtube.api.v3.V3DataVideoService.List';
    authorizeCall(context.req.raw, world, method, ['youtube.readonly', 'youtube', 'youtube.force-ssl']);
    spendUnits(world, 1);
    const url = new URL(context.req.url);
    const wanted = readParts(url, videoParts);
    const ids = url.searchParams.getAll('id').flatMap((text) => text.split(','));
    if (ids.length === 0) {
      throw badRequest('missingRequiredParameter', 'No filter selected. Expected one of: id', 'parameters.');
    }
    const items = world.kept.videos.filter(({ id }) => ids.includes(id)).map((video) => describeVideo(video, wanted));
    const pageInfo = { totalResults: items.length, resultsPerPage: items.length };
    return context.json({
      kind: 'youtube#videoListResponse',
      etag: fingerprint(JSON.stringify(items)),
      items,
      pageInfo,
    });
  });
  app.delete(path, (context) => {
    const method = 'youtube.api.v3.V3DataVideoService.Delete';
    const account = authorizeCall(context.req.raw, world, method, ['youtube', 'youtube.force-ssl']);
    spendUnits(world, 50);
    const channel = requireChannel(world, account);
    const id = context.req.query('id');
    const found = world.kept.videos.find((video) => video.id === id && video.channelId === channel.id);
    if (found === undefined) {
      const message = 'The video that you are trying to delete cannot be found. Check the value of the id parameter.';
      throw new ApiError(404, {
        message,
        domain: 'youtube.video',
        reason: 'videoNotFound',
        location: 'id',
        locationType: 'parameter',
      });
    }
    world.kept.videos = world.kept.videos.filter((video) => video !== found);
    return context.body(null, 204);
  });
}
