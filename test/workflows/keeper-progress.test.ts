import { expect, test } from 'vitest';
import { KeeperProgress } from '../../workflows/keeper-progress.ts';

const request = { connectionId: '7f8de0a4-5f5b-4a8e-9d11-0f0e4f9a2c11', platform: 'youtube', owner: 'ann' };

test('a keeper that goes on in a new run tells the status that it saw last until it has looked again', () => {
  expect(new KeeperProgress(request).state().status).toBe('pending');
  const before = { paused: false, refreshes: 3, probes: 1, failuresInARow: 0, recent: [], status: 'active' };
  expect(new KeeperProgress(request, before).state()).toMatchObject({ status: 'active', refreshes: 3 });
});
