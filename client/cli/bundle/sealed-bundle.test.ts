import { expect, test } from 'vitest';
import { BundleError, bundleSchema, openBundle, sealBundle } from './sealed-bundle.ts';

const now = new Date('2026-11-23T12:00:00.000Z');

test('what is sealed opens with its passphrase only, however that was typed', async () => {
  const bundle = await sealBundle('a token', 'Zoë and the whale', now);
  expect(JSON.stringify(bundle)).not.toContain('token');
  // The same word on another keyboard: the dots as a letter of their own.
  expect(await openBundle(bundle, 'Zoe\u0308 and the whale')).toBe('a token');
  await expect(openBundle(bundle, 'Zoë and the whales')).rejects.toThrow(BundleError);
  const again = await sealBundle('a token', 'Zoë and the whale', now);
  expect(again.sealed).not.toBe(bundle.sealed);
});

test('a file that was changed does not open, its header included', async () => {
  const bundle = await sealBundle('a token', 'a long passphrase', now);
  const reordered = bundleSchema.parse(Object.fromEntries(Object.entries(bundle).toReversed()));
  expect(await openBundle(reordered, 'a long passphrase')).toBe('a token');
  const later = { ...bundle, createdAt: '2027-01-01T00:00:00.000Z' };
  await expect(openBundle(later, 'a long passphrase')).rejects.toThrow('or the file was changed');
  const cut = { ...bundle, sealed: bundle.sealed.slice(0, 40) };
  await expect(openBundle(cut, 'a long passphrase')).rejects.toThrow(BundleError);
});

test('a file cannot make this machine compute for hours', async () => {
  const bundle = await sealBundle('a token', 'a long passphrase', now);
  expect(bundleSchema.safeParse({ ...bundle, kdf: { ...bundle.kdf, N: 2 ** 30 } }).success).toBe(false);
});

test.each([{ N: 3 }, { N: 2 ** 17 - 1 }, { N: 2, r: 1, p: 4 }, { N: 2, r: 8, salt: '' }])(
  'a cost that was changed to %o does not open the file, and is no error that nobody foresaw',
  async (cost) => {
    const bundle = await sealBundle('a token', 'a long passphrase', now, { N: 2, r: 1, p: 1 });
    const changed = bundleSchema.parse({ ...bundle, kdf: { ...bundle.kdf, ...cost } });
    await expect(openBundle(changed, 'a long passphrase')).rejects.toThrow(BundleError);
  },
);
