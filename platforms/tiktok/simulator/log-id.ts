import { randomText } from '../../simulator-secrets.ts';
import type { World } from './world.ts';

/** What every answer carries for TikTok's support: the time, then letters. */
export function logId(world: World): string {
  const time = new Date(world.nowMs()).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return `${time}${randomText(world.random, 20, '0123456789ABCDEF')}`;
}
