import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // A real cluster takes minutes and has its own command: npm run test:cluster.
    exclude: ['test/cluster/**', 'node_modules/**'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 20_000,
  },
});
