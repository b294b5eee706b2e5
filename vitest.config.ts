import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    reporters: ['default', './test/closing-line.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Forks, because some tests kill what they run in, and two at a time, because each has its own database.
    pool: 'forks',
    maxWorkers: 2,
  },
});
