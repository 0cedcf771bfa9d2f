import { compare } from '../compare.ts';
import type { FunctionDeclaration, Library, Overload } from '../function.ts';
import { traversal } from '../library/cost.ts';
import { declare, global } from '../library/declare.ts';
import { costSize } from '../size.ts';
import { BOOL, BYTES, DOUBLE, DURATION, INT, parameter, STRING, TIMESTAMP, type Type, UINT } from '../type.ts';
import { CelError, type Value } from '../value.ts';

const NUMBERS: readonly (readonly [string, Type])[] = [
  ['int64', INT],
  ['uint64', UINT],
  ['double', DOUBLE],
];

const OTHERS: readonly (readonly [string, Type])[] = [
  ['bool', BOOL],
  ['string', STRING],
  ['bytes', BYTES],
  ['timestamp', TIMESTAMP],
  ['duration', DURATION],
];

/** What `==` and the order of strings and bytes cost: a tenth of the smaller of the two. */
export function comparisonCost(a: Value, b: Value): number {
  return traversal(Math.min(costSize(a), costSize(b)));
}

const smallerCost = ([a, b]: readonly Value[]): number => comparisonCost(a ?? null, b ?? null);

function ordered(name: string, prefix: string, test: (order: number) => boolean): FunctionDeclaration {
  const call = (a: Value, b: Value) => {
    const order = compare(a, b);
    return order === undefined ? new CelError('no such overload') : test(order);
  };
  const overloads: Overload[] = OTHERS.map(([id, type]) => {
    const overload = global(`${prefix}_${id}`, [type, type], BOOL, call);
    return type === STRING || type === BYTES ? { ...overload, cost: smallerCost } : overload;
  });
  for (const [left, leftType] of NUMBERS) {
    for (const [right, rightType] of NUMBERS) {
      const id = left === right ? `${prefix}_${left}` : `${prefix}_${left}_${right}`;
      overloads.push(global(id, [leftType, rightType], BOOL, call));
    }
  }
  return declare(name, overloads);
}

const A = parameter('A');

// The planner evaluates equality by itself; the declarations are for the checker.
const never = (): never => {
  throw new Error('equality is planned, not called');
};

/** `<`, `<=`, `>`, `>=`, `==`, `!=`; the order is total inside a type and across numbers, except for NaN. */
export const COMPARISON: Library = {
  name: 'comparison',
  functions: [
    ordered('_<_', 'less', (order) => order < 0),
    ordered('_<=_', 'less_equals', (order) => order <= 0),
    ordered('_>_', 'greater', (order) => order > 0),
    ordered('_>=_', 'greater_equals', (order) => order >= 0),
    declare('_==_', [global('equals', [A, A], BOOL, never)]),
    declare('_!=_', [global('not_equals', [A, A], BOOL, never)]),
  ],
};
