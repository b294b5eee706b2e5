import type { Register } from '../command.ts';

/** `connector export`: all connections in one sealed file. */
export const register: Register = (add) =>
  add<{ out?: string; passphraseFile?: string }>({
    name: 'export',
    summary: 'Write all connections with their credentials to one file, sealed with a passphrase',
    options: [
      ['--out <file>', 'where to; the standard output unless said'],
      ['--passphrase-file <file>', 'a file that holds the passphrase; you are asked unless given'],
    ],
    run: async (context, _args, { out, passphraseFile }) => {
      const { exportConnections } = await import('../bundle/export-connections.ts');
      return exportConnections(context, { out: out ?? null, passphraseFile: passphraseFile ?? null });
    },
  });
