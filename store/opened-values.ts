/**
 * What was opened a moment ago, by place and sealed value, so that a busy reader deciphers a value once and not a
 * thousand times a second. A secret is forgotten at most two seconds after it was opened, however often it is asked for.
 */
export interface OpenedValues {
  readonly size: number;
  find(sealed: string): string | undefined;
  keep(sealed: string, text: string): void;
}

const keptMs = 2_000;
const limit = 2_000;

/** Remembers nothing yet. Its timer keeps no process alive. */
export function createOpenedValues(): OpenedValues {
  const values = new Map<string, string>();
  let forgetting: NodeJS.Timeout | undefined;
  const forget = (): void => {
    forgetting = undefined;
    values.clear();
  };
  return {
    get size() {
      return values.size;
    },
    find: (sealed) => values.get(sealed),
    keep: (sealed, text) => {
      if (values.size >= limit) values.clear();
      values.set(sealed, text);
      // One timer for all: what comes later is forgotten sooner.
      forgetting ??= setTimeout(forget, keptMs).unref();
    },
  };
}
