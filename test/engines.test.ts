import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheRoot, entryDirectory, openEntry } from '../infra/engines/cache.ts';
import { obtain, type EngineDefinition, type Route } from '../infra/engines/engine.ts';
import { listEngines } from '../infra/engines/list.ts';
import { downloadFromTemporal } from '../infra/engines/temporal-download.ts';
import { download } from '../infra/engines/vendor-download.ts';

const key = { name: 'fake', version: '1.0.0', recipe: 'recipe' };

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'engines-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function fake(...routes: readonly Route<'fake'>[]): EngineDefinition<'fake'> {
  return { ...key, main: 'fake', executables: ['fake'], routes, advice: 'install fake.' };
}

function makes(content: string, count: { builds: number } = { builds: 0 }): Route<'fake'> {
  return {
    source: 'registry',
    label: 'fake registry',
    make: async (directory) => {
      count.builds += 1;
      await mkdir(join(directory, 'bin'));
      await writeFile(join(directory, 'bin', 'fake'), content);
      await sleep(50);
      return { fake: 'bin/fake' };
    },
  };
}

function fails(source: Route<'fake'>['source'], label: string, message: string): Route<'fake'> {
  return { source, label, find: () => Promise.reject(new Error(message)) };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function leftovers(): Promise<string[]> {
  const names = await readdir(dirname(entryDirectory(key, { root }))).catch(() => []);
  return names.filter((name) => name.endsWith('.partial') || name.endsWith('.lock'));
}

describe('obtaining an engine', () => {
  it('takes what is on PATH before anything else', async () => {
    const count = { builds: 0 };
    const onPath: Route<'fake'> = {
      source: 'path',
      label: 'PATH',
      find: () =>
        Promise.resolve({ version: '1.2.0', executables: { fake: '/opt/fake' }, how: '/opt/fake is on PATH' }),
    };
    const engine = await obtain(fake(onPath, makes('content', count)), { root });
    expect(engine).toMatchObject({ path: '/opt/fake', version: '1.2.0', source: 'path', pathEntries: ['/opt'] });
    expect(count.builds).toBe(0);
  });

  it('says what was tried, in which order, why it failed and what to do', async () => {
    const engine = obtain(
      fake(
        fails('path', 'PATH', 'no fake there'),
        fails('vendor', 'fake.example', 'did not answer within 3 s'),
        fails('registry', 'Go module', 'go is not on PATH'),
      ),
      { root },
    );
    await expect(engine).rejects.toThrow(
      [
        'fake 1.0.0 could not be had. Tried, in this order:',
        '  1. PATH: no fake there',
        '  2. fake.example: did not answer within 3 s',
        '  3. Go module: go is not on PATH',
        'What to do: install fake. Then run the same command again.',
      ].join('\n'),
    );
  });

  it('builds nothing the second time, and still says where it came from', async () => {
    const count = { builds: 0 };
    const definition = fake(fails('path', 'PATH', 'no fake there'), makes('content', count));
    const first = await obtain(definition, { root });
    const second = await obtain(definition, { root });
    expect(second).toEqual(first);
    expect(second.reason).toBe('fake 1.0.0: fake registry (PATH: no fake there)');
    expect(count.builds).toBe(1);
  });

  it('builds once for two calls at the same time', async () => {
    const count = { builds: 0 };
    const definition = fake(makes('content', count));
    const engines = await Promise.all([obtain(definition, { root }), obtain(definition, { root })]);
    expect(engines[0]).toEqual(engines[1]);
    expect(count.builds).toBe(1);
    expect(await leftovers()).toEqual([]);
  });

  it('leaves nothing half-made when a route fails after it has written', async () => {
    const halfway: Route<'fake'> = {
      source: 'vendor',
      label: 'fake.example',
      make: async (directory) => {
        await writeFile(join(directory, 'fake'), 'half');
        throw new Error('connection lost');
      },
    };
    const engine = await obtain(fake(halfway, makes('whole')), { root });
    expect(engine.source).toBe('registry');
    expect(await readFile(engine.path, 'utf8')).toBe('whole');
    expect(await leftovers()).toEqual([]);
  });

  it('leaves nothing half-made when it is killed, and the next call succeeds', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../infra/engines/cache.ts')).href;
    const program = `
      import { writeFile } from 'node:fs/promises';
      const { openOrMakeEntry } = await import(${JSON.stringify(module)});
      await openOrMakeEntry(${JSON.stringify(key)}, async (directory) => {
        await writeFile(directory + '/fake', 'half');
        process.stdout.write('building');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      }, { root: ${JSON.stringify(root)} });`;
    const child = execa(process.execPath, ['--input-type=module', '-e', program], { reject: false });
    await Promise.race([child, new Promise((resolve) => child.stdout.once('data', resolve))]);
    child.kill('SIGKILL');
    await child;
    expect(await leftovers()).toHaveLength(2);
    expect(await openEntry(key, { root })).toBeUndefined();

    const engine = await obtain(fake(makes('whole')), { root });
    expect(await readFile(engine.path, 'utf8')).toBe('whole');
    expect(await leftovers()).toEqual([]);
  });
});

describe('a cached engine', () => {
  it('is built again when its executable was changed', async () => {
    const { path } = await obtain(fake(makes('content')), { root });
    await writeFile(path, 'damaged');
    const again = await obtain(fake(makes('content')), { root });
    expect(await readFile(again.path, 'utf8')).toBe('content');
  });

  it('is built again when its executable or its manifest is gone', async () => {
    for (const file of ['bin/fake', 'manifest.json']) {
      const count = { builds: 0 };
      const { path } = await obtain(fake(makes('content')), { root });
      await rm(join(dirname(dirname(path)), file));
      await obtain(fake(makes('content', count)), { root });
      expect(count.builds).toBe(1);
    }
  });

  it('is kept when only its time has changed', async () => {
    const count = { builds: 0 };
    const { path } = await obtain(fake(makes('content', count)), { root });
    await utimes(path, 1_000, 1_000);
    await obtain(fake(makes('content', count)), { root });
    expect(count.builds).toBe(1);
  });

  it('is hashed on demand even if size and time are as recorded', async () => {
    const { path } = await obtain(fake(makes('content')), { root });
    const manifestFile = join(dirname(dirname(path)), 'manifest.json');
    const recorded = /"sha256": "[^"]+"/;
    const manifest = await readFile(manifestFile, 'utf8');
    await writeFile(manifestFile, manifest.replace(recorded, '"sha256": "another"'));
    expect(await openEntry(key, { root })).toBeDefined();
    expect(await openEntry(key, { root, verify: true })).toBeUndefined();
  });

  it('lies under XDG_CACHE_HOME when that is absolute', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/somewhere' })).toBe('/somewhere/platform-connector');
    expect(cacheRoot({ XDG_CACHE_HOME: 'somewhere' })).toMatch(/\/\.cache\/platform-connector$/);
  });
});

describe('a vendor that can not be reached', () => {
  let silentServer: Server;
  let port: number;

  beforeEach(async () => {
    silentServer = createServer();
    port = await listen(silentServer);
  });

  afterEach(() => {
    silentServer.close();
  });

  function vendor(limitMs?: number): Route<'fake'> {
    return {
      source: 'vendor',
      label: 'fake.example',
      make: async (directory) => {
        await download(`http://127.0.0.1:${String(port)}/fake`, join(directory, 'fake'), limitMs);
        return { fake: 'fake' };
      },
    };
  }

  it('is given up within the limit when it never answers, and the registry is next', async () => {
    const startedAt = Date.now();
    const engine = await obtain(fake(vendor(200), makes('content')), { root });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(engine.source).toBe('registry');
    expect(engine.reason).toContain(`fake.example: 127.0.0.1:${String(port)} did not answer within 0.2 s`);
  });

  it('is given up at once when it refuses the connection', async () => {
    await new Promise((resolve) => silentServer.close(resolve));
    const startedAt = Date.now();
    const engine = await obtain(fake(vendor(), makes('content')), { root });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(engine.reason).toContain('ECONNREFUSED');
  });
});

describe("Temporal's download service", () => {
  it('is asked for the archive of this machine, which is unpacked', async () => {
    await writeFile(join(root, 'temporal'), 'the executable');
    await execa('tar', ['-czf', 'archive.tar.gz', 'temporal'], { cwd: root });
    const asked: string[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/archive.tar.gz') createReadStream(join(root, 'archive.tar.gz')).pipe(response);
      else response.end(JSON.stringify({ archiveUrl: `${service}/archive.tar.gz`, fileToExtract: 'temporal' }));
    });
    const service = `http://127.0.0.1:${String(await listen(server))}`;
    try {
      const directory = join(root, 'entry');
      await mkdir(directory);
      const file = await downloadFromTemporal({ artifact: 'cli', version: '1.9.1' }, directory, service);
      expect(await readFile(join(directory, file), 'utf8')).toBe('the executable');
      expect(asked[0]).toMatch(/^\/cli\/v1\.9\.1\?arch=\w+&platform=\w+/);
    } finally {
      server.close();
    }
  });
});

describe('the list of engines', () => {
  it('has path, version and source of each, Node included', async () => {
    const engine = await obtain(fake(makes('content')), { root });
    expect(listEngines([engine], { path: '/project/node_modules/node/bin/node', version: '24.1.0' })).toEqual({
      node: { path: '/project/node_modules/node/bin/node', version: '24.1.0', source: 'registry' },
      fake: { path: engine.path, version: '1.0.0', source: 'registry' },
    });
  });
});
