import { z } from 'zod';
import { modes } from '../../../model/platform.ts';
import { storableText } from '../../../model/storable-text.ts';

// Whoever made the file may have written anything: what Postgres refuses is refused here, in words.
const text = z.string().regex(storableText);
const instant = z.iso.datetime().refine((value) => !value.startsWith('0000'));

/** One connection in an export: its row, with the credentials in the open. */
const copySchema = z.object({
  id: z.uuid(),
  owner: text.min(1),
  platform: text.min(1),
  label: text.min(1),
  accountId: text.nullable(),
  accountName: text.nullable(),
  status: z.enum(['active', 'needs_consent']),
  statusReason: text.nullable(),
  mode: z.enum(modes),
  modeReason: text.nullable(),
  scopes: z.array(text),
  expiresAt: instant.nullable(),
  refreshExpiresAt: instant.nullable(),
  consentExpiresAt: instant.nullable(),
  nextRefreshAt: instant.nullable(),
  lastRefreshAt: instant.nullable(),
  lastReadAt: instant.nullable(),
  lastProbeAt: instant.nullable(),
  createdAt: instant,
  credentials: z.record(text, text),
  /** Absent in exports of versions before 0.2.0. */
  paused: z.boolean().default(false),
});

/** What is sealed in an export. */
export const bundleContentSchema = z.object({ environment: z.string(), connections: z.array(copySchema) });
export type BundleContent = z.infer<typeof bundleContentSchema>;
