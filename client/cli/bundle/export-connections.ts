import { writeWhole } from '../../../infra/environment/home.ts';
import type { CommandContext } from '../command.ts';
import { exitCodes, type ExitCode } from '../failure.ts';
import { print } from '../output.ts';
import { withSession } from '../session.ts';
import { bundleContentSchema } from './bundle-content.ts';
import { readPassphrase } from './passphrase.ts';
import { sealBundle } from './sealed-bundle.ts';

/** `connector export`: all connections with their credentials in one file that only its passphrase opens. */
export function exportConnections(
  context: CommandContext,
  request: { readonly out: string | null; readonly passphraseFile: string | null },
): Promise<ExitCode> {
  const { io, owner, env } = context;
  return withSession(env, async ({ store, settings }) => {
    const passphrase = await readPassphrase(context, { file: request.passphraseFile, isNew: true });
    const taken = await store.copies.take();
    const connections = taken.copies.filter((copy) => owner === null || copy.owner === owner);
    const content = bundleContentSchema.parse({ environment: settings.environment, connections });
    const bundle = await sealBundle(JSON.stringify(content), passphrase, new Date());
    const text = `${JSON.stringify(bundle, null, 2)}\n`;
    for (const { message } of taken.unreadable) io.err(`${message}\n`);
    for (const { id: connectionId, owner: of, platform } of connections) {
      const event = { connectionId, owner: of, platform, actor: 'person', kind: 'connection.exported', detail: {} };
      await store.events.append(event);
    }
    const said = `Exported: ${String(connections.length)} connections. Whoever has the file and its passphrase has the accounts.`;
    if (request.out === null) {
      io.out(text);
      io.err(`${said}\n`);
    } else {
      writeWhole(request.out, text, 0o600);
      const unreadable = taken.unreadable.map((error) => error.connectionId);
      print(context, { file: request.out, connections: connections.length, unreadable }, () => said);
    }
    return taken.unreadable.length === 0 ? exitCodes.done : exitCodes.failed;
  });
}
