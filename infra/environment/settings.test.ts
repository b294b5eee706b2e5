import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentHome, makeHome } from './home.ts';
import { writeRecord, writeSecrets, type EnvironmentRecord } from './record.ts';
import { readSettings, SettingsMissingError } from './settings.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const record: EnvironmentRecord = {
  publicUrl: 'http://localhost:9000',
  host: '127.0.0.1',
  ports: { public: 9000, postgres: 20_001 },
  temporal: { address: '127.0.0.1:20002', namespace: 'connector', embedded: true },
  simulatorUrl: 'http://127.0.0.1:20003',
  embeddedPostgres: true,
  processes: {},
  pathEntries: [],
  readyAt: null,
};

function withFiles(): NodeJS.ProcessEnv {
  const env = { CONNECTOR_HOME: folder };
  const home = environmentHome(env);
  makeHome(home);
  writeRecord(home, record);
  writeSecrets(home, {
    postgresPassword: 'p',
    databaseUrls: { admin: 'postgres://a', migrator: 'postgres://m', worker: 'postgres://w', reader: 'postgres://r' },
    databasePooledUrl: null,
    keyRing: [{ id: 'k1', key: 'S2V5' }],
    apiKeys: [{ name: 'local', key: 'pac_1', scopes: ['tokens:read'] }],
  });
  return env;
}

const hosted = {
  DATABASE_URL: 'postgres://hosted',
  TEMPORAL_ADDRESS: 'temporal.example:7233',
  CONNECTOR_KEY_RING: '[{"id":"h","key":"SA=="}]',
};

test('the files of the environment are enough', () => {
  const settings = readSettings(withFiles());
  expect(settings).toMatchObject({
    environment: 'sandbox',
    publicUrl: 'http://localhost:9000',
    listen: { host: '127.0.0.1', port: 9000 },
    databaseUrls: { worker: 'postgres://w', reader: 'postgres://r', migrator: 'postgres://m' },
    temporal: { address: '127.0.0.1:20002', namespace: 'connector' },
    simulatorUrl: 'http://127.0.0.1:20003',
  });
});

test('variables win over files, one by one', () => {
  const env = withFiles();
  const settings = readSettings({ ...env, DATABASE_URL_READER: 'postgres://other', TEMPORAL_NAMESPACE: 'mine' });
  expect(settings.databaseUrls).toMatchObject({ reader: 'postgres://other', worker: 'postgres://w' });
  expect(settings.temporal).toEqual({ address: '127.0.0.1:20002', namespace: 'mine' });
  expect(readSettings({ ...env, DATABASE_URL: 'postgres://d' }).databaseUrls.worker).toBe('postgres://d');
  expect(readSettings({ ...env, DATABASE_URL: 'd', DATABASE_URL_WORKER: 'w' }).databaseUrls.worker).toBe('w');
});

test('an empty variable counts as not set', () => {
  expect(readSettings({ ...withFiles(), DATABASE_URL_WORKER: '' }).databaseUrls.worker).toBe('postgres://w');
});

test('another public port changes the public address with it', () => {
  expect(readSettings({ ...withFiles(), CONNECTOR_PORT: '9001' }).publicUrl).toBe('http://localhost:9001');
});

test('a hosted environment needs no files', () => {
  const settings = readSettings({ CONNECTOR_HOME: folder, CONNECTOR_ENV: 'production', ...hosted });
  expect(settings).toMatchObject({
    environment: 'production',
    databaseUrls: { worker: 'postgres://hosted', reader: null },
    temporal: { address: 'temporal.example:7233', namespace: 'connector' },
    keyRing: [{ id: 'h' }],
    simulatorUrl: null,
  });
});

test('everything that is missing is named, with how to get it', () => {
  const act = (): unknown => readSettings({ CONNECTOR_HOME: folder });
  expect(act).toThrow(SettingsMissingError);
  expect(act).toThrow(/DATABASE_URL_WORKER.*CONNECTOR_KEY_RING.*TEMPORAL_ADDRESS.*npm start/);
  expect(() => readSettings({ CONNECTOR_HOME: folder, CONNECTOR_ENV: 'live' })).toThrow('connector up --env live');
});

test('a broken key ring is refused without showing it', () => {
  for (const ring of ['not json: s3cret', '[{"id":"k1","secret":"s3cret"}]', '[]']) {
    const act = (): unknown => readSettings({ CONNECTOR_HOME: folder, ...hosted, CONNECTOR_KEY_RING: ring });
    expect(act).toThrow('CONNECTOR_KEY_RING');
    expect(act).not.toThrow('s3cret');
  }
});

test('a broken file is named without showing what is in it', () => {
  const env = withFiles();
  const { secrets } = environmentHome(env);
  writeFileSync(secrets, '{"keyRing": "s3cret');
  expect(() => readSettings(env)).toThrow(secrets);
  expect(() => readSettings(env)).not.toThrow('s3cret');
});

test('an environment is a folder name and nothing else', () => {
  for (const name of ['../live', 'a/b', 'A', '', '.', 'a'.repeat(40)]) {
    if (name === '')
      expect(environmentHome({ CONNECTOR_HOME: folder, CONNECTOR_ENV: name }).environment).toBe('sandbox');
    else expect(() => environmentHome({ CONNECTOR_HOME: folder, CONNECTOR_ENV: name })).toThrow('CONNECTOR_ENV');
  }
});

test('a port is a number from 1 to 65535', () => {
  for (const port of ['abc', '0', '65536', '-1', '80.5', '1e3']) {
    expect(() => readSettings({ ...withFiles(), CONNECTOR_PORT: port })).toThrow('CONNECTOR_PORT');
  }
});

test('only their owner reads secrets', () => {
  const home = environmentHome(withFiles());
  expect(statSync(home.secrets).mode & 0o777).toBe(0o600);
  mkdirSync(home.logs, { recursive: true });
  expect(statSync(home.logs).mode & 0o077).toBe(0);
});
