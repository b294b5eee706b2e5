import { resolvePlatform } from '../../../platforms/load.ts';
import { networkOf } from '../../sdk/index.ts';
import type { CommandContext } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';
import { withSession, type Session } from '../session.ts';
import { checkConnection } from './check-connection.ts';
import { checkDoors } from './check-doors.ts';
import { checkEnvironment } from './check-environment.ts';
import type { Finding } from './finding.ts';

/** Looks at everything, prints what was found, and exits with 3 when a person has to mend something, 1 for the rest. */
export function examine(context: CommandContext, platform: string | undefined): Promise<number> {
  return withSession(context.env, async (session) => {
    const environment = await checkEnvironment(session);
    const isReadable = environment.every(({ check, result }) => check !== 'database' || result === 'fine');
    const beyond = isReadable
      ? [...(await checkDoors(session)), ...(await checkConnections(context, session, platform))]
      : [];
    const findings = [...environment, ...beyond];
    print(context, findings, describe);
    const wrong = findings.filter(({ result }) => result === 'wrong');
    if (wrong.length === 0) return exitCodes.done;
    return wrong.every((finding) => finding.needsPerson) ? exitCodes.human : exitCodes.failed;
  });
}

async function checkConnections(
  { owner }: CommandContext,
  session: Session,
  name: string | undefined,
): Promise<Finding[]> {
  const platforms = await session.platforms();
  const wanted = name === undefined ? platforms : [resolvePlatform(platforms, name)];
  const all = await session.store.connections.list({
    ...(owner === null ? {} : { owner }),
    platforms: wanted.map(({ id }) => id),
    statuses: ['pending', 'active', 'needs_consent'],
  });
  const network = networkOf(session.settings);
  try {
    const found = await Promise.all(
      all.map((facts) => {
        const platform = resolvePlatform(platforms, facts.platform);
        return checkConnection({ session, platform, network, facts });
      }),
    );
    return found.flat();
  } finally {
    await network.close();
  }
}

const marks = { fine: '✓', warning: '!', wrong: '✗' } as const;

function describe(findings: readonly Finding[]): string {
  const lines: string[] = [];
  let subject: string | null = null;
  for (const finding of findings) {
    const heading = finding.platform === null ? 'environment' : `${finding.platform} ${finding.connectionId ?? ''}`;
    if (heading !== subject) lines.push(...(subject === null ? [] : ['']), heading);
    subject = heading;
    lines.push(`  ${marks[finding.result]} ${finding.check}: ${finding.evidence}`);
    if (finding.cause !== null) lines.push(`      ${finding.cause}`);
    if (finding.remedy !== null) lines.push(`      → ${finding.remedy}`);
  }
  return lines.join('\n');
}
