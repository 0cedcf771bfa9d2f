import type { Activation } from '../activation.ts';
import { CelError, Optional, type Result, type Value } from '../value.ts';
import { find, isSafeName, lookUp, ownField } from './lookup.ts';
import { located, notBool, type Step } from './step.ts';

/** One selection of a path. A key that has to be evaluated is a step. */
export interface Qualifier {
  readonly at: number;
  readonly key: Value | Step;
  readonly mode: 'value' | 'optional' | 'test';
}

/**
 * A variable or another value with the selections from it. Paths are evaluated as a whole, since costs count them so: one
 * for each selection that is tried and one for the path.
 */
export type Attribute = Path | Choice;

export interface Path {
  readonly kind: 'path';
  readonly root: Step;
  /** True where evaluating the root twice costs and changes nothing: a variable. */
  readonly stable: boolean;
  readonly qualifiers: readonly Qualifier[];
}

/** `condition ? path : path`; selections from it go to both. */
export interface Choice {
  readonly kind: 'choice';
  readonly condition: Step;
  readonly whenTrue: Attribute;
  readonly whenFalse: Attribute;
}

/** A path without selections. */
export function path(root: Step, stable: boolean): Path {
  return { kind: 'path', root, stable, qualifiers: [] };
}

/** The attribute with one more selection. */
export function extend(attribute: Attribute, qualifier: Qualifier): Attribute {
  if (attribute.kind === 'path') return { ...attribute, qualifiers: [...attribute.qualifiers, qualifier] };
  return {
    ...attribute,
    whenTrue: extend(attribute.whenTrue, qualifier),
    whenFalse: extend(attribute.whenFalse, qualifier),
  };
}

/** Evaluates an attribute where it stands as an expression. */
export function attributeStep(attribute: Attribute): Step {
  const tested = isTest(attribute);
  if (attribute.kind === 'choice') return tested ? charged(resolveStep(attribute), -1) : resolveStep(attribute);
  if (tested) return testStep(attribute);
  return plainStep(attribute) ?? charged(resolveStep(attribute), 1);
}

/** Evaluates an attribute as a part of another: the path itself then costs nothing. */
export function resolveStep(attribute: Attribute): Step {
  if (attribute.kind === 'choice') return choiceStep(attribute);
  if (attribute.qualifiers.length === 0) return attribute.root;
  return (activation) => resolve(activation, attribute);
}

function charged(step: Step, cost: number): Step {
  return (activation) => {
    activation.cost += cost;
    return step(activation);
  };
}

function choiceStep(choice: Choice): Step {
  const { condition } = choice;
  const whenTrue = resolveStep(choice.whenTrue);
  const whenFalse = resolveStep(choice.whenFalse);
  return (activation) => {
    const chosen = condition(activation);
    if (chosen === true) return whenTrue(activation);
    if (chosen === false) return whenFalse(activation);
    return notBool(chosen);
  };
}

function isTest(attribute: Attribute): boolean {
  if (attribute.kind === 'choice') return isTest(attribute.whenTrue);
  return attribute.qualifiers.at(-1)?.mode === 'test';
}

// The general way: any keys, optional selections, presence tests, and all errors.
function resolve(activation: Activation, attribute: Path): Result {
  const { root, qualifiers } = attribute;
  const start = root(activation);
  if (start instanceof CelError) return start;
  if (start instanceof Optional && start.value === undefined) return isTest(attribute) ? false : start;
  let optional = start instanceof Optional;
  let holder: Value = start instanceof Optional ? (start.value as Value) : start;
  for (const qualifier of qualifiers) {
    optional ||= qualifier.mode === 'optional';
    const next = qualify(activation, holder, qualifier, optional);
    if (next instanceof CelError) return located(next, qualifier.at);
    if (qualifier.mode === 'test') return next !== undefined;
    if (next === undefined) return isTest(attribute) ? false : Optional.NONE;
    holder = next;
  }
  return optional ? new Optional(holder) : holder;
}

function qualify(
  activation: Activation,
  holder: Value,
  { key, mode }: Qualifier,
  optional: boolean,
): Result | undefined {
  const wanted = typeof key === 'function' ? key(activation) : key;
  // A selection that is optional costs only where it finds something; any other costs where it is tried.
  if (!optional) activation.cost++;
  if (wanted instanceof CelError) return wanted;
  if (mode === 'value' && !optional) return lookUp(holder, wanted);
  const found = find(holder, wanted);
  if (optional && found !== undefined && !(found instanceof CelError)) activation.cost++;
  return found;
}

function plainNames({ stable, qualifiers }: Path): readonly string[] | undefined {
  if (!stable) return undefined;
  const names = qualifiers.map(({ key, mode }, index) => {
    const plain = mode === 'value' || (mode === 'test' && index === qualifiers.length - 1);
    return plain && typeof key === 'string' && isSafeName(key) ? key : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

// Fixed names on plain objects, the most frequent paths of all; where a name is missing the general way finds out why.
function plainStep(attribute: Path): Step | undefined {
  const { root } = attribute;
  const names = plainNames(attribute);
  if (!names) return undefined;
  const [first = '', second = '', third = ''] = names;
  const slow = charged((activation) => resolve(activation, attribute), 1);
  switch (names.length) {
    case 0:
      return charged(root, 1);
    case 1:
      return (activation) => {
        const found = ownField(root(activation) as Value, first);
        if (found === undefined) return slow(activation);
        activation.cost += 2;
        return found;
      };
    case 2:
      return (activation) => {
        const found = ownField(ownField(root(activation) as Value, first), second);
        if (found === undefined) return slow(activation);
        activation.cost += 3;
        return found;
      };
    case 3:
      return (activation) => {
        const found = ownField(ownField(ownField(root(activation) as Value, first), second), third);
        if (found === undefined) return slow(activation);
        activation.cost += 4;
        return found;
      };
    default:
      return longStep(root, names, slow);
  }
}

function longStep(root: Step, names: readonly string[], slow: Step): Step {
  const cost = names.length + 1;
  return (activation) => {
    let found: Value | undefined = root(activation) as Value;
    for (const name of names) found = ownField(found, name);
    if (found === undefined) return slow(activation);
    activation.cost += cost;
    return found;
  };
}

// `has(a.b.c)`: only the last name may be missing; everything else goes the general way.
function testStep(attribute: Path): Step {
  const { root } = attribute;
  const slow: Step = (activation) => resolve(activation, attribute);
  const names = plainNames(attribute);
  if (!names) return slow;
  const holders = names.slice(0, -1);
  const last = names.at(-1) ?? '';
  const cost = names.length;
  return (activation) => {
    let holder: Value | undefined = root(activation) as Value;
    for (const name of holders) holder = ownField(holder, name);
    if (typeof holder !== 'object' || holder === null || Object.getPrototypeOf(holder) !== Object.prototype)
      return slow(activation);
    activation.cost += cost;
    return ownField(holder, last) !== undefined;
  };
}
