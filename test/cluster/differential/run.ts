/** `node test/cluster/differential/run.ts [--cases N] [--seed S] [--case N]`: exit code 1 where the two disagree. */
import { parseArgs } from 'node:util';
import { differential } from './differential.ts';
import type { Result } from './outcome.ts';
import { describeDifference, describeDistribution, missingOutcomes } from './print.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '2000' }, seed: { type: 'string' }, case: { type: 'string' } },
});
const seed = values.seed ?? Date.now().toString(36);
const alone = values.case !== undefined;
const cases = alone ? [Number(values.case)] : Array.from({ length: Number(values.cases) }, (_, index) => index);

if (cases.length === 0 || !cases.every(Number.isSafeInteger)) {
  console.error('--cases takes the number of cases, --case the number of one');
  process.exit(2);
}
const started = performance.now();
const results: Result[] = [];
console.log(`seed ${seed}, ${cases.length} cases`);
await differential({ seed, cases }, (judged) => {
  results.push(judged.result);
  if (judged.result.kind === 'different' || alone) console.log(describeDifference(judged));
});
console.log(describeDistribution(results));
console.log(`${cases.length} cases in ${((performance.now() - started) / 1000).toFixed(0)} s`);
const missing = alone ? [] : missingOutcomes(results);
if (missing.length > 0) console.log(`never occurred: ${missing.join(', ')}`);
process.exitCode = results.some((result) => result.kind === 'different') || missing.length > 0 ? 1 : 0;
