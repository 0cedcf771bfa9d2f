import type { Activation } from '../activation.ts';
import { checkBudget, countCopy } from '../budget.ts';
import type { CallReference } from '../checked.ts';
import { compare } from '../compare.ts';
import type { Overload } from '../function.ts';
import { addInts } from '../standard/arithmetic.ts';
import { comparisonCost } from '../standard/comparison.ts';
import { CelError, type Result, type Value } from '../value.ts';
import { acceptors, noSuchOverload } from './dispatch.ts';
import type { Plan } from './plan.ts';
import { located, type Step } from './step.ts';

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

/** An overload that is ready to be called. */
interface Candidate {
  readonly tests: readonly ((value: Value) => boolean)[];
  readonly call: Call;
}

interface Target {
  readonly at: number;
  readonly name: string;
  readonly steps: readonly Step[];
  readonly candidates: readonly Candidate[];
  readonly cost: Cost | undefined;
  /** True where a literal pattern was compiled ahead: such calls stop at the first error, and name no function in theirs. */
  readonly prepared: boolean;
}

function targetOf(call: PlannedCall): Target {
  const { at, reference, args } = call;
  const literals = args.map((argument) => argument.constant);
  let prepared = false;
  const candidates = reference.overloads.map((overload) => {
    const ready = overload.prepare?.(literals);
    prepared ||= ready !== undefined;
    return { tests: acceptors(overload), call: ready ?? overload.call };
  });
  return {
    at,
    name: reference.name,
    steps: args.map((argument) => argument.step),
    candidates,
    cost: costOf(call),
    prepared,
  };
}

function generalStep(call: PlannedCall): Step {
  const target = targetOf(call);
  const [first, second] = target.steps;
  if (first && target.steps.length === 1) return unaryStep(target, first);
  if (first && second && target.steps.length === 2)
    return target.prepared ? preparedStep(target, first, second) : binaryStep(target, first, second);
  return variadicStep(target);
}

// Unary and binary calls evaluate all their arguments, and are charged even for an error.
function unaryStep({ at, name, candidates, cost }: Target, argument: Step): Step {
  return (activation) => {
    const value = argument(activation);
    const result = value instanceof CelError ? value : callUnary(candidates, name, value);
    if (cost) charge(activation, cost, [value instanceof CelError ? null : value], result);
    else activation.cost++;
    return result instanceof CelError ? located(result, at) : result;
  };
}

function callUnary(candidates: readonly Candidate[], name: string, value: Value): Result {
  for (const { tests, call } of candidates) {
    const test = tests[0];
    if (test === undefined || test(value)) return call(value);
  }
  return noSuchOverload(name, [value]);
}

function binaryStep({ at, name, candidates, cost }: Target, left: Step, right: Step): Step {
  return (activation) => {
    const a = left(activation);
    const b = right(activation);
    const result = a instanceof CelError ? a : b instanceof CelError ? b : callBinary(candidates, name, a, b);
    if (cost) charge(activation, cost, [a instanceof CelError ? null : a, b instanceof CelError ? null : b], result);
    else activation.cost++;
    return result instanceof CelError ? located(result, at) : result;
  };
}

function callBinary(candidates: readonly Candidate[], name: string, a: Value, b: Value): Result {
  for (const { tests, call } of candidates) {
    const first = tests[0];
    const second = tests[1];
    if ((first === undefined || first(a)) && (second === undefined || second(b))) return call(a, b);
  }
  return noneFits(name, [a, b]);
}

// `text.matches(pattern)` and its like, as longer calls are.
function preparedStep({ at, candidates, cost }: Target, text: Step, pattern: Step): Step {
  return (activation) => {
    const a = text(activation);
    if (a instanceof CelError) return a;
    const b = pattern(activation);
    const result = b instanceof CelError ? b : callBinary(candidates, '', a, b);
    if (cost) charge(activation, cost, [a, b instanceof CelError ? null : b], result);
    else activation.cost++;
    return result instanceof CelError ? located(result, at) : result;
  };
}

// Longer calls stop at the first error, and are charged only where that is the last argument.
function variadicStep({ at, name, steps, candidates, cost, prepared }: Target): Step {
  return (activation) => {
    const values: Value[] = [];
    let error: CelError | undefined;
    for (const step of steps) {
      const value = step(activation);
      if (value instanceof CelError) {
        if (values.length < steps.length - 1) return value;
        error = value;
      }
      values.push(value instanceof CelError ? null : value);
    }
    const result = error ?? callVariadic(candidates, prepared ? '' : name, values);
    if (cost) charge(activation, cost, values, result);
    else activation.cost++;
    return result instanceof CelError ? located(result, at) : result;
  };
}

function callVariadic(candidates: readonly Candidate[], name: string, values: readonly Value[]): Result {
  const fitting = candidates.find(({ tests }) => tests.every((test, index) => test(values[index] as Value)));
  if (fitting) return fitting.call(...values);
  return noneFits(name, values);
}

function noneFits(name: string, values: readonly Value[]): CelError {
  return name === '' ? new CelError('no such overload') : noSuchOverload(name, values);
}

function charge(activation: Activation, cost: Cost, values: readonly Value[], result: Result): void {
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
    if (typeof a === 'number' && typeof b === 'number' && Number.isFinite(a) && Number.isFinite(b)) return test(a - b);
    if (a instanceof CelError) return a;
    if (b instanceof CelError) return b;
    const order = compare(a, b);
    if (order === undefined) return located(noSuchOverload(reference.name, [a, b]), at);
    return Number.isNaN(order) ? located(new CelError('NaN values cannot be ordered'), at) : test(order);
  };
}

// Joining lists copies them.
function countingCopies(step: Step): Step {
  return (activation) => {
    const result = step(activation);
    if (Array.isArray(result)) countCopy(activation, result.length);
    return result;
  };
}

function additionStep(call: PlannedCall): Step {
  const [only, another] = call.reference.overloads;
  const general = generalStep(call);
  if (another || only?.id !== 'add_int64') return countingCopies(general);
  const [left, right] = call.args.map((argument) => argument.step) as [Step, Step];
  const { candidates } = targetOf(call);
  return (activation) => {
    const a = left(activation);
    const b = right(activation);
    activation.cost++;
    if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b))
      return addInts(a, b);
    if (a instanceof CelError) return a;
    if (b instanceof CelError) return b;
    const result = callBinary(candidates, call.reference.name, a, b);
    return result instanceof CelError ? located(result, call.at) : result;
  };
}
