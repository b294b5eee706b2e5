import type { Hono } from 'hono';
import { accountOf, admit } from './api-access.ts';
import { charge, thisMonth } from './month.ts';
import type { World } from './world.ts';

const userRead = 10;

const me = { name: 'me', auth: 'user', scopes: ['tweet.read', 'users.read'], writes: false } as const;
const usage = { name: 'usage', auth: 'app', scopes: [], writes: false } as const;

/**
 * Whose token it is: a user read, paid once a UTC day.
 * https://docs.x.com/x-api/users/get-my-user (2026-11-23) [O/C; the day I]
 */
export function addUsers(app: Hono, world: World): void {
  app.get('/2/users/me', async (context) => {
    const admitted = await admit(context.req.raw, world, me);
    const { id, name } = accountOf(admitted);
    const day = new Date(world.nowMs()).toISOString().slice(0, 10);
    if (world.kept.paidReads.day !== day) world.kept.paidReads = { day, accounts: [] };
    const { accounts } = world.kept.paidReads;
    if (!accounts.includes(name)) {
      accounts.push(name);
      charge(world, userRead);
    }
    return context.json({ data: { id, name, username: name } }, 200, { ...admitted.headers });
  });
}

/**
 * What the project has read; posts written are not counted. Counts are texts, the day of reset is a number.
 * https://docs.x.com/x-api/usage/get-usage (2026-11-23) [O, OpenAPI 2.167; meaning of the day I]
 */
export function addUsage(app: Hono, world: World): void {
  app.get('/2/usage/tweets', async (context) => {
    const { headers } = await admit(context.req.raw, world, usage);
    const { projectCap, billingDay } = world.settings();
    const read = String(thisMonth(world).reads);
    const date = `${new Date(world.nowMs()).toISOString().slice(0, 10)}T00:00:00.000Z`;
    const days = [{ date, usage: read }];
    const data = {
      project_id: '123',
      project_cap: String(projectCap),
      project_usage: read,
      cap_reset_day: billingDay,
      daily_project_usage: { project_id: '123', usage: days },
      daily_client_app_usage: [{ client_app_id: '456', usage_result_count: 1, usage: days }],
    };
    return context.json({ data }, 200, { ...headers });
  });
}
