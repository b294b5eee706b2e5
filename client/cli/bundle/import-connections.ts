import { readFile } from 'node:fs/promises';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import type { z } from 'zod';
import { networkOf } from '../../sdk/index.ts';
import type { CommandContext } from '../command.ts';
import { CommandFailure, exitCodes, type ExitCode } from '../failure.ts';
import { print, table } from '../output.ts';
import { unlessAway } from '../running-histories.ts';
import { withSession, type Session } from '../session.ts';
import { importBundle } from './import-bundle.ts';
import { importPlain, plainSchema } from './import-plain.ts';
import type { Imported } from './imported.ts';
import { readPassphrase } from './passphrase.ts';
import { bundleSchema, type SealedBundle } from './sealed-bundle.ts';

const notes: Readonly<Record<Imported['outcome'], string>> = {
  imported: 'imported',
  updated: 'was connected already, and has the new tokens',
  present: 'was connected already, and stays as it is',
  refused: 'refused',
};

/** `connector import`: the connections of an export, or of a plain file whose credentials are proved first. */
export async function importConnections(
  context: CommandContext,
  request: { readonly file: string; readonly passphraseFile: string | null },
): Promise<ExitCode> {
  const content = await contentOf(context, request.file);
  return withSession(context.env, async (session) => {
    const imported =
      'sealed' in content
        ? await fromBundle(context, session, content, request.passphraseFile)
        : await fromPlain(context, session, content);
    const isNew = imported.some(({ outcome }) => outcome === 'imported');
    const keepers = isNew ? await unlessAway(await session.temporal(), startKeepers) : true;
    print(context, imported, (all) => {
      const rows = all.map(({ platform, account, owner, outcome }) => [
        platform,
        account ?? '–',
        owner,
        notes[outcome],
      ]);
      const shown = table(['platform', 'account', 'owner', 'outcome'], rows, { columns: context.io.columns });
      return [shown, ...all.flatMap(refusalLines)].join('\n');
    });
    if (keepers === null) context.io.err('Temporal does not answer: the connections are kept fresh once it does.\n');
    if ('sealed' in content && isNew) {
      context.io.err(
        'Bring the environment down that they come from: two that refresh one token take it from each other.\n',
      );
    }
    return imported.some(({ outcome }) => outcome === 'refused') ? exitCodes.failed : exitCodes.done;
  });
}

async function fromBundle(
  context: CommandContext,
  session: Session,
  bundle: SealedBundle,
  passphraseFile: string | null,
): Promise<Imported[]> {
  return importBundle(session, bundle, await readPassphrase(context, { file: passphraseFile, isNew: false }));
}

async function fromPlain(
  { owner }: CommandContext,
  session: Session,
  entries: z.infer<typeof plainSchema>,
): Promise<Imported[]> {
  const network = networkOf(session.settings);
  try {
    return await importPlain(session, network, { entries, owner: owner ?? 'default' });
  } finally {
    await network.close();
  }
}

/** A keeper for every row that has none, now instead of within ten minutes. */
async function startKeepers(client: Client): Promise<boolean> {
  try {
    await client.schedule.getHandle('reconcile').trigger();
    return true;
  } catch (error) {
    // The first worker makes the schedule, and begins with such a run.
    if (error instanceof ScheduleNotFoundError) return true;
    throw error;
  }
}

function refusalLines({ platform, account, why }: Imported): string[] {
  return why === null ? [] : [`${platform}${account === null ? '' : ` (${account})`}: ${why.cause}`, `→ ${why.remedy}`];
}

async function contentOf({ io }: CommandContext, file: string): Promise<SealedBundle | z.infer<typeof plainSchema>> {
  const fail = (problem: string): CommandFailure =>
    new CommandFailure(exitCodes.usage, {
      what: `${file === '-' ? 'The standard input' : file} ${problem}.`,
      remedy: 'Give a file of connector export, or JSON as {"platform": "youtube", "credentials": {…}}, one or a list.',
    });
  const text = await (file === '-' ? io.readInput() : readFile(file, 'utf8')).catch(() => {
    throw fail('cannot be read');
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without the cause: the parser quotes what it read.
    throw fail('is no JSON');
  }
  const bundle = bundleSchema.safeParse(value);
  if (bundle.success) return bundle.data;
  const plain = plainSchema.safeParse(value);
  if (plain.success) return plain.data;
  throw fail('is neither an export nor a list of credentials');
}
