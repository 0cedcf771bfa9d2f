import { readFileSync } from 'node:fs';
import type { JsonMap, Value } from '../../src/cel/value.ts';

/** An expression of the benchmark, with the variables of its policy; it yields `value`, or true. */
export interface CelCase {
  readonly name: string;
  readonly expression: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly value?: Value;
}

export const CASES_FILE = new URL('./cel-cases.json', import.meta.url);

const read: { readonly object: JsonMap; readonly cases: readonly CelCase[] } = JSON.parse(
  readFileSync(CASES_FILE, 'utf8'),
);

/** The Pod that the expressions judge. */
export const OBJECT: JsonMap = read.object;
export const CASES = read.cases;
