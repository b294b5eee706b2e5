import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const payloadSchema = z.object({
  algorithm: z.literal('HMAC-SHA256'),
  user_id: z.string().regex(/^\d{1,32}$/),
  issued_at: z.number().optional(),
});

/** What Meta says in a `signed_request`. */
export type SignedPayload = z.infer<typeof payloadSchema>;

/**
 * Reads a `signed_request`: base64url(HMAC-SHA256 of the encoded payload, key: app secret), a dot, the encoded payload. Null when
 * the signature, the algorithm or the form is wrong.
 * https://developers.facebook.com/docs/facebook-login/guides/advanced/signed-request (2026-11-23) [U]
 */
export function readSignedRequest(signedRequest: string, appSecret: string): SignedPayload | null {
  const parts = signedRequest.split('.');
  const [signature = '', encoded = ''] = parts;
  if (parts.length !== 2 || !/^[\w-]+={0,2}$/.test(signature) || !/^[\w-]+={0,2}$/.test(encoded)) return null;
  const expected = createHmac('sha256', appSecret).update(encoded).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return parsePayload(Buffer.from(encoded, 'base64url').toString('utf8'));
}

function parsePayload(text: string): SignedPayload | null {
  try {
    const parsed = payloadSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
