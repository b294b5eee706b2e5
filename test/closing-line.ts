import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one plain line of numbers that a person and a machine read alike: `412 passed, 0 failed`. */
export default class ClosingLine implements Reporter {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };

  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      if (module.errors().length > 0) this.#counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') this.#counts[state] += 1;
      }
    }
    const { passed, failed, skipped } = this.#counts;
    // Behind everything that the other reporters print at the same moment.
    process.once('exit', () => {
      console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
    });
  }
}
