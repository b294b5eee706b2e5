import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describePlatform, redirectUriPlaceholder } from './describe-platform.ts';
import { loadPlatforms, resolvePlatform, UnknownPlatformError } from './load.ts';

const definePlatformUrl = pathToFileURL(path.join(import.meta.dirname, 'define-platform.ts')).href;
const zodUrl = import.meta.resolve('zod');

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'platforms-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function addFolder(folder: string, parts: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const definition = {
    id: folder,
    name: folder,
    steps: [],
    refreshPolicy: { kind: 'none', idleRefreshEveryMs: 1, probeEveryMs: 1 },
    shape: [],
    readableFields: [],
    appFields: [],
    ...parts,
  };
  const source = `
    import { definePlatform } from ${JSON.stringify(definePlatformUrl)};
    import { z } from ${JSON.stringify(zodUrl)};
    export const platform = definePlatform({ ...${JSON.stringify(definition)}, credentials: z.object({}) });
  `;
  await mkdir(path.join(directory, folder));
  await writeFile(path.join(directory, folder, 'index.ts'), source);
}

describe('loading', () => {
  it('finds every folder with an index.ts, and no other', async () => {
    await addFolder('beta');
    await addFolder('alpha');
    await mkdir(path.join(directory, 'half-made'));
    await writeFile(path.join(directory, 'file.ts'), '');
    expect((await loadPlatforms(directory)).map(({ id }) => id)).toEqual(['alpha', 'beta']);
  });

  it('refuses a platform that is not called like its folder', async () => {
    await addFolder('alpha', { id: 'other' });
    await expect(loadPlatforms(directory)).rejects.toThrow(/platforms\/alpha\/index\.ts.*"other"/);
  });

  it('refuses a folder whose index.ts exports something else', async () => {
    await mkdir(path.join(directory, 'alpha'));
    await writeFile(path.join(directory, 'alpha', 'index.ts'), 'export const platform = { id: "alpha" };');
    await expect(loadPlatforms(directory)).rejects.toThrow(/definePlatform/);
  });

  it('refuses two platforms that answer for one name', async () => {
    await addFolder('alpha', { answersFor: ['alpha', 'gamma'] });
    await addFolder('beta', { aliases: ['gamma'] });
    await expect(loadPlatforms(directory)).rejects.toThrow(/alpha and beta answer for "gamma"/);
  });

  it('loads the platforms of this repository', async () => {
    expect((await loadPlatforms()).map(({ id }) => id)).toContain('youtube');
  });
});

describe('a name', () => {
  it('may be an id, a platform answered for, or an alias, in any case', async () => {
    await addFolder('alpha', { answersFor: ['alpha', 'second'], aliases: ['a'] });
    const platforms = await loadPlatforms(directory);
    for (const name of ['alpha', 'second', 'a', 'ALPHA']) expect(resolvePlatform(platforms, name).id).toBe('alpha');
  });

  it('that nobody answers for is refused with the names that there are', async () => {
    await addFolder('alpha', { aliases: ['a'] });
    const platforms = await loadPlatforms(directory);
    expect(() => resolvePlatform(platforms, 'beta')).toThrow(UnknownPlatformError);
    expect(() => resolvePlatform(platforms, 'beta')).toThrow(/"beta".*alpha, a/);
  });
});

describe('a description', () => {
  it('is plain data and names the redirect URI of its environment', async () => {
    const steps = [{ kind: 'automatic', id: 's', title: 'S', instructions: [`Paste ${redirectUriPlaceholder}`] }];
    await addFolder('alpha', { steps });
    const [platform] = await loadPlatforms(directory);
    const description = describePlatform(platform!, 'http://localhost:9/callback');
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    expect(description.steps[0]?.instructions).toEqual(['Paste http://localhost:9/callback']);
    expect(description.answersFor).toEqual(['alpha']);
  });
});
