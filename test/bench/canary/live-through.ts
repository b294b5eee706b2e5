import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { connect } from '../../../client/sdk/index.ts';
import { loadPlatforms } from '../../../platforms/load.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { visitConsentPage } from '../../../platforms/simulated-person.ts';
import { createStore, parseKeyRing } from '../../../store/index.ts';
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
export async function liveThrough(sandbox: Sandbox, markers: Markers, progress: Progress): Promise<void> {
  markEnvironment(sandbox, markers);
  const platforms = await loadPlatforms();
  const databaseUrl = sandbox.settings.databaseUrls.worker ?? '';
  const store = createStore({ connection: { databaseUrl }, keyRing: parseKeyRing(sandbox.settings.keyRing) });
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
    await fetch(new URL('/_simulator/faults', sandbox.settings.simulatorUrl ?? ''), { method: 'DELETE' });
    progress('consenting again');
    for (const { id } of await store.connections.list()) await consentAgain(sandbox, id, markers);
    await refreshAll();
    progress('looking at everything');
    for (const command of ['doctor', 'status', 'inbox', 'events', 'quota', 'onboarding']) {
      await sandbox.connector(command);
      await sandbox.connector(command, '--json');
    }
    await sandbox.connector('revoke', 'tiktok');
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
  const file = join(sandbox.env['CONNECTOR_HOME'] ?? '', `${platform.id}.json`);
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
async function echoSecrets({ settings }: Sandbox, store: Store): Promise<void> {
  const admin = new URL('/_simulator/', settings.simulatorUrl ?? '');
  const { platforms } = overviewSchema.parse(await (await fetch(admin)).json());
  for (const facts of await store.connections.list()) {
    const loaded = await store.connections.load(facts.id);
    const echo = Object.values(loaded?.credentials ?? {}).join(' ');
    for (const host of platforms[facts.platform] ?? []) {
      const body = { error: 'invalid_request', error_description: echo, message: echo };
      const fault = { host, status: 400, body, times: 3 };
      await fetch(new URL('faults', admin), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      });
    }
  }
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
