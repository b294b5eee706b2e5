import type { Register } from '../command.ts';
import { register as abandon } from './abandon.ts';
import { register as apiKeys } from './api-keys.ts';
import { register as connect } from './connect.ts';
import { register as doctor } from './doctor.ts';
import { register as done } from './done.ts';
import { register as down } from './down.ts';
import { register as engines } from './engines.ts';
import { register as env } from './env.ts';
import { register as events } from './events.ts';
import { register as exec } from './exec.ts';
import { register as exportAll } from './export.ts';
import { register as importFile } from './import.ts';
import { register as inbox } from './inbox.ts';
import { register as keys } from './keys.ts';
import { register as login } from './login.ts';
import { register as logout } from './logout.ts';
import { register as onboarding } from './onboarding.ts';
import { register as pause } from './pause.ts';
import { register as quota } from './quota.ts';
import { register as reconnect } from './reconnect.ts';
import { register as resume } from './resume.ts';
import { register as revoke } from './revoke.ts';
import { register as start } from './start.ts';
import { register as status } from './status.ts';
import { register as token } from './token.ts';
import { register as up } from './up.ts';

/** All commands, in the order in which the help shows them. */
export const commands: readonly Register[] = [
  ...[start, up, down, login, logout],
  ...[connect, onboarding, done, abandon, status, inbox, token, exec, quota],
  ...[doctor, reconnect, revoke, pause, resume, events],
  ...[engines, env, apiKeys, keys, exportAll, importFile],
];
