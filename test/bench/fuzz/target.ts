import fc from 'fast-check';
import type { Outcome, Trouble } from './outcome.ts';

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
