import { z } from 'zod';
import { connectionStatuses } from '../../../model/connection.ts';
import { modes } from '../../../model/platform.ts';

const instant = z.iso.datetime().nullable();

/** One connection in an export: its row, with the credentials in the open. */
const copySchema = z.object({
  id: z.uuid(),
  owner: z.string().min(1),
  platform: z.string().min(1),
  label: z.string().min(1),
  accountId: z.string().nullable(),
  accountName: z.string().nullable(),
  status: z.enum(connectionStatuses),
  statusReason: z.string().nullable(),
  mode: z.enum(modes),
  modeReason: z.string().nullable(),
  scopes: z.array(z.string()),
  expiresAt: instant,
  refreshExpiresAt: instant,
  consentExpiresAt: instant,
  nextRefreshAt: instant,
  lastRefreshAt: instant,
  lastReadAt: instant,
  lastProbeAt: instant,
  createdAt: z.iso.datetime(),
  credentials: z.record(z.string(), z.string()),
});

/** What is sealed in an export. */
export const bundleContentSchema = z.object({ environment: z.string(), connections: z.array(copySchema) });
export type BundleContent = z.infer<typeof bundleContentSchema>;
