import type { Session } from '../session.ts';
import { environmentSubject, fine, wrong, type Finding } from './finding.ts';

/** Looks at what all connections need: the database, Temporal and its worker, the server, the simulators. */
export async function checkEnvironment(session: Session): Promise<Finding[]> {
  const { settings } = session;
  const findings = [
    checkDatabase(session),
    checkTemporal(session),
    checkAddress('server', `${settings.publicUrl}/healthz`),
  ];
  if (settings.simulatorUrl !== null) findings.push(checkAddress('simulators', `${settings.simulatorUrl}/_simulator/`));
  return Promise.all(findings);
}

const noConnection = '00000000-0000-0000-0000-000000000000';

async function checkDatabase({ store, settings }: Session): Promise<Finding> {
  try {
    const all = await store.connections.list();
    // The first question also opens the connection; how far the database is tells the second.
    const startedAt = performance.now();
    await store.connections.facts(noConnection);
    const tookMs = (performance.now() - startedAt).toFixed(0);
    return fine(environmentSubject, 'database', `answers in ${tookMs} ms; ${String(all.length)} connections`);
  } catch (error) {
    const url = settings.databaseUrls.worker ?? settings.databaseUrls.reader ?? '';
    const where = URL.canParse(url) ? new URL(url).host : 'the database';
    return wrong(environmentSubject, 'database', {
      evidence: `${where}: ${textOf(error)}`,
      cause: 'Postgres cannot be asked.',
      remedy: 'Bring the environment up (connector up), or correct DATABASE_URL_WORKER.',
    });
  }
}

async function checkTemporal(session: Session): Promise<Finding> {
  const { address, namespace } = session.settings.temporal;
  const { temporal, worker } = await (await session.walkParts()).orchestration.health();
  const evidence = `${address}, namespace ${namespace}: Temporal is ${temporal}, its worker is ${worker}`;
  if (temporal === 'down') {
    const remedy =
      'Bring the environment up (connector up), or correct TEMPORAL_ADDRESS. Fresh tokens are served all the same.';
    return wrong(environmentSubject, 'temporal', { evidence, cause: 'Temporal does not answer.', remedy });
  }
  if (worker === 'up') return fine(environmentSubject, 'temporal', evidence);
  const remedy =
    'Bring the environment up (connector up), or start a worker: node worker/main.ts. See logs/worker.log.';
  return wrong(environmentSubject, 'temporal', {
    evidence,
    cause: 'No worker listens: nothing is refreshed ahead.',
    remedy,
  });
}

async function checkAddress(check: string, url: string): Promise<Finding> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    if (response.ok) return fine(environmentSubject, check, `${url} answers`);
    const cause = `It answered ${String(response.status)}.`;
    return wrong(environmentSubject, check, {
      evidence: url,
      cause,
      remedy: `See logs/${check}.log of the environment.`,
    });
  } catch (error) {
    const remedy = 'Bring the environment up: connector up.';
    return wrong(environmentSubject, check, {
      evidence: `${url}: ${textOf(error)}`,
      cause: 'It does not answer.',
      remedy,
    });
  }
}

/** What an error says; a refused connection hides its reason in its causes. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${textOf(error.cause)})` : error.message;
}
