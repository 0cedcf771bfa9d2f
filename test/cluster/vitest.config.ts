import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/cluster/**/*.test.ts'],
    // A node is more than a cluster: npm run test:node.
    exclude: ['test/cluster/node/**'],
    // One cluster at a time: an API server and its tests want both cores.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
