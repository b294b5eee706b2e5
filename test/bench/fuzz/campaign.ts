import fc from 'fast-check';
import type { Progress } from '../runner/bench.ts';
import type { Finding, Target } from './target.ts';
import type { Outcome } from './outcome.ts';

export interface Campaign {
  readonly inputs: number;
  readonly seed: number;
  readonly concurrency: number;
  readonly count: (area: string, outcome: Outcome) => void;
  /** Takes the secrets out of what is told. */
  readonly redact: (text: string) => string;
}

const chunkInputs = 200;
const longestTold = 2_000;

/** Sends so many inputs, spread over the targets by their weight, and tells of each kind of trouble once. */
export async function runCampaign(targets: readonly Target[], campaign: Campaign, progress: Progress): Promise<void> {
  const { inputs, seed, concurrency, count, redact } = campaign;
  const told = new Set<string>();
  const tell = ({ area, name }: Target, { trouble: { kind, what }, input }: Finding): void => {
    const mark = `${area}: ${name}: ${kind}: ${what}`;
    // The same at another place of a list is the same.
    const kin = mark.replaceAll(/\d+/g, 'N');
    if (told.has(kin)) return;
    told.add(kin);
    progress(redact(`${mark}\n    ${input.slice(0, longestTold)}`));
  };
  const chunks = shuffled(chunksOf(targets, inputs, seed), seed);
  const work = async (): Promise<void> => {
    for (let chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) {
      const { target } = chunk;
      const onOutcome = (outcome: Outcome): void => {
        count(target.area, outcome);
      };
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
