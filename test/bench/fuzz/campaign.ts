import fc from 'fast-check';
import type { Progress } from '../runner/bench.ts';
import { fine, type Outcome, type Trouble, type TroubleKind } from './outcome.ts';

/** One kind of input, and what becomes of it. */
export interface Target {
  readonly area: string;
  readonly name: string;
  /** Its share of the inputs, beside those of the other targets. */
  readonly weight: number;
  /** Tries inputs that follow from the seed; a failing one is made smaller before it is told. */
  explore(run: Run): Promise<Finding | null>;
}

export interface Run {
  readonly seed: number;
  readonly inputs: number;
  /** Told of every input but those that only make a failing one smaller. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** An input that broke a promise, as small as it could be made. */
export interface Finding {
  readonly trouble: Trouble;
  readonly input: string;
  /** How many of the inputs were tried. */
  readonly tried: number;
}

/** Attempts at making one failing input smaller: each asks the server. */
const smallerAttempts = 150;

class BadOutcome extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.what);
    this.trouble = trouble;
  }
}

/** A target over the inputs of an arbitrary. */
export function defineTarget<Input>(
  about: Pick<Target, 'area' | 'name' | 'weight'>,
  inputs: fc.Arbitrary<Input>,
  send: (input: Input) => Promise<Outcome>,
): Target {
  const explore = async ({ seed, inputs: numRuns, onOutcome }: Run): Promise<Finding | null> => {
    let found: Trouble | null = null;
    let attempts = 0;
    let tried = 0;
    const property = fc.asyncProperty(inputs, async (input) => {
      if (found !== null && (found.kind === 'hangs' || (attempts += 1) > smallerAttempts)) return;
      const outcome = await send(input);
      if (found === null) {
        tried += 1;
        onOutcome(outcome);
      }
      // A smaller input must fail alike: another failure would hide this one.
      if (outcome.trouble === null || (found !== null && found.kind !== outcome.trouble.kind)) return;
      found = outcome.trouble;
      throw new BadOutcome(outcome.trouble);
    });
    const details = await fc.check(property, { seed, numRuns });
    if (!details.failed) return null;
    const { errorInstance, counterexample } = details;
    if (!(errorInstance instanceof BadOutcome)) throw errorInstance;
    return { trouble: errorInstance.trouble, input: fc.stringify(counterexample?.[0]), tried };
  };
  return { ...about, explore };
}

export type AreaFigures = Record<Outcome['answer'] | TroubleKind | 'inputs', number>;

export interface CampaignOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly concurrency: number;
  /** Takes the secrets out of what is told. */
  readonly redact: (text: string) => string;
}

const chunkInputs = 200;
const longestTold = 2_000;

/** Sends so many inputs, spread over the targets by their weight, and counts by area what became of them. */
export async function runCampaign(
  targets: readonly Target[],
  { inputs, seed, concurrency, redact }: CampaignOptions,
  progress: Progress,
): Promise<Map<string, AreaFigures>> {
  const areas = new Map(targets.map(({ area }) => [area, emptyFigures()]));
  const told = new Set<string>();
  const tell = (target: Target, { trouble: { kind, what }, input }: Finding): void => {
    const mark = `${target.area}: ${target.name}: ${kind}: ${what}`;
    if (told.has(mark)) return;
    told.add(mark);
    progress(redact(`${mark}\n    ${input.slice(0, longestTold)}`));
  };
  const chunks = shuffled(chunksOf(targets, inputs, seed), seed);
  const work = async (): Promise<void> => {
    for (let chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) {
      const { target } = chunk;
      const figures = areas.get(target.area) ?? emptyFigures();
      const onOutcome = (outcome: Outcome): void => count(figures, outcome);
      let { inputs: left, seed: next } = chunk;
      while (left > 0) {
        const finding = await target.explore({ seed: next, inputs: left, onOutcome });
        if (finding === null) break;
        tell(target, finding);
        left -= finding.tried;
        next += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return areas;
}

interface Chunk {
  readonly target: Target;
  readonly seed: number;
  readonly inputs: number;
}

function chunksOf(targets: readonly Target[], inputs: number, seed: number): Chunk[] {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  return targets.flatMap((target, index) => {
    const share = Math.ceil((inputs * target.weight) / total);
    return Array.from({ length: Math.ceil(share / chunkInputs) }, (_, part) => ({
      target,
      // Apart by more than the tries of one chunk, so that no two chunks are the same.
      seed: seed + 1_000_003 * (index + 1) + 1_009 * part,
      inputs: Math.min(chunkInputs, share - part * chunkInputs),
    }));
  });
}

/** In an order of the seed's, so that the slow targets are spread over the run. */
function shuffled(chunks: readonly Chunk[], seed: number): Chunk[] {
  const shuffle = fc.shuffledSubarray([...chunks], { minLength: chunks.length });
  return fc.sample(shuffle, { seed, numRuns: 1 })[0] ?? [];
}

function emptyFigures(): AreaFigures {
  const answers = { accepted: 0, refused: 0, limited: 0, closed: 0, none: 0 };
  return { inputs: 0, ...answers, serverErrors: 0, hangs: 0, undocumented: 0, admitted: 0 };
}

function count(figures: AreaFigures, { answer, trouble }: Outcome = fine('none')): void {
  figures.inputs += 1;
  figures[answer] += 1;
  if (trouble !== null) figures[trouble.kind] += 1;
}
