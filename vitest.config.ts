/** The suite by speed: `unit` is the inner loop (npm run check); `suite` deploys into the simulator. */
import { defineConfig } from 'vitest/config';

const SLOW = ['test/**/*.slow.test.ts', 'test/**/*.scenario.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: SLOW } },
      {
        test: {
          name: 'suite',
          include: SLOW,
          globalSetup: ['test/assembly.setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
