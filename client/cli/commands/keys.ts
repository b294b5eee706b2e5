import type { Register } from '../command.ts';
import { CommandFailure, exitCodes } from '../failure.ts';

/** `connector keys`: the keys that seal what the database and Temporal hold. */
export const register: Register = (add) =>
  add({
    name: 'keys',
    summary: 'Rotate the keys that seal secrets, while everything runs',
    arguments: [
      ['<action>', 'list: the keys and what they seal; rotate: a new key for everything; drop: forget an old one'],
      ['[id]', 'with drop: which key'],
    ],
    run: async (context, [action = '', id]) => {
      const { dropKey, listKeys, rotateKeys } = await import('../sealing-keys.ts');
      if (action === 'list') return listKeys(context);
      if (action === 'rotate') return rotateKeys(context);
      if (action === 'drop' && id !== undefined) return dropKey(context, id);
      const what = action === 'drop' ? 'Which key is to be dropped?' : `There is no "connector keys ${action}".`;
      const remedy = 'It is one of: connector keys list, connector keys rotate, connector keys drop ID';
      throw new CommandFailure(exitCodes.usage, { what, remedy });
    },
  });
