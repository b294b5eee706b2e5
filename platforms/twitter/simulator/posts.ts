import type { Hono } from 'hono';
import { z } from 'zod';
import { accountOf, admit, RefusedCall } from './api-access.ts';
import { charge, thisMonth } from './month.ts';
import { randomId, type World } from './world.ts';
import * as faults from './x-fault.ts';

const newPost = z.object({
  text: z.string().default(''),
  media: z.object({ media_ids: z.array(z.string()).min(1).max(4) }).optional(),
});

/** Prices in thousandths of a dollar (2026-11-23) [O; which rate a deletion has is U]. */
const prices = { post: 15, postWithLink: 200, remove: 10 } as const;

/** How long X refuses the same text (2026-11-23) [U]. */
const duplicateWindowMs = 24 * 60 * 60_000;

const create = {
  name: 'post',
  auth: 'user',
  scopes: ['tweet.read', 'tweet.write', 'users.read'],
  writes: true,
} as const;
const remove = { ...create, name: 'delete' } as const;

/**
 * Posting and deleting. https://docs.x.com/x-api/posts/create-post (2026-11-23) [O; answer of DELETE U]
 */
export function addPosts(app: Hono, world: World): void {
  const { kept } = world;
  app.post('/2/tweets', async (context) => {
    const admitted = await admit(context.req.raw, world, create);
    const account = accountOf(admitted);
    const refuse = (fault: faults.XFault): RefusedCall => new RefusedCall(fault, admitted.headers);
    const { monthlyPosts } = world.settings();
    const month = thisMonth(world);
    if (monthlyPosts !== null && month.posts >= monthlyPosts) throw refuse(faults.usageCapped());
    const parsed = newPost.safeParse(await readJson(context.req.raw));
    if (!parsed.success || (parsed.data.text === '' && parsed.data.media === undefined)) throw refuse(invalidRequest());
    const { text, media } = parsed.data;
    if (media?.media_ids.some((id) => kept.media[id]?.done !== true || kept.media[id].account !== account.name)) {
      throw refuse(invalidRequest());
    }
    const sinceMs = world.nowMs() - duplicateWindowMs;
    const isDuplicate = kept.posts.some(
      (post) => post.account === account.name && post.text === text && post.createdAtMs > sinceMs,
    );
    if (isDuplicate && media === undefined) {
      const detail = 'You are not allowed to create a Tweet with duplicate content.';
      throw refuse(faults.plainProblem(403, 'Forbidden', detail));
    }
    charge(world, /https?:\/\/\S/i.test(text) ? prices.postWithLink : prices.post);
    month.posts += 1;
    const id = randomId(world.random, 19);
    kept.posts = [...kept.posts, { id, account: account.name, text, createdAtMs: world.nowMs() }].slice(-1_000);
    return context.json({ data: { id, text, edit_history_tweet_ids: [id] } }, 201, { ...admitted.headers });
  });
  app.delete('/2/tweets/:id', async (context) => {
    const admitted = await admit(context.req.raw, world, remove);
    if (world.settings().tier === 'free_legacy') throw new RefusedCall(faults.planLacksEndpoint(), admitted.headers);
    const account = accountOf(admitted);
    const id = context.req.param('id');
    const found = kept.posts.find((post) => post.id === id && post.account === account.name);
    if (found === undefined) {
      const detail = 'You are not permitted to perform this action.';
      throw new RefusedCall(faults.plainProblem(403, 'Forbidden', detail), admitted.headers);
    }
    charge(world, prices.remove);
    kept.posts = kept.posts.filter((post) => post !== found);
    return context.json({ data: { deleted: true } }, 200, { ...admitted.headers });
  });
}

async function readJson(request: Request): Promise<unknown> {
  return request.json().catch(() => null);
}

function invalidRequest(): faults.XFault {
  return new faults.XFault(400, {
    errors: [{ parameters: {}, message: 'The request body is not a post.' }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: 'https://api.twitter.com/2/problems/invalid-request',
  });
}
