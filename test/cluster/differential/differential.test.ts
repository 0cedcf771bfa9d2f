import { describe, expect, it } from 'vitest';
import { givenKubeconfig } from '../cluster.ts';
import { differential } from './differential.ts';
import type { Result } from './outcome.ts';
import { describeDifference, describeDistribution, missingOutcomes } from './print.ts';

const CASES = Array.from({ length: 1000 }, (_, index) => index);
// The same cases in each run: what fails here was broken by the change at hand. `npm run differential` looks for new ones.
const SEEDS = ['tidegate', 'harbour'];
const OWN = "on a control plane of its own: thousands of policies are not for somebody's cluster";

describe.skipIf(givenKubeconfig !== undefined)(`our engine and the API server (${OWN})`, () => {
  it.each(SEEDS)('agree on 1000 generated cases of seed %s', { timeout: 300_000 }, async (seed) => {
    const results: Result[] = [];
    const differences: string[] = [];
    await differential({ seed, cases: CASES }, (judged) => {
      results.push(judged.result);
      if (judged.result.kind === 'different') differences.push(describeDifference(judged));
    });
    process.stdout.write(`seed ${seed}\n${describeDistribution(results)}\n`);
    expect(differences.join('\n')).toBe('');
    expect(missingOutcomes(results)).toEqual([]);
    expect(results).toHaveLength(CASES.length);
  });
});
