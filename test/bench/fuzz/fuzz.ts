import type { Progress } from '../runner/bench.ts';
import { changesSince, digestsOf, notWell, tokensOf } from './aftermath.ts';
import { answersTarget } from './answers-target.ts';
import { apiWithAuthority, apiWithoutAuthority } from './api-targets.ts';
import { runCampaign } from './campaign.ts';
import { consentWithAuthority, consentWithoutAuthority } from './consent-targets.ts';
import { httpTargets } from './http-targets.ts';
import { importTarget } from './import-target.ts';
import { inboundWithAuthority, inboundWithoutAuthority } from './inbound-targets.ts';
import { loginTarget } from './login-target.ts';
import { openScene, type Scene } from './scene.ts';
import { stallClients, type Stall } from './stalled-clients.ts';
import { waitedStepTarget } from './step-target.ts';
import { createTally, type Tally } from './tally.ts';
import type { Target } from './target.ts';

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly concurrency: number;
  /** Only areas and targets whose name contains this; all unless given. */
  readonly only?: string | undefined;
  /** Where clients stall beside it all; a body may take longer than a head. */
  readonly stalls: readonly Stall[];
}

export type FuzzFigures = {
  readonly inputs: number;
  readonly serverErrors: number;
  readonly hangs: number;
  readonly undocumented: number;
  /** Let through although the authority was lacking. */
  readonly admitted: number;
  readonly seed: number;
  readonly seconds: number;
  readonly byArea: Tally['byArea'];
  /** What was not as before when it was over. */
  readonly aftermath: readonly string[];
};

/** Sends the inputs, first those that lack authority, and looks at what they left behind. */
export async function fuzz(options: FuzzOptions, progress: Progress): Promise<FuzzFigures> {
  progress(`--seed ${String(options.seed)} repeats these inputs`);
  const scene = await openScene();
  try {
    const startedMs = performance.now();
    const tally = createTally();
    const aftermath = await sendAll(scene, options, tally, progress);
    const { sum, byArea } = tally;
    const counts = { inputs: sum('inputs'), serverErrors: sum('serverErrors'), hangs: sum('hangs') };
    const others = { undocumented: sum('undocumented'), admitted: sum('admitted'), seed: options.seed };
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    return { ...counts, ...others, seconds, byArea, aftermath };
  } finally {
    await scene.close();
  }
}

/** Gives what was not as before when it was over. */
async function sendAll(scene: Scene, options: FuzzOptions, tally: Tally, progress: Progress): Promise<string[]> {
  const { only = '', stalls } = options;
  const chosen = (targets: readonly Target[]): Target[] =>
    targets.filter(({ area, name }) => `${area} ${name}`.includes(only));
  const [without, having] = [chosen(await targetsWithout(scene)), chosen(await targetsHaving(scene))];
  const total = weightOf([...without, ...having]);
  if (total === 0) {
    throw new Error(`Nothing that is fuzzed is called "${only}". There are api, consent, http, inbound and files.`);
  }
  const send = async (targets: readonly Target[]): Promise<void> => {
    const inputs = Math.ceil((options.inputs * weightOf(targets)) / total);
    await runCampaign(targets, { ...options, inputs, count: tally.count, redact: scene.redact }, progress);
  };
  const tokens = await tokensOf(scene);
  const [all, untouched] = [await digestsOf(scene, 'all'), await digestsOf(scene, 'untouched')];
  const stalled = stallClients(scene.port, 'http stalled clients'.includes(only) ? stalls : []);
  await send(without);
  const aftermath = changesSince(all, await digestsOf(scene, 'all'), 'inputs without authority');
  await send(having);
  aftermath.push(...changesSince(untouched, await digestsOf(scene, 'untouched'), 'inputs about other connections'));
  for (const outcome of await stalled.outcomes()) {
    tally.count('http', outcome);
    if (outcome.trouble !== null) progress(`http: stalled clients: ${outcome.trouble.what}`);
  }
  // An answer says nothing of an error that nobody foresaw; the log does.
  for (const line of scene.server.errors()) progress(scene.redact(`the server's log: ${line}`));
  return [...aftermath, ...(await notWell(scene, tokens))];
}

async function targetsWithout(scene: Scene): Promise<readonly Target[]> {
  const api = await apiWithoutAuthority(scene);
  const pages = [...(await consentWithoutAuthority(scene)), loginTarget(scene)];
  return [...api, ...pages, ...inboundWithoutAuthority(scene), ...httpTargets(scene)];
}

async function targetsHaving(scene: Scene): Promise<readonly Target[]> {
  const api = [...(await apiWithAuthority(scene)), await waitedStepTarget(scene)];
  const files = [answersTarget(scene), await importTarget(scene)];
  return [...api, ...consentWithAuthority(scene), ...inboundWithAuthority(scene), ...files];
}

function weightOf(targets: readonly Target[]): number {
  return targets.reduce((sum, { weight }) => sum + weight, 0);
}
