/**
 * The suite by speed. `unit` is the inner loop (npm run check): its files share one module graph per worker, because
 * importing twenty SDK clients per file took longer than the tests; files that replace modules are `unit-mocked` and
 * stand alone. `suite` deploys into the simulator; its files share what a worker has loaded and deployed too, because
 * code that has run before runs faster: six files of drills took 13 % less processor time so.
 */
import { defineConfig } from 'vitest/config';

const MOCKED = ['test/**/*.mocked.test.ts'];
const SLOW = ['test/**/*.slow.test.ts', 'test/**/*.scenario.ts'];

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...SLOW, ...MOCKED],
          isolate: false,
          testTimeout: 20_000,
        },
      },
      { test: { name: 'unit-mocked', include: MOCKED } },
      {
        test: {
          name: 'suite',
          include: SLOW,
          globalSetup: ['test/assembly.setup.ts'],
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
