import type { Register } from '../command.ts';

/** `connector import`: connections of an export, or credentials that a program had before. */
export const register: Register = (add) =>
  add<{ passphraseFile?: string }>({
    name: 'import',
    summary: 'Take in the connections of an export, or credentials in plain JSON after proving them',
    arguments: [['<file>', 'of connector export, or JSON with platform and credentials ("-": the standard input)']],
    options: [['--passphrase-file <file>', 'a file that holds the passphrase; you are asked unless given']],
    run: async (context, [file = ''], { passphraseFile }) => {
      const { importConnections } = await import('../bundle/import-connections.ts');
      return importConnections(context, { file, passphraseFile: passphraseFile ?? null });
    },
  });
