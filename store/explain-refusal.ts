import { z } from 'zod';

/** Postgres and this program do not agree on how to talk to each other; the message says which setting mends it. */
export class DatabaseSetUpError extends Error {
  override readonly name = 'DatabaseSetUpError';
}

const signSchema = z.object({ code: z.string().default(''), syscall: z.string().default('') });

// https://nodejs.org/api/tls.html#x509-certificate-error-codes (checked 2026-11-23)
const unknownAuthority: ReadonlySet<string> = new Set([
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE'],
]);

/** What the database's URL must say instead, where that is what went wrong; any other error as it came. */
export function explainRefusal(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, syscall } = signSchema.safeParse(error).data ?? { code: '', syscall: '' };
  const remedy = remedyFor(code, syscall, error.message);
  return remedy === null ? error : new DatabaseSetUpError(`${sentence(error.message)} ${remedy}`, { cause: error });
}

function remedyFor(code: string, syscall: string, message: string): string | null {
  if (unknownAuthority.has(code)) {
    return 'The authority that signed the certificate of Postgres is not known here: save its certificate and add sslmode=verify-full&sslrootcert=/path/to/ca.pem to the database’s URL.';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'The certificate of Postgres is for another name: use that name in the database’s URL, or sslmode=verify-ca with sslrootcert if its host gives no other.';
  }
  if (code === 'CERT_HAS_EXPIRED') return 'Have the certificate of Postgres renewed, and look at this machine’s clock.';
  if (/does not support SSL/.test(message)) {
    return 'Turn TLS on in Postgres, or say sslmode=disable in the database’s URL if nobody can listen on the way.';
  }
  if (code === '28000' && /no encryption|SSL off/.test(message)) {
    return 'Postgres takes encrypted connections only: add sslmode=verify-full to the database’s URL.';
  }
  if (syscall === 'open') {
    return 'This is the file that sslrootcert, sslcert or sslkey of the database’s URL names: put it there, or correct the path.';
  }
  return null;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
