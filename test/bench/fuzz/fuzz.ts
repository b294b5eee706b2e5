import type { Progress } from '../runner/bench.ts';
import { apiWithAuthority, apiWithoutAuthority } from './api-targets.ts';
import { changesSince, digestsOf, notWell, tokensOf } from './aftermath.ts';
import { answersTarget } from './answers-target.ts';
import { consentWithAuthority, consentWithoutAuthority } from './consent-targets.ts';
import { httpTargets } from './http-targets.ts';
import { importTarget } from './import-target.ts';
import { inboundWithAuthority, inboundWithoutAuthority } from './inbound-targets.ts';
import { waitedStepTarget } from './step-target.ts';
import { runCampaign, type AreaFigures, type Target } from './campaign.ts';
import { openScene, type Scene } from './scene.ts';

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly concurrency: number;
  /** Only areas and targets whose name contains this; all unless given. */
  readonly only?: string | undefined;
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
  readonly byArea: Readonly<Record<string, AreaFigures>>;
  /** What was not as before when it was over. */
  readonly aftermath: readonly string[];
};

/** Sends the inputs, first those that lack authority, and looks at what they left behind. */
export async function fuzz(options: FuzzOptions, progress: Progress): Promise<FuzzFigures> {
  const { seed, only = '' } = options;
  progress(`--seed ${String(seed)} repeats these inputs`);
  const scene = await openScene();
  try {
    const startedMs = performance.now();
    const chosen = (targets: readonly Target[]): Target[] =>
      targets.filter(({ area, name }) => `${area} ${name}`.includes(only));
    const [without, having] = [chosen(await targetsWithout(scene)), chosen(await targetsHaving(scene))];
    const total = weightOf([...without, ...having]);
    if (total === 0)
      throw new Error(`Nothing that is fuzzed is called "${only}". There are api, consent, http, inbound, files.`);
    const areas = new Map<string, AreaFigures>();
    const send = async (targets: readonly Target[]): Promise<void> => {
      if (targets.length === 0) return;
      const inputs = Math.ceil((options.inputs * weightOf(targets)) / total);
      merge(areas, await runCampaign(targets, { ...options, inputs, redact: scene.redact }, progress));
    };
    const tokens = await tokensOf(scene);
    const [all, untouched] = [await digestsOf(scene, 'all'), await digestsOf(scene, 'untouched')];
    await send(without);
    const aftermath = changesSince(all, await digestsOf(scene, 'all'), 'inputs without authority');
    await send(having);
    aftermath.push(...changesSince(untouched, await digestsOf(scene, 'untouched'), 'inputs about other connections'));
    aftermath.push(...(await notWell(scene, tokens)));
    return figuresOf(areas, { seed, seconds: Math.round((performance.now() - startedMs) / 1_000), aftermath });
  } finally {
    await scene.close();
  }
}

async function targetsWithout(scene: Scene): Promise<readonly Target[]> {
  return [
    ...(await apiWithoutAuthority(scene)),
    ...(await consentWithoutAuthority(scene)),
    ...inboundWithoutAuthority(scene),
    ...httpTargets(scene),
  ];
}

async function targetsHaving(scene: Scene): Promise<readonly Target[]> {
  const api = [...(await apiWithAuthority(scene)), await waitedStepTarget(scene)];
  const files = [answersTarget(scene), await importTarget(scene)];
  return [...api, ...consentWithAuthority(scene), ...inboundWithAuthority(scene), ...files];
}

function weightOf(targets: readonly Target[]): number {
  return targets.reduce((sum, { weight }) => sum + weight, 0);
}

function merge(all: Map<string, AreaFigures>, more: ReadonlyMap<string, AreaFigures>): void {
  for (const [area, figures] of more) {
    const known = all.get(area);
    if (known === undefined) all.set(area, figures);
    else for (const [name, count] of entriesOf(figures)) known[name] += count;
  }
}

function figuresOf(
  areas: ReadonlyMap<string, AreaFigures>,
  rest: Pick<FuzzFigures, 'seed' | 'seconds' | 'aftermath'>,
): FuzzFigures {
  const sum = (name: keyof AreaFigures): number => [...areas.values()].reduce((total, one) => total + one[name], 0);
  const totals = {
    inputs: sum('inputs'),
    serverErrors: sum('serverErrors'),
    hangs: sum('hangs'),
    undocumented: sum('undocumented'),
    admitted: sum('admitted'),
  };
  return { ...totals, ...rest, byArea: Object.fromEntries(areas) };
}

function entriesOf(figures: AreaFigures): [keyof AreaFigures, number][] {
  const names: readonly (keyof AreaFigures)[] = [
    ...(['inputs', 'accepted', 'refused', 'limited', 'closed', 'none'] as const),
    ...(['serverErrors', 'hangs', 'undocumented', 'admitted'] as const),
  ];
  return names.map((name) => [name, figures[name]]);
}
