import { expect, it } from 'vitest';
import { isNoticeable } from '../../model/deadlines.ts';
import { appsecretProof } from './appsecret-proof.ts';
import { deadlines } from './deadlines.ts';
import { graphVersion, graphVersionEndsAt, versionEnds } from './graph-version.ts';

it('calls a version that Meta serves today', () => {
  expect(Object.keys(versionEnds)).toContain(graphVersion);
  const leftMs = graphVersionEndsAt === null ? 1 : Date.parse(graphVersionEndsAt) - Date.now();
  expect(leftMs, `${graphVersion} has ended: choose a newer one in graph-version.ts.`).toBeGreaterThan(0);
});

it('says 90 days ahead that the version ends', () => {
  const [deadline] = deadlines();
  expect(deadline).toMatchObject({ key: 'graph_version', at: '2028-07-29T00:00:00.000Z', noticeDays: 90 });
  expect(isNoticeable(deadline!, new Date('2028-04-29T00:00:00.000Z'))).toBe(false);
  expect(isNoticeable(deadline!, new Date('2028-04-30T00:00:00.000Z'))).toBe(true);
});

it('proves the app secret as Meta computes it', () => {
  const proof = '2f6c99f265a9e1644d725e8f9c96e439fcbf40a73357d1d98ba8b98fbfe445e4';
  expect(appsecretProof('test_app_secret', 'EAAtesttoken')).toBe(proof);
});
