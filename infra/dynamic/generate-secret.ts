import { randomBytes } from 'node:crypto';
import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import type { Properties } from './program-module.ts';

const inputsSchema = z.object({
  bytes: z.number().int().min(16),
  encoding: z.enum(['base64', 'base64url']),
  prefix: z.string(),
});

/** Makes the value, once: nothing but the state holds it. */
export function create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
  const { bytes, encoding, prefix } = inputsSchema.parse(inputs);
  const value = prefix + randomBytes(bytes).toString(encoding);
  // The id is shown in clear, so it is unrelated to the value.
  return Promise.resolve({ id: randomBytes(8).toString('hex'), outs: { bytes, encoding, prefix, value } });
}

/** There is nothing outside the state to compare with. */
export function read(id: string, properties: Properties): Promise<{ id: string; props: Properties }> {
  return Promise.resolve({ id, props: { ...properties } });
}

/** Never changes a value by itself: a key of another length would make what it sealed unreadable. */
export function diff(): Promise<pulumi.dynamic.DiffResult> {
  return Promise.resolve({ changes: false });
}

/** Keeps the value. */
export function update(olds: Properties): Promise<{ outs: Properties }> {
  return Promise.resolve({ outs: { ...olds } });
}
