import type { Outcome, TroubleKind } from './outcome.ts';

/** How many inputs there were, how they were answered, and what was wrong with that. */
export type Counts = Record<Outcome['answer'] | TroubleKind | 'inputs', number>;

/** Counts what became of inputs, by area. */
export interface Tally {
  readonly count: (area: string, outcome: Outcome) => void;
  readonly byArea: Readonly<Record<string, Counts>>;
  /** Over all areas. */
  readonly sum: (name: keyof Counts) => number;
}

/** Without an input yet. */
export function createTally(): Tally {
  const byArea: Record<string, Counts> = {};
  return {
    byArea,
    count: (area, { answer, trouble }) => {
      const counts = (byArea[area] ??= { ...nothing });
      counts.inputs += 1;
      counts[answer] += 1;
      if (trouble !== null) counts[trouble.kind] += 1;
    },
    sum: (name) => Object.values(byArea).reduce((total, counts) => total + counts[name], 0),
  };
}

const answers = { accepted: 0, refused: 0, limited: 0, closed: 0, none: 0 };
const nothing: Counts = { inputs: 0, ...answers, serverErrors: 0, hangs: 0, undocumented: 0, admitted: 0 };
