import type { Client } from '@temporalio/client';
import { environmentHome } from '../../infra/environment/home.ts';
import { addSealingKey, removeSealingKey, type KeysRequest } from '../../infra/environment/sealing-keys.ts';
import { currentSupervisor } from '../../infra/environment/single-supervisor.ts';
import { environmentOption, type CommandContext } from './command.ts';
import { CommandFailure, exitCodes, type ExitCode } from './failure.ts';
import { describeUse, firstFew, keyRows, ringIds, type KeyRow } from './key-rows.ts';
import { print, table } from './output.ts';
import { renewHistories, unlessAway, type RunningHistory } from './running-histories.ts';
import { withSession, type Session } from './session.ts';

const renewPatienceMs = 20_000;
const roles = { newest: 'seals new values', older: 'opens older ones', missing: 'MISSING in the key ring' } as const;

/** `connector keys list`: every key, and what it still holds together. */
export function listKeys(context: CommandContext): Promise<ExitCode> {
  return withSession(context.env, async (session) => {
    print(context, await keyRows(session), (all) => {
      const lines = all.map(({ id, role, fields, workflows }) => {
        return [id, roles[role], String(fields), workflows === null ? 'unknown' : String(workflows.length)];
      });
      return table(['key', 'role', 'sealed fields', 'running workflows'], lines, { columns: context.io.columns });
    });
    return exitCodes.done;
  });
}

/** `connector keys rotate`: a new key in front, and everything sealed with it. Stopped at any moment, it goes on. */
export function rotateKeys(context: CommandContext): Promise<ExitCode> {
  return withSession(context.env, async (session) => {
    const say = (line: string): void => context.io.err(`${line}\n`);
    const unfinished = (await keyRows(session)).find((row) => row.role !== 'newest' && describeUse(row) !== '');
    if (unfinished === undefined) await addKey(context, session, say);
    else say(`An earlier rotation goes on: "${unfinished.id}" is needed for ${describeUse(unfinished)}.`);
    const { rows, fields, unreadable } = await session.store.sealedFields.reseal({
      progress: (now) => {
        if (now.rows % 100 === 0) say(`… ${String(now.fields)} fields in ${String(now.rows)} rows`);
      },
    });
    say(`Sealed anew: ${String(fields)} fields in ${String(rows)} rows.`);
    for (const { message } of unreadable) say(message);
    const [newest = '', ...older] = ringIds(session);
    say('Workflows begin new histories …');
    const renew = (client: Client): Promise<RunningHistory[]> => renewHistories(client, newest, renewPatienceMs);
    const late = await unlessAway(await session.temporal(), renew);
    const workflows = late?.map(({ workflowId }) => workflowId) ?? null;
    print(context, { newest, older, rows, fields, unreadable: unreadable.length, workflows }, () =>
      [
        unreadable.length > 0
          ? `${String(unreadable.length)} fields could not be sealed anew, see above; all others are sealed with "${newest}".`
          : `Everything is sealed with "${newest}".`,
        ...lateLines(workflows),
        ...older.map((id) => `When nothing needs "${id}": connector keys drop ${id}${environmentOption(context)}`),
      ].join('\n'),
    );
    return unreadable.length === 0 ? exitCodes.done : exitCodes.failed;
  });
}

/** `connector keys drop`: forgets a key, for ever, and refuses while anything needs it. */
export function dropKey(context: CommandContext, id: string): Promise<ExitCode> {
  return withSession(context.env, async (session) => {
    refuseNeeded(id, await keyRows(session));
    const request = keysRequest(context, session);
    if (request !== null) await removeSealingKey(request, id);
    print(context, { id, dropped: request !== null }, () =>
      request === null
        ? `Nothing needs "${id}" any more: take it out of connector:keyIds and of CONNECTOR_KEY_RING.`
        : `"${id}" is gone. Temporal's histories of what ended before the rotation can no longer be read.`,
    );
    return exitCodes.done;
  });
}

function lateLines(workflows: readonly string[] | null): string[] {
  if (workflows === null) return ['Temporal does not answer, and workflows may need an older key: run this again.'];
  return workflows.length === 0 ? [] : [`Still need an older key: ${firstFew(workflows)}. Run this again later.`];
}

function refuseNeeded(id: string, rows: readonly KeyRow[]): void {
  const row = rows.find((one) => one.id === id && one.role !== 'missing');
  const fail = (what: string, remedy: string): never => {
    throw new CommandFailure(row === undefined ? exitCodes.usage : exitCodes.failed, { what, remedy });
  };
  if (row === undefined) fail(`The key ring has no key "${id}".`, 'Which it has shows: connector keys list');
  else if (row.role === 'newest') fail(`"${id}" seals new values.`, 'Make a newer key first: connector keys rotate');
  else if (row.workflows === null) fail('Temporal does not answer; workflows may need the key.', 'Run: connector up');
  else if (describeUse(row) !== '') fail(`"${id}" is needed for ${describeUse(row)}.`, 'Run: connector keys rotate');
}

async function addKey(context: CommandContext, session: Session, say: (line: string) => void): Promise<void> {
  const request = keysRequest(context, session);
  if (request === null) {
    throw new CommandFailure(exitCodes.failed, {
      what: 'Everything is sealed with the newest key, and CONNECTOR_KEY_RING comes from elsewhere.',
      remedy:
        'Put a new id in front of connector:keyIds, run `pulumi up`, give every process the new CONNECTOR_KEY_RING – first with the new key last, then with it in front – and run this again.',
    });
  }
  say('A new key is made (pulumi up) …');
  say(`The new key is "${await addSealingKey(request)}".`);
}

/** Null: the keys of this environment are given to it by somebody else. */
function keysRequest({ env, io }: CommandContext, { settings }: Session): KeysRequest | null {
  if (settings.keyRingFile === null) return null;
  const home = environmentHome(env);
  if (currentSupervisor(home) === null) {
    const remedy = 'Run: connector up, then this again.';
    throw new CommandFailure(exitCodes.failed, { what: `The environment "${home.environment}" is down.`, remedy });
  }
  return { home, env, note: (line) => io.err(`${line}\n`) };
}
