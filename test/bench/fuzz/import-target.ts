import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { importConnections } from '../../../client/cli/bundle/import-connections.ts';
import { sealBundle, type SealedBundle } from '../../../client/cli/bundle/sealed-bundle.ts';
import type { CommandContext } from '../../../client/cli/command.ts';
import { CommandFailure, exitCodes } from '../../../client/cli/failure.ts';
import { UnknownPlatformError } from '../../../platforms/load.ts';
import { defineTarget, type Target } from './target.ts';
import { damaged, hostileDocument, hostileText, hostileValue } from './hostile-values.ts';
import { fine, patienceMs, trouble, type Outcome } from './outcome.ts';
import { owners, type Scene } from './scene.ts';

const passphrase = 'the passphrase of the fuzzed export';
/** A guess costs next to nothing: the file says so itself, and thousands are opened here. */
const cheap = { N: 2, r: 1, p: 1 };

/** Files for `import`: taken in, or refused with a cause and a remedy. */
export async function importTarget(scene: Scene): Promise<Target> {
  const passphraseFile = join(scene.directory, 'passphrase');
  await writeFile(passphraseFile, passphrase);
  const whole = await sealed(JSON.stringify({ environment: 'fuzzed', connections: [validCopy(scene)] }));
  const files = fc.oneof(
    { weight: 2, arbitrary: damaged(fc.constant(JSON.stringify(whole))) },
    { weight: 2, arbitrary: withOtherHeader(whole) },
    { weight: 2, arbitrary: withFlippedByte(whole) },
    { weight: 3, arbitrary: plainFile(scene) },
    { weight: 1, arbitrary: hostileDocument },
  );
  const input = fc.oneof(
    { weight: 6, arbitrary: files.map((text) => ({ text, isSealed: false })) },
    { weight: 3, arbitrary: contents(scene).map((text) => ({ text, isSealed: true })) },
  );
  const about = { area: 'files', name: 'import', weight: 8 };
  return defineTarget(about, input, async ({ text, isSealed }) => {
    const file = isSealed ? JSON.stringify(await sealed(text)) : text;
    return imported(scene, file, passphraseFile);
  });
}

function sealed(content: string): Promise<SealedBundle> {
  return sealBundle(content, passphrase, new Date(0), cheap);
}

async function imported(scene: Scene, file: string, passphraseFile: string): Promise<Outcome> {
  const io: CommandContext['io'] = {
    ...{ env: scene.env, isTerminal: false, canAsk: false },
    ...{ out: () => undefined, err: () => undefined },
    readInput: () => Promise.resolve(file),
  };
  const context = { io, json: true, owner: owners.fuzzed, env: scene.env };
  const late = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => {
    late.resolve(trouble('hangs', `took longer than ${String(patienceMs)} ms`));
  }, patienceMs);
  const ended = importConnections(context, { file: '-', passphraseFile }).then(
    (code) => fine(code === exitCodes.done ? 'accepted' : 'refused'),
    judgeFailure,
  );
  const outcome = await Promise.race([ended, late.promise]);
  clearTimeout(timer);
  return outcome;
}

function judgeFailure(error: unknown): Outcome {
  if (error instanceof UnknownPlatformError) return fine('refused');
  const isDescribed = error instanceof CommandFailure && error.what !== '' && error.remedy !== '';
  if (isDescribed && (error.exitCode === exitCodes.failed || error.exitCode === exitCodes.usage))
    return fine('refused');
  return trouble('serverErrors', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

function validCopy({ untouchedIds }: Scene): Record<string, unknown> {
  const nothing = {
    statusReason: null,
    modeReason: null,
    refreshExpiresAt: null,
    consentExpiresAt: null,
    nextRefreshAt: null,
  };
  return {
    // The id of a connection that is here: whatever the file says of it, it stays as it is.
    id: untouchedIds[0],
    ...{ owner: owners.fuzzed, platform: 'youtube', label: 'imported', accountId: 'imported', accountName: 'Ada' },
    ...{ status: 'active', mode: 'live', scopes: ['upload'], expiresAt: '2026-11-23T12:00:00.000Z', ...nothing },
    ...{ lastRefreshAt: null, lastReadAt: null, lastProbeAt: null, createdAt: '2026-11-23T12:00:00.000Z' },
    credentials: { client_id: 'client-1', access_token: 'imported-token' },
  };
}

/** What may be sealed in a file: contents that fit, that almost do, and others. */
function contents(scene: Scene): fc.Arbitrary<string> {
  const copy = validCopy(scene);
  const names = Object.keys(copy);
  const instants = [
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '2026-02-28T24:00:00Z',
    '-1',
    '2026-11-23T12:00:60Z',
  ];
  const odd = fc.oneof(
    hostileText,
    hostileValue,
    fc.constantFrom<unknown>(...instants, 'pending', 'revoked', 'manual', null),
  );
  const changes = fc.array(fc.tuple(fc.constantFrom(...names), odd), { maxLength: 3 });
  const changed = fc
    .tuple(changes, fc.uuid())
    .map(([pairs, id]) => Object.fromEntries([...Object.entries({ ...copy, id }), ...pairs]));
  const texts = fc.oneof(hostileText, fc.constantFrom('Ada', 'page-1'));
  const shaped = fc
    .record({
      id: fc.uuid(),
      owner: texts,
      label: texts,
      accountId: texts,
      accountName: texts,
      statusReason: texts,
      scopes: fc.array(texts, { maxLength: 3 }),
    })
    .map((fields) => ({ ...copy, ...fields, credentials: { client_id: fields.label, access_token: fields.owner } }));
  const connections = fc.array(fc.oneof(changed, shaped, fc.constant(copy)), { maxLength: 3 });
  const fitting = connections.map((list) => JSON.stringify({ environment: 'fuzzed', connections: list }));
  return fc.oneof({ weight: 5, arbitrary: fitting }, damaged(fitting), hostileDocument);
}

/** The same file with one value of its header replaced. */
function withOtherHeader(bundle: SealedBundle): fc.Arbitrary<string> {
  const header = fc.tuple(fc.constantFrom('format', 'version', 'createdAt', 'cipher', 'sealed', 'kdf'), hostileValue);
  const number = fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 4, 1_000, 1_024, 4_096, -1, 2 ** 20, 2 ** 31, 1e308, 1.5),
    hostileValue,
  );
  const kdf = fc.tuple(fc.constantFrom('N', 'r', 'p', 'salt', 'name'), number).map(([name, value]) => ({
    kdf: { name: 'scrypt', ...cheap, salt: 'AAAA', [name]: value },
  }));
  const replaced = fc.oneof(
    header.map(([name, value]) => ({ [name]: value })),
    kdf,
  );
  return replaced.map((other) => JSON.stringify({ ...bundle, ...other }));
}

/** The same file with bits of what is sealed turned round, or an end cut off. */
function withFlippedByte(bundle: SealedBundle): fc.Arbitrary<string> {
  const bytes = Buffer.from(bundle.sealed, 'base64');
  return fc
    .record({
      at: fc.nat({ max: bytes.length - 1 }),
      flip: fc.integer({ min: 1, max: 255 }),
      keep: fc.nat({ max: bytes.length }),
      cuts: fc.boolean(),
    })
    .map(({ at, flip, keep, cuts }) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      return JSON.stringify({ ...bundle, sealed: (cuts ? changed.subarray(0, keep) : changed).toString('base64') });
    });
}

/** What a program without the connector might have kept of its accounts. */
function plainFile({ service }: Scene): fc.Arbitrary<string> {
  const platforms = [...service.platforms.values()];
  const entry = fc.constantFrom(...platforms).chain((platform) =>
    fc.record(
      {
        platform: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(platform.id, ...platform.aliases) }, hostileText),
        credentials: fc.oneof(
          {
            weight: 6,
            arbitrary: fc.dictionary(fc.constantFrom(...platform.shape), fc.oneof(hostileText, hostileValue), {
              maxKeys: 6,
            }),
          },
          hostileValue,
        ),
        account_name: fc.oneof(hostileText, hostileValue),
        scopes: fc.oneof(fc.array(hostileText, { maxLength: 3 }), hostileValue),
      },
      { requiredKeys: ['platform', 'credentials'] },
    ),
  );
  return fc.oneof(entry, fc.array(entry, { maxLength: 2 })).map((value) => JSON.stringify(value));
}
