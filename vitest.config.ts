import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // A real cluster and a real browser have their own commands: npm run test:cluster, npm run test:browser.
    exclude: ['test/cluster/**', 'test/browser/**', 'node_modules/**'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 60_000,
    // Vitest keeps a core for itself, and that is half of a small machine: it needs little of it.
    maxWorkers: '100%',
  },
});
