import { z } from '@hono/zod-openapi';
import { text } from './text-schema.ts';

const instant = z.string().openapi({ description: 'ISO 8601 in UTC', example: '2026-11-24T08:00:00.000Z' });
const amount = z.number().int();

const books = {
  platform: z.string(),
  bucket: z.string(),
  limit: amount,
  used: amount,
  reserved: amount.openapi({ description: 'Held by calls under way' }),
  remaining: amount,
  windowStart: instant,
  resetsAt: instant,
};

export const quotaCountSchema = z.object(books).openapi('QuotaCount');

export const quotaStateSchema = z
  .object({
    ...books,
    unit: z.string().openapi({ example: 'uploads' }),
    app: z.string().openapi({ description: 'Whose quota it is; a fingerprint where that is a secret' }),
    countedFor: z.enum(['app', 'account']).openapi({ description: '`app`: all of its accounts share it' }),
    accounts: z.array(z.string()).readonly(),
  })
  .openapi('Quota');

export const reserveSchema = z
  .object({
    amount: amount.min(1).default(1),
    owner: text.optional().openapi({ description: '`default` unless given' }),
    account: text.optional().openapi({ description: "The account's id or name; the newest connection unless given" }),
  })
  .openapi('ReserveQuota');

export const reservationSchema = z
  .object({
    id: z.string(),
    platform: z.string(),
    bucket: z.string(),
    amount,
    remaining: amount.openapi({ description: 'What is left beside it' }),
    resetsAt: instant,
  })
  .openapi('QuotaReservation');

export const settleSchema = z
  .object({
    used: amount.min(0).optional().openapi({ description: 'What the call used; what was reserved unless given' }),
  })
  .openapi('SettleQuota');
