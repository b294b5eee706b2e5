import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';

/** How long a vendor's server may take to answer, in milliseconds: without a way to it the registries are next. */
export const connectLimitMs = 3_000;
const stallLimitMs = 30_000;

/** Asks a URL; throws when no answer arrives within the limit or when the answer is an error. */
export async function ask(url: string, limitMs = connectLimitMs): Promise<Response> {
  const { response, stop } = await open(url, limitMs);
  stop();
  return response;
}

/**
 * Throws, saying so, when a server can't be reached within the limit. Any answer counts as reached: the download itself
 * tells what is wrong with it.
 */
export async function requireReachable(url: string, limitMs = connectLimitMs): Promise<void> {
  const { response, stop } = await open(url, limitMs, 'HEAD', false);
  stop();
  await response.body?.cancel();
}

/** Downloads a URL into a file; gives up when the server does not answer within the limit or stops sending. */
export async function download(url: string, file: string, limitMs = connectLimitMs): Promise<void> {
  const { response, restart, stop } = await open(url, limitMs);
  try {
    if (response.body === null) throw new Error(`${url} answered without content`);
    const watched = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        restart();
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body), watched, createWriteStream(file));
  } finally {
    stop();
  }
}

/** Unpacks a `.tar.gz` into a folder with the machine's `tar`. */
export async function unpack(archive: string, directory: string): Promise<void> {
  await execa('tar', ['-xzf', archive, '-C', directory]);
}

interface Opened {
  readonly response: Response;
  /** Gives the server some more time, because it has just sent something. */
  readonly restart: () => void;
  readonly stop: () => void;
}

async function open(url: string, limitMs: number, method = 'GET', mustSucceed = true): Promise<Opened> {
  const controller = new AbortController();
  const start = (ms: number, reason: string): NodeJS.Timeout =>
    setTimeout(() => {
      controller.abort(new Error(reason));
    }, ms);
  let timer = start(limitMs, `${new URL(url).host} did not answer within ${String(limitMs / 1_000)} s`);
  const stop = (): void => {
    clearTimeout(timer);
  };
  const restart = (): void => {
    stop();
    timer = start(stallLimitMs, `${new URL(url).host} stopped sending`);
  };
  try {
    const response = await fetch(url, { method, signal: controller.signal });
    if (mustSucceed && !response.ok) throw new Error(`${url} answered ${String(response.status)}`);
    restart();
    return { response, restart, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
