import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    include: ['test/cluster/node/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // What fails leaves the cluster in a state that no later scenario expects.
    bail: 1,
  },
});
