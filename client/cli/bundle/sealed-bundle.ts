import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { z } from 'zod';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const saltBytes = 16;
/** 128 MiB and about a second a guess: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const usualCost = { N: 2 ** 17, r: 8, p: 1 };
/** Whoever made the file chose its cost: more than this is an attack on this machine's memory. */
const highestCost = { N: 2 ** 18, r: 8, p: 4 };

const headerSchema = z.object({
  format: z.literal('platform-connector-export'),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  kdf: z.object({
    name: z.literal('scrypt'),
    N: z.int().min(2).max(highestCost.N),
    r: z.int().min(1).max(highestCost.r),
    p: z.int().min(1).max(highestCost.p),
    salt: z.base64(),
  }),
  cipher: z.literal(algorithm),
});

/** A file that holds connections, sealed with a passphrase. Only its header can be read without it. */
export const bundleSchema = headerSchema.extend({ sealed: z.base64() });
export type SealedBundle = z.infer<typeof bundleSchema>;

/** The passphrase is not the file's, or the file was damaged or changed. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/** Seals a text. The header is bound to it, so that nobody can weaken it; `cost` is what each guess costs. */
export async function sealBundle(
  text: string,
  passphrase: string,
  now: Date,
  cost: typeof usualCost = usualCost,
): Promise<SealedBundle> {
  const header: z.infer<typeof headerSchema> = {
    format: 'platform-connector-export',
    version: 1,
    createdAt: now.toISOString(),
    kdf: { name: 'scrypt', ...cost, salt: randomBytes(saltBytes).toString('base64') },
    cipher: algorithm,
  };
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, await keyOf(passphrase, header.kdf), iv, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(header));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { ...header, sealed: Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64') };
}

/** Opens what `sealBundle` made. Throws BundleError. */
export async function openBundle({ sealed, ...header }: SealedBundle, passphrase: string): Promise<string> {
  const bytes = Buffer.from(sealed, 'base64');
  const key = await keyOf(passphrase, header.kdf);
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
    decipher.setAAD(associatedData(header));
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const text = decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    throw new BundleError('The passphrase does not open this export, or the file was changed.');
  }
}

/** Throws BundleError when whoever made the file chose a cost that there is not, such as no power of two. */
async function keyOf(passphrase: string, { N, r, p, salt }: SealedBundle['kdf']): Promise<Buffer> {
  const maxmem = 2 * 128 * r * (N + p);
  try {
    return await deriveKey(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), { N, r, p, maxmem });
  } catch (cause) {
    throw new BundleError('The export names a cost that scrypt refuses.', { cause });
  }
}

function deriveKey(passphrase: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** In the order of the schema, however the file was written. */
function associatedData(header: z.infer<typeof headerSchema>): Buffer {
  return Buffer.from(JSON.stringify(headerSchema.parse(header)));
}
