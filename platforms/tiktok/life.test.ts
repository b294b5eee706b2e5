import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findStep } from '../find-step.ts';
import { platform } from './index.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

const dayMs = 24 * 60 * 60 * 1000;

let tiktok: TestConnection;
beforeEach(async () => {
  tiktok = await openTestConnection();
});
afterEach(() => tiktok.close());

const refresh = async (): Promise<void> => tiktok.keep(await platform.refresh(tiktok.credentials, tiktok.context()));
const mode = (): unknown => tiktok.grants.findLast((grant) => grant.mode !== undefined)?.mode?.mode;
const can = (): readonly string[] => platform.capabilities(tiktok.scopes, tiktok.credentials);

describe('a connection to the simulated TikTok', () => {
  it('lives in manual mode from the sandbox on, with the shape of the specification', async () => {
    await tiktok.toSandbox();
    expect(Object.keys(tiktok.credentials)).toEqual(expect.arrayContaining([...platform.shape]));
    expect(tiktok.credentials).toMatchObject({ stage: 'sandbox', display_name: 'Creator' });
    expect(mode()).toBe('manual');
    expect(can()).toEqual(['read']);
    expect(platform.reconnectAt?.(tiktok.credentials)).toBe('consent');
    await platform.probe(tiktok.credentials, tiktok.context());
  });

  it('changes over to production once approved, and posts publicly once audited', async () => {
    await tiktok.toSandbox();
    const inSandbox = tiktok.credentials;
    await tiktok.toProduction();
    expect(tiktok.credentials['client_key']).not.toBe(inSandbox['client_key']);
    expect(tiktok.credentials['open_id']).not.toBe(inSandbox['open_id']);
    expect(mode()).toBe('restricted');
    expect(can()).toEqual(['read', 'post']);
    expect(platform.reconnectAt?.(tiktok.credentials)).toBe('production-consent');
    await refresh();

    const audit = findStep(platform, 'review', 'posting-audit');
    tiktok.keep((await audit.approved?.(tiktok.credentials, tiktok.context()))?.save);
    expect(mode()).toBe('live');
    await tiktok.consent('production-consent');
    expect(mode()).toBe('live');
  });

  it('goes on in the sandbox while the production client is known and nobody has agreed yet', async () => {
    await tiktok.toSandbox();
    tiktok.set({ review: 'approved' });
    await tiktok.portal('production-client');
    await refresh();
    expect(tiktok.credentials['stage']).toBe('sandbox');
  });

  it('lives for a year of weekly refreshes', async () => {
    await tiktok.toSandbox();
    for (let week = 0; week < 52; week += 1) {
      tiktok.simulators.clock.advance(7 * dayMs);
      await refresh();
    }
    await platform.probe(tiktok.credentials, tiktok.context());
  });
});
