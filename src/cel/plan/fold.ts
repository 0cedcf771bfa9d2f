import type { Activation } from '../activation.ts';
import { checkBudget } from '../budget.ts';
import { mapEntries, mapKeys } from '../equality.ts';
import { CelError, isMap, MapValue, mapKey, type Result, type Value } from '../value.ts';
import { noSuchOverload } from './dispatch.ts';
import { goTypeName } from './go-type.ts';
import { located, merged, notBool, type Step } from './step.ts';

/**
 * Holds the value of a macro's variable while its body is evaluated. It lives in the plan: an evaluation is synchronous
 * and no expression evaluates itself, so no two evaluations meet in one cell.
 */
export interface Cell {
  value: Result | undefined;
}

/** A planned comprehension over a list or a map. */
export interface PlannedFold {
  readonly at: number;
  readonly range: Step;
  readonly first: Cell;
  readonly second?: Cell;
  readonly filter?: Step;
  readonly body: Step;
  /** True where the body is a constant, so that a list of it costs nothing to make. */
  readonly constantBody: boolean;
}

type Pair = readonly [Value, Value];

function itemsOf(range: Value): readonly Value[] | CelError {
  if (Array.isArray(range)) return range;
  return isMap(range) ? mapKeys(range) : new CelError(`got '${goTypeName(range)}', expected iterable type`);
}

function pairsOf(range: Value): readonly Pair[] | CelError {
  if (Array.isArray(range)) return range.map((item, index) => [index, item] as const);
  if (isMap(range)) return mapEntries(range);
  return new CelError(`unsupported comprehension range type: ${goTypeName(range)}`);
}

/** Runs the loop over all items, each in the cells while it is visited; the error of a range that is none, or undefined. */
function each(
  fold: PlannedFold,
  activation: Activation,
  visit: (activation: Activation) => void,
): CelError | undefined {
  const range = fold.range(activation);
  if (range instanceof CelError) return range;
  const { first, second } = fold;
  const items = second ? pairsOf(range) : itemsOf(range);
  if (items instanceof CelError) return located(items, fold.at);
  for (const item of items) {
    if (second) [first.value, second.value] = item as Pair;
    else first.value = item as Value;
    visit(activation);
    checkBudget(activation);
  }
  empty(fold);
  return undefined;
}

// A plan lives long; it must not hold on to the objects of a request.
function empty({ first, second }: PlannedFold): void {
  first.value = undefined;
  if (second) second.value = undefined;
}

/**
 * `all` and `exists`: `decisive` ends the loop and wins over errors. Before each item the API server evaluates a
 * condition on the accumulator, once more after an item that decided, and reads the accumulator at the end.
 */
export function quantifierStep(fold: PlannedFold, decisive: boolean): Step {
  const condition = decisive ? 3 : 2;
  const { second } = fold;
  return (activation) => {
    const range = fold.range(activation);
    if (range instanceof CelError) return range;
    const pairs = second ? pairsOf(range) : itemsOf(range);
    if (pairs instanceof CelError) return located(pairs, fold.at);
    const result = quantify(fold, pairs, decisive, condition, activation);
    empty(fold);
    return result;
  };
}

function quantify(
  fold: PlannedFold,
  items: readonly Value[] | readonly Pair[],
  decisive: boolean,
  condition: number,
  activation: Activation,
): Result {
  const { first, second, body } = fold;
  let error: CelError | undefined;
  for (let index = 0; index < items.length; index++) {
    if (second) [first.value, second.value] = items[index] as Pair;
    else first.value = items[index] as Value;
    activation.cost += condition + 1;
    const value = body(activation);
    if (value === decisive) {
      activation.cost += index + 1 < items.length ? condition + 1 : 1;
      return decisive;
    }
    if (value !== !decisive) error = merged(error, notBool(value));
    checkBudget(activation);
  }
  activation.cost++;
  return error ?? !decisive;
}

/** `exists_one`: all items are looked at, an error is the result whatever comes after it. */
export function existsOneStep(fold: PlannedFold): Step {
  const { body } = fold;
  return (activation) => {
    let count = 0;
    let error: CelError | undefined;
    const failure = each(fold, activation, () => {
      const value = body(activation);
      if (value === true) {
        activation.cost += 2;
        count++;
      } else if (value !== false) error = notBool(value);
    });
    if (failure) return failure;
    activation.cost += 2;
    return error ?? count === 1;
  };
}

// Reads the accumulator, makes a list of one and adds it.
const ACCUMULATE = 2;
const LIST = 10;

/** `map` and `transformList`, with or without a predicate. */
export function mapStepOf(fold: PlannedFold): Step {
  const { body, filter } = fold;
  const cost = ACCUMULATE + (fold.constantBody ? 0 : LIST);
  return listing(fold, filter, (activation) => {
    activation.cost += cost;
    return body(activation);
  });
}

/** `filter`: the items that the predicate holds for, as they are. */
export function filterStep(fold: PlannedFold): Step {
  const { first, body } = fold;
  return listing(fold, body, (activation) => {
    // The item is read as a variable, besides.
    activation.cost += ACCUMULATE + LIST + 1;
    return first.value as Value;
  });
}

// Errors are kept as `collect` below keeps them.
function listing(fold: PlannedFold, predicate: Step | undefined, added: Step): Step {
  return (activation) => {
    const range = fold.range(activation);
    if (range instanceof CelError) return range;
    const { first, second } = fold;
    const from = second ? pairsOf(range) : itemsOf(range);
    if (from instanceof CelError) return located(from, fold.at);
    // A list that grows from nothing takes place for seventeen.
    const items: Value[] = new Array(from.length);
    let size = 0;
    let error: CelError | undefined;
    for (const item of from) {
      if (second) [first.value, second.value] = item as Pair;
      else first.value = item as Value;
      const wanted = predicate ? predicate(activation) : true;
      if (wanted === true) {
        const value = added(activation);
        if (!(value instanceof CelError)) items[size++] = value;
        else error ??= value;
      } else if (wanted !== false) error = notBool(wanted);
      checkBudget(activation);
    }
    empty(fold);
    activation.cost++;
    return error ?? (size === items.length ? items : items.slice(0, size));
  };
}

/** `transformMap` (`whole` false: the key stays) and `transformMapEntry` (the body gives a map of entries). */
export function transformMapStep(fold: PlannedFold, whole: boolean): Step {
  return collect(
    fold,
    () => {
      const entries = new Map<NonNullable<ReturnType<typeof mapKey>>, { key: Value; value: Value }>();
      const add = (activation: Activation, failed: boolean): CelError | undefined => {
        activation.cost++;
        // With three arguments the API server's insertion does not evaluate what follows an error.
        if (failed && !whole) return undefined;
        if (!whole) activation.cost++;
        const value = fold.body(activation);
        activation.cost++;
        if (value instanceof CelError) return value;
        const added = whole
          ? isMap(value)
            ? mapEntries(value)
            : undefined
          : [[fold.first.value as Value, value] as const];
        return added ? insert(entries, added) : noSuchOverload('cel.@mapInsert', [new MapValue(entries), value]);
      };
      return { add, result: () => new MapValue(entries) };
    },
    fold.filter,
  );
}

function insert(
  entries: Map<NonNullable<ReturnType<typeof mapKey>>, { key: Value; value: Value }>,
  added: readonly (readonly [Value, Value])[],
): CelError | undefined {
  for (const [key, value] of added) {
    const held = mapKey(key);
    if (held === undefined) return new CelError('unsupported key type');
    if (entries.has(held)) return new CelError(`insert failed: key ${String(key)} already exists`);
    entries.set(held, { key, value });
  }
  return undefined;
}

interface Collector {
  /** Takes one item; `failed` where an earlier one has failed and only costs are left to count. */
  add(activation: Activation, failed: boolean): CelError | undefined;
  result(): Value;
}

// The accumulator goes on through errors: the first error of an addition stays, one of the predicate replaces it.
function collect(fold: PlannedFold, collector: () => Collector, predicate: Step | undefined): Step {
  return (activation) => {
    const { add, result } = collector();
    let error: CelError | undefined;
    const failure = each(fold, activation, () => {
      const wanted = predicate ? predicate(activation) : true;
      if (wanted === true) error = keepFirst(error, add(activation, error !== undefined));
      else if (wanted !== false) error = notBool(wanted);
    });
    return failure ?? finished(activation, error, result);
  };
}

function keepFirst(first: CelError | undefined, second: CelError | undefined): CelError | undefined {
  return first ?? second;
}

function finished(activation: Activation, error: CelError | undefined, result: () => Value): Result {
  activation.cost++;
  return error ?? result();
}

/** A body with a variable that is evaluated on its first use and then remembered. */
export function bindStep(cell: Cell, body: Step): Step {
  return (activation) => {
    cell.value = undefined;
    checkBudget(activation);
    const result = body(activation);
    cell.value = undefined;
    return result;
  };
}

/** Reads a bound variable. */
export function boundStep(cell: Cell, init: Step): Step {
  return (activation) => {
    if (cell.value === undefined) cell.value = init(activation);
    return cell.value;
  };
}
