import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { connect } from '../../../client/sdk/index.ts';
import { keyRingReader } from '../../../infra/environment/key-ring-reader.ts';
import { readSecrets } from '../../../infra/environment/record.ts';
import { loadPlatforms } from '../../../platforms/load.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { visitConsentPage } from '../../../platforms/simulated-person.ts';
import { createStore, followKeyRing } from '../../../store/index.ts';
import type { Store } from '../../../store/index.ts';
import type { Progress } from '../runner/bench.ts';
import type { Markers } from './markers.ts';
import type { Sandbox } from './sandbox.ts';

const answersSchema = z.looseObject({ steps: z.record(z.string(), z.record(z.string(), z.string())) });
const overviewSchema = z.looseObject({ platforms: z.record(z.string(), z.array(z.string())) });

/**
 * Takes every platform through what happens to secrets: given by a person, exchanged, refreshed, refused, echoed by an
 * angry platform, renewed, examined, revoked. Each secret that comes into being becomes a marker.
 */
export async function liveThrough(
  sandbox: Sandbox,
  markers: Markers,
  { progress, only }: { readonly progress: Progress; readonly only?: string | undefined },
): Promise<void> {
  markEnvironment(sandbox, markers);
  const platforms = (await loadPlatforms()).filter(({ id }) => only === undefined || id === only);
  const databaseUrl = sandbox.settings.databaseUrls.worker ?? '';
  const keyRing = followKeyRing(keyRingReader(sandbox.settings));
  const store = createStore({ connection: { databaseUrl }, keyRing });
  const connector = await connect({ settings: sandbox.settings });
  const refreshAll = async (): Promise<void> => {
    for (const { id } of await store.connections.list({ statuses: ['active'] })) await connector.refresh(id);
    await markStored(store, platforms, markers);
  };
  try {
    for (const platform of platforms) {
      progress(`connecting ${platform.id}`);
      await connectByAnswers(sandbox, platform, markers);
    }
    const connected = await store.connections.list({ statuses: ['active'] });
    for (const { id } of platforms) {
      if (!connected.some(({ platform }) => platform === id))
        throw new Error(`${id} did not connect:\n${sandbox.printed()}`);
    }
    await markStored(store, platforms, markers);
    progress('refreshing, twice');
    await refreshAll();
    await refreshAll();
    progress('platforms that fail and repeat what they were sent');
    await echoSecrets(sandbox, store);
    await refreshAll();
    await changeFaults(sandbox, 'DELETE');
    progress('programs that crash');
    for (const { id } of platforms) await crashPrograms(sandbox, id);
    progress('consenting again');
    for (const { id } of await store.connections.list()) await consentAgain(sandbox, id, markers);
    await refreshAll();
    progress('looking at everything');
    for (const command of ['doctor', 'status', 'inbox', 'events', 'quota', 'onboarding']) {
      await sandbox.connector(command);
      await sandbox.connector(command, '--json');
    }
    progress('taking everything elsewhere, and a new key');
    await exportAll(sandbox, markers);
    await sandbox.connector('keys', 'rotate');
    for (const { id, key } of readSecrets(sandbox.home).keyRing) markers.add(`sealing key ${id}`, key);
    await sandbox.connector('keys', 'list', '--json');
    await refreshAll();
    await sandbox.connector('revoke', only ?? 'tiktok');
  } finally {
    await connector.close();
    await store.close();
  }
}

function markEnvironment({ secrets }: Sandbox, markers: Markers): void {
  const { postgresPassword, databaseUrls, keyRing, apiKeys } = secrets;
  markers.add('postgres password', postgresPassword ?? '');
  for (const [role, url] of Object.entries(databaseUrls)) {
    if (url !== null) markers.add(`database password of ${role}`, decodeURIComponent(new URL(url).password));
  }
  for (const { id, key } of keyRing) markers.add(`sealing key ${id}`, key);
  for (const { name, key } of apiKeys) markers.add(`API key ${name}`, key);
}

async function connectByAnswers(sandbox: Sandbox, platform: Platform, markers: Markers): Promise<void> {
  const response = await fetch(new URL(`/_simulator/answers/${platform.id}`, sandbox.settings.simulatorUrl ?? ''));
  const text = await response.text();
  const secretFields = new Set(
    platform.steps
      .flatMap((step) => (step.kind === 'portal' ? step.fields : []))
      .flatMap((field) => (field.secret ? [field.name] : [])),
  );
  for (const values of Object.values(answersSchema.parse(JSON.parse(text)).steps)) {
    for (const [name, value] of Object.entries(values)) {
      if (secretFields.has(name)) markers.add(`${platform.id} ${name}`, value);
    }
  }
  // Not below the folder that is searched.
  const file = join(sandbox.folder, `${platform.id}.json`);
  await writeFile(file, text, { mode: 0o600 });
  await sandbox.connector('connect', platform.id, '--answers', file);
}

/** What a row keeps sealed must stand nowhere else. */
async function markStored(store: Store, platforms: readonly Platform[], markers: Markers): Promise<void> {
  for (const facts of await store.connections.list()) {
    const readable = platforms.find(({ id }) => id === facts.platform)?.readableFields ?? [];
    const loaded = await store.connections.load(facts.id);
    for (const [field, value] of Object.entries(loaded?.credentials ?? {})) {
      if (!readable.includes(field)) markers.add(`${facts.platform} ${field}`, value);
    }
  }
}

/** The next call to each host is answered with an error that holds the secrets which may have been sent to it. */
async function echoSecrets(sandbox: Sandbox, store: Store): Promise<void> {
  for (const facts of await store.connections.list()) {
    const loaded = await store.connections.load(facts.id);
    const echo = Object.values(loaded?.credentials ?? {}).join(' ');
    const body = { error: 'invalid_request', error_description: echo, message: echo };
    for (const host of await hostsOf(sandbox, facts.platform)) {
      await changeFaults(sandbox, 'POST', { host, status: 400, body, times: 3 });
    }
  }
}

/** Programs that do not expect a refusal or a cut line end with what Node prints about the error. */
async function crashPrograms(sandbox: Sandbox, platform: string): Promise<void> {
  for (const fault of [{ status: 401, body: { error: { code: 401, message: 'No.' } } }, { drop: 'after' }]) {
    for (const host of await hostsOf(sandbox, platform)) {
      await changeFaults(sandbox, 'POST', { host, ...fault, times: 100 });
    }
    const printed = await sandbox.program(join(import.meta.dirname, 'crashing-program.ts'), platform);
    if (!printed.includes('Node.js v')) throw new Error(`The program did not crash on ${platform}:\n${printed}`);
    await changeFaults(sandbox, 'DELETE');
  }
}

async function hostsOf({ settings }: Sandbox, platform: string): Promise<readonly string[]> {
  const answer = await fetch(new URL('/_simulator/', settings.simulatorUrl ?? ''));
  return overviewSchema.parse(await answer.json()).platforms[platform] ?? [];
}

async function changeFaults({ settings }: Sandbox, method: 'POST' | 'DELETE', fault?: unknown): Promise<void> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) };
  const url = new URL('/_simulator/faults', settings.simulatorUrl ?? '');
  await fetch(url, { method, ...(fault === undefined ? {} : json) });
}

/** Into the folder that is searched, so that the bundle is searched too. */
async function exportAll(sandbox: Sandbox, markers: Markers): Promise<void> {
  const passphrase = randomBytes(24).toString('base64url');
  markers.add('passphrase of the export', passphrase);
  const passphraseFile = join(sandbox.folder, 'passphrase');
  await writeFile(passphraseFile, `${passphrase}\n`, { mode: 0o600 });
  await sandbox.connector('export', '--out', sandbox.bundle, '--passphrase-file', passphraseFile);
}

/** A person agrees again; the code and the state that pass through the browser are secrets too. */
async function consentAgain({ settings }: Sandbox, connectionId: string, markers: Markers): Promise<void> {
  await visitConsentPage(new URL(`/consent/${connectionId}`, settings.publicUrl), {
    fetch: (url, init) => {
      for (const name of ['code', 'state', 'code_challenge']) {
        const value = url.searchParams.get(name);
        if (value !== null && name !== 'code_challenge') markers.add(`${name} at the callback`, value);
      }
      return fetch(url, init);
    },
  }).catch(() => undefined);
}
