import { resolvePlatform, UnknownPlatformError } from '../../../platforms/load.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { bundleContentSchema, type BundleContent } from './bundle-content.ts';
import { putCopy, type Imported, type ImportSession } from './imported.ts';
import { BundleError, openBundle, type SealedBundle } from './sealed-bundle.ts';

/** Puts every connection of an export into the environment, sealed with its keys. Throws when the export does not open. */
export async function importBundle(
  session: ImportSession,
  bundle: SealedBundle,
  passphrase: string,
): Promise<Imported[]> {
  const { connections } = await contentOf(bundle, passphrase);
  const platforms = await session.platforms();
  const imported: Imported[] = [];
  for (const copy of connections) {
    try {
      imported.push(await putCopy(session.store, resolvePlatform(platforms, copy.platform), copy));
    } catch (error) {
      if (!(error instanceof UnknownPlatformError)) throw error;
      const why = { cause: error.message, remedy: 'Import it with a version that knows the platform.' };
      const { platform, accountName: account, owner } = copy;
      imported.push({ platform, account, owner, outcome: 'refused', connectionId: null, why });
    }
  }
  return imported;
}

async function contentOf(bundle: SealedBundle, passphrase: string): Promise<BundleContent> {
  try {
    return bundleContentSchema.parse(JSON.parse(await openBundle(bundle, passphrase)));
  } catch (cause) {
    // Without the cause where it opened: parsers quote what they read, and these are credentials.
    const failure =
      cause instanceof BundleError
        ? { what: cause.message, remedy: 'Try the passphrase again, with the file as it was exported.', cause }
        : {
            what: 'The export opens, but this version cannot read what is in it.',
            remedy: 'Import it with the version that exported it, or export it anew.',
          };
    throw new CommandFailure(exitCodes.failed, failure);
  }
}
