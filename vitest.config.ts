/** The suite, by speed. `unit` is the inner loop (npm run check); the others need bundles from `npm run build`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.slow.test.ts'],
        },
      },
      {
        test: {
          name: 'suite',
          include: ['test/**/*.slow.test.ts', 'test/**/*.scenario.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
