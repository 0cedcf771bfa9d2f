/** Ten expressions as policies have them, in our CEL engine, in two JavaScript libraries and in cel-go: `node test/bench/cel.ts`. */
import { check } from '../../src/cel/checker.ts';
import { parse } from '../../src/cel/parser.ts';
import { plan } from '../../src/cel/plan/planner.ts';
import { CASES, type CelCase } from './cel-case.ts';
import { celGo, type Timings } from './cel-go.ts';
import { environmentOf, LIBRARIES } from './cel-libraries.ts';
import { median } from './median.ts';
import { table } from './table.ts';

const ROUNDS = 15;
const ROUND_MS = 10;

/** Prints nanoseconds of evaluating and microseconds of compiling. Throws where ours does not yield what is expected. */
export function benchCel(): void {
  const go = celGo();
  const timings = typeof go === 'string' ? undefined : go;
  console.log(`CEL: nanoseconds of one evaluation, and how many times ours (median of ${ROUNDS} rounds)\n`);
  const libraries = LIBRARIES.map(({ name }) => name);
  const evaluations = CASES.map((each) => evaluationRow(each, timings?.[each.name]));
  console.log(table([['', ...libraries, timings ? 'cel-go with costs' : ''], ...evaluations]));
  console.log('\n  cannot: refuses the expression, or yields something else');
  if (typeof go === 'string') console.log(`  ${go}`);
  console.log(`\nCEL: microseconds of compiling${timings ? ', and those of cel-go' : ''}\n`);
  console.log(
    table([
      ['', 'parse', '', 'check', '', 'plan', ''],
      ...CASES.map((each) => compilationRow(each, timings?.[each.name])),
    ]),
  );
}

function evaluationRow(each: CelCase, go: Timings | undefined): string[] {
  const runs = LIBRARIES.map((library) => {
    try {
      const evaluate = library.prepare(each);
      const result = evaluate();
      if (result !== (each.value ?? true)) throw new Error(`${library.name} yields ${String(result)}`);
      return { evaluate, rounds: [] as number[] };
    } catch (error) {
      if (library === LIBRARIES[0]) throw error;
      return undefined;
    }
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const run of runs) run?.rounds.push(nanoseconds(run.evaluate));
  }
  const [ours = Number.NaN, ...others] = runs.map((run) => run && median(run.rounds));
  const cells = others.map((time) => (time === undefined ? 'cannot' : beside(time, ours)));
  return [each.name, ours.toFixed(0), ...cells, go ? beside(go.evaluate, ours) : ''];
}

function beside(time: number, ours: number): string {
  return `${time.toFixed(0)} (${(time / ours).toFixed(1)}x)`;
}

function compilationRow(each: CelCase, go: Timings | undefined): string[] {
  const { expression } = each;
  const { declarations } = environmentOf(each).environment;
  const parsed = parse(expression);
  if (!parsed.ok) throw new Error(parsed.issues[0]?.message);
  const result = check(expression, parsed.expr, declarations);
  if (!result.ok) throw new Error(result.issues[0]?.message);
  const steps: readonly [() => unknown, number | undefined][] = [
    [() => parse(expression), go?.parse],
    [() => check(expression, parsed.expr, declarations), go?.check],
    [() => plan(result.checked), go?.plan],
  ];
  const cells = steps.flatMap(([step, other]) => {
    const ours = median(Array.from({ length: ROUNDS }, () => nanoseconds(step)));
    return [microseconds(ours), other === undefined ? '' : microseconds(other)];
  });
  return [each.name, ...cells];
}

function microseconds(nanoseconds: number): string {
  return (nanoseconds / 1000).toFixed(1);
}

function nanoseconds(work: () => unknown): number {
  const began = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    for (let batch = 0; batch < 64; batch++) work();
    count += 64;
    elapsed = performance.now() - began;
  }
  return (elapsed * 1_000_000) / count;
}

if (import.meta.main) benchCel();
