import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { chromiumEngine } from '../../infra/engines/chromium.ts';
import { choosePort } from '../../infra/environment/ports.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { walkPortal } from '../workflows/walk.ts';

let service: Service;
let browser: Browser;

// Engines may have to be fetched first, once a machine.
const timeout = 10 * 60_000;
const quiet = ['background-networking', 'component-update', 'gpu', 'quic', 'sync'].map((name) => `--disable-${name}`);

beforeAll(async () => {
  const [port, { path: executablePath }] = await Promise.all([choosePort(undefined, []), chromiumEngine()]);
  [service, browser] = await Promise.all([
    startService('real', undefined, { port }),
    chromium.launch({ executablePath, chromiumSandbox: false, args: [...quiet, '--no-first-run'] }),
  ]);
}, timeout);

afterAll(async () => {
  await browser.close();
  await service.close();
});

/** A browser of its own at the consent page of the simulated YouTube, with what it complained about. */
async function openConsent(label: string): Promise<{ page: Page; complaints: string[]; connectionId: string }> {
  const key = { owner: 'default', platform: 'youtube', label };
  await service.orchestration.startOnboarding(key);
  const { waitingFor, connectionId } = await walkPortal(service, key);
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(waitingFor?.consentLink ?? '');
  expect(new URL(page.url()).pathname).toContain('/accounts.google.com/');
  return { page, complaints, connectionId: connectionId ?? '' };
}

const heading = (page: Page): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();

test('a person agrees in a browser, and the connection is active', async () => {
  const { page, complaints, connectionId } = await openConsent('agrees');
  expect(await heading(page)).toContain('wants access');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${service.publicUrl}/callback?*`);
  expect(await heading(page)).toContain('YouTube is connected');
  await expect.poll(async () => (await service.store.connections.facts(connectionId))?.status).toBe('active');
  // The page has its style: a browser refuses one whose hash the page's policy does not name.
  expect((await page.locator('main').boundingBox())?.width).toBeLessThan(600);
  expect(complaints.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  expect(await page.context().cookies(`${service.publicUrl}/callback`)).toEqual([]);
});

test('a person who cancels is told so, and the link leads to the consent page once more', async () => {
  const { page, connectionId } = await openConsent('cancels');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL(`${service.publicUrl}/callback?*`);
  expect(await heading(page)).toContain('YouTube is not connected yet');
  expect((await service.store.connections.facts(connectionId))?.status).toBe('pending');
  await page.getByRole('link', { name: 'Try again' }).click();
  expect(await heading(page)).toContain('wants access');
});
