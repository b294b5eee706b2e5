import { Writable } from 'node:stream';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { createApp } from '../client/server/app.ts';
import { digestKeys } from '../client/server/known-keys.ts';
import { createLog } from '../client/server/log.ts';
import { createConnector } from '../client/sdk/connector.ts';
import type { Orchestration } from '../client/sdk/orchestration.ts';
import { createNetwork, systemClock } from '../platforms/network.ts';
import type { Clock, Network } from '../platforms/network.ts';
import type { Platform } from '../platforms/platform.ts';
import { parseKeyRing } from '../store/index.ts';
import { createPayloadCodec } from '../store/payload-codec.ts';
import type { Store } from '../store/store.ts';
import { fakeOrchestration, fullKey, testSettings } from './clients.ts';
import { newKey } from './store.ts';

/** The app over a store and a Temporal that the test brings; what it logs is kept. */
export interface TestServer {
  readonly app: OpenAPIHono;
  log(): string;
  close(): Promise<void>;
}

export function createTestServer(parts: {
  store: Store;
  platforms: readonly Platform[];
  orchestration?: Partial<Orchestration>;
  publicUrl?: string;
  /** Leads nowhere in particular unless given. */
  network?: Network;
  clock?: Clock;
  payloadCodec?: PayloadCodec;
}): TestServer {
  const { store, platforms, publicUrl = testSettings.publicUrl } = parts;
  const orchestration = fakeOrchestration(parts.orchestration);
  const network = parts.network ?? createNetwork();
  const clock = parts.clock ?? systemClock;
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const connector = createConnector({
    store,
    platforms,
    network,
    publicUrl,
    orchestration: () => Promise.resolve(orchestration),
    refreshesInline: true,
  });
  const { apiKeys, ...settings } = { ...testSettings, publicUrl };
  const log = createLog(destination);
  const payloadCodec = parts.payloadCodec ?? createPayloadCodec(parseKeyRing([newKey('k1')]));
  const shared = { settings, store, platforms, connector, orchestration, network, clock, payloadCodec };
  const app = createApp({ ...shared, environmentKeys: digestKeys(apiKeys), log });
  return {
    app,
    log: () => lines.join(''),
    close: async () => {
      await connector.close();
      if (parts.network === undefined) await network.close();
    },
  };
}

export interface TestRequest {
  readonly method?: string;
  /** The key that may do everything unless given; null: none. */
  readonly key?: string | null;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** One field of the body. */
  readonly field: (name: string) => unknown;
}

/** Asks the API as a program would. */
export async function askServer({ app }: TestServer, path: string, request: TestRequest = {}): Promise<TestAnswer> {
  const { method = 'GET', key = fullKey, body, headers = {} } = request;
  const response = await app.request(path, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  const field = (name: string): unknown => z.record(z.string(), z.unknown()).parse(parsed)[name];
  return { status: response.status, headers: response.headers, body: parsed, field };
}
