import type { Register } from '../command.ts';
import { CommandFailure, exitCodes } from '../failure.ts';

interface Options {
  readonly name?: string;
  readonly scope: readonly string[];
  readonly expires?: string;
  readonly all?: boolean;
}

/** `connector api-keys`: who may ask the HTTP API for what, until when. */
export const register: Register = (add) =>
  add<Options>({
    name: 'api-keys',
    summary: 'Make, list and revoke keys for the HTTP API',
    arguments: [
      ['<action>', 'list: the keys, without what opens; create: a new one, shown this once; revoke: end one'],
      ['[name]', 'with create and revoke: which key'],
    ],
    options: [
      ['--name <name>', 'with create: what it is called, by whom it is used'],
      ['--expires <time>', 'with create: 90d, 12h, 30min or never; 90d unless said'],
      ['--all', 'with list: also what was revoked'],
    ],
    repeated: [['--scope <scope>', 'with create: tokens:read (unless said), connections:write or codec']],
    run: async (context, [action = '', given], options) => {
      const { createKey, listKeys, revokeKey } = await import('../api-keys.ts');
      const name = options.name ?? given;
      if (action === 'list') return listKeys(context, { all: options.all === true });
      if (action === 'create' && name !== undefined) return createKey(context, { ...options, name });
      if (action === 'revoke' && name !== undefined) return revokeKey(context, name);
      const isKnown = action === 'create' || action === 'revoke';
      const what = isKnown ? 'What is the key called?' : `There is no "connector api-keys ${action}".`;
      const remedy =
        'It is one of: connector api-keys list, connector api-keys create --name NAME, connector api-keys revoke NAME';
      throw new CommandFailure(exitCodes.usage, { what, remedy });
    },
  });
