import { checkBudget } from '../budget.ts';
import { compare } from '../compare.ts';
import type { CallReference } from '../declarations.ts';
import type { Activation } from '../environment.ts';
import type { Overload } from '../function.ts';
import { addInts } from '../standard/arithmetic.ts';
import { comparisonCost } from '../standard/comparison.ts';
import { CelError, type Result, type Value } from '../value.ts';
import { dispatcher, noSuchOverload } from './dispatch.ts';
import { located, type Plan, type Step } from './step.ts';

/** What the planner knows of a call: where it stands, what the checker found and its arguments. */
export interface PlannedCall {
  readonly at: number;
  readonly reference: CallReference;
  readonly args: readonly Plan[];
}

/** The step of a call: the common operators by themselves, everything else through its overloads. */
export function callStep(call: PlannedCall): Step {
  const order = ORDER[call.reference.name];
  if (order) return orderStep(call, order);
  if (call.reference.name === '_+_') return additionStep(call);
  return generalStep(call);
}

type Call = (...args: readonly Value[]) => Result;
type Cost = NonNullable<Overload['cost']>;

// With one overload left, the cost is that overload's; an ambiguous call costs what its name says, or 1.
function costOf({ reference }: PlannedCall): Cost | undefined {
  const [only] = reference.overloads;
  return (reference.overloads.length === 1 ? only?.cost : undefined) ?? reference.cost;
}

function invoker({ reference, args }: PlannedCall): (values: readonly Value[]) => Result {
  const prepared = new Map<Overload, Call>();
  const literals = args.map((argument) => argument.constant);
  for (const overload of reference.overloads) prepared.set(overload, overload.prepare?.(literals) ?? overload.call);
  const choose = dispatcher(reference.overloads);
  return (values) => {
    const overload = choose(values);
    const call = overload && prepared.get(overload);
    return call ? call(...values) : noSuchOverload(reference.name, values);
  };
}

// Unary and binary calls evaluate all their arguments and are charged even for an error; longer ones stop at the first
// error, and are charged only where that is the last argument.
function generalStep(call: PlannedCall): Step {
  const { at } = call;
  const steps = call.args.map((argument) => argument.step);
  const invoke = invoker(call);
  const cost = costOf(call);
  const eager = steps.length <= 2;
  return (activation) => {
    const values: Value[] = [];
    let error: CelError | undefined;
    for (let index = 0; index < steps.length; index++) {
      const value = (steps[index] as Step)(activation);
      if (value instanceof CelError) {
        error ??= value;
        if (!eager && index < steps.length - 1) return error;
        values.push(null);
      } else values.push(value);
    }
    const result = error ?? invoke(values);
    charge(activation, cost, values, result);
    return result instanceof CelError ? located(result, at) : result;
  };
}

function charge(activation: Activation, cost: Cost | undefined, values: readonly Value[], result: Result): void {
  if (!cost) {
    activation.cost++;
    return;
  }
  activation.cost += cost(values, result instanceof CelError ? undefined : result);
  checkBudget(activation);
}

const ORDER: Readonly<Record<string, (order: number) => boolean>> = {
  '_<_': (order) => order < 0,
  '_<=_': (order) => order <= 0,
  '_>_': (order) => order > 0,
  '_>=_': (order) => order >= 0,
};

function orderStep(call: PlannedCall, test: (order: number) => boolean): Step {
  const [left, right] = call.args.map((argument) => argument.step) as [Step, Step];
  const sized = costOf(call) !== undefined;
  const { at, reference } = call;
  return (activation) => {
    const a = left(activation);
    const b = right(activation);
    activation.cost += sized ? comparisonCost(a instanceof CelError ? null : a, b instanceof CelError ? null : b) : 1;
    if (typeof a === 'number' && typeof b === 'number') return test(a - b);
    if (a instanceof CelError) return a;
    if (b instanceof CelError) return b;
    const order = compare(a, b);
    return order === undefined ? located(noSuchOverload(reference.name, [a, b]), at) : test(order);
  };
}

function additionStep(call: PlannedCall): Step {
  const [only, another] = call.reference.overloads;
  const general = generalStep(call);
  if (another || only?.id !== 'add_int64') return general;
  const [left, right] = call.args.map((argument) => argument.step) as [Step, Step];
  const invoke = invoker(call);
  return (activation) => {
    const a = left(activation);
    const b = right(activation);
    activation.cost++;
    if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b))
      return addInts(a, b);
    if (a instanceof CelError) return a;
    if (b instanceof CelError) return b;
    const result = invoke([a, b]);
    return result instanceof CelError ? located(result, call.at) : result;
  };
}
