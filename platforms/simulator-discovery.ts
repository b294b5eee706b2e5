import { existsSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { z } from 'zod';
import type { Simulator } from './simulator.ts';

const isFunction = (value: unknown): boolean => typeof value === 'function';

const simulatorModule = z.object({
  simulator: z.object({
    platform: z.string().min(1),
    hosts: z.array(z.string().regex(/^[a-z0-9.-]+$/)).min(1),
    loggedParameters: z.array(z.string()),
    create: z.custom<Simulator['create']>(isFunction, 'must be a function'),
  }),
});

/**
 * The simulators of all folders beside this file that have one. Throws, naming the folder, when one does not fulfil the
 * contract or two answer for the same host.
 */
export async function discoverSimulators(): Promise<readonly Simulator[]> {
  const found: Simulator[] = [];
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const file = ['simulator/index.ts', 'simulator.ts']
      .map((candidate) => path.join(import.meta.dirname, name, candidate))
      .find((candidate) => existsSync(candidate));
    if (file !== undefined) found.push(await loadSimulator(name, file));
  }
  return found;
}

async function loadSimulator(folder: string, file: string): Promise<Simulator> {
  const loaded: unknown = await import(pathToFileURL(file).href);
  const { simulator } = simulatorModule.parse(loaded, {
    error: (issue) => `platforms/${folder}: the exported 'simulator' is wrong at ${issue.path?.join('.') ?? 'its top'}`,
  });
  if (simulator.platform !== folder) {
    throw new Error(`platforms/${folder}: its simulator calls itself '${simulator.platform}'; use the folder's name.`);
  }
  return simulator;
}
