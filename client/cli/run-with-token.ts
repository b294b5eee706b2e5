import { spawn } from 'node:child_process';
import { readSettings } from '../../infra/environment/settings.ts';
import { connect } from '../sdk/index.ts';
import type { Token } from '../sdk/token.ts';
import type { CommandContext } from './command.ts';
import { secondsFrom } from './commands/token.ts';
import { CommandFailure, exitCodes } from './failure.ts';

export interface TokenProgram {
  readonly platform: string;
  readonly command: readonly string[];
  readonly account?: string | undefined;
  readonly minSeconds?: string | undefined;
  /** All fields of the specification too, the long-lived ones among them. */
  readonly credentials?: boolean | undefined;
}

/** Runs a program with a valid token in its environment; gives the program's own exit code. */
export async function runWithToken(context: CommandContext, request: TokenProgram): Promise<number> {
  const { platform, command, account, minSeconds } = request;
  const minimumSeconds = minSeconds === undefined ? undefined : secondsFrom(minSeconds);
  const connector = await connect({ settings: readSettings(context.env) });
  let token: Token;
  try {
    token = await connector.getValidToken(platform, { owner: context.owner ?? 'default', account, minimumSeconds });
  } finally {
    await connector.close();
  }
  return runProgram(command, { ...context.env, ...tokenVariables(token, request.credentials === true) });
}

function tokenVariables(token: Token, withCredentials: boolean): Record<string, string> {
  return {
    CONNECTOR_ACCESS_TOKEN: token.accessToken,
    CONNECTOR_PLATFORM: token.platform,
    CONNECTOR_CONNECTION_ID: token.connectionId,
    CONNECTOR_ACCOUNT_ID: token.accountId ?? '',
    CONNECTOR_TOKEN_EXPIRES_AT: token.expiresAt ?? '',
    ...(withCredentials ? { CONNECTOR_CREDENTIALS: JSON.stringify(token.credentials) } : {}),
  };
}

async function runProgram(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'inherit', env });
  // The terminal sends Ctrl-C to both: the program decides what it does about it.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const passOn = (): void => void child.kill('SIGTERM');
  process.on('SIGTERM', passOn);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => {
        const remedy = 'Give a program that is there, after two hyphens: connector exec youtube -- node post.js';
        reject(new CommandFailure(exitCodes.usage, { what: `${program} cannot be run: ${error.message}.`, remedy }));
      });
      child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128));
    });
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', passOn);
  }
}
