import type { Activation } from '../activation.ts';
import { CelError, LazyStruct, Optional, type Result, type Value } from '../value.ts';
import { find, isPlainObject, isSafeName, lookUp, ownField } from './lookup.ts';
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
  const held = heldStep(attribute);
  if (held) return optionalStep(held);
  return plainStep(attribute) ?? charged(resolveStep(attribute), 1);
}

/** Evaluates an attribute as a part of another: the path itself then costs nothing. */
export function resolveStep(attribute: Attribute): Step {
  if (attribute.kind === 'choice') return choiceStep(attribute);
  if (attribute.qualifiers.length === 0) return attribute.root;
  return (activation) => resolve(activation, attribute.root(activation), attribute);
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
function resolve(activation: Activation, start: Result, attribute: Path): Result {
  if (start instanceof CelError) return start;
  if (start instanceof Optional && start.value === undefined) return isTest(attribute) ? false : start;
  let optional = start instanceof Optional;
  let holder: Value = start instanceof Optional ? (start.value as Value) : start;
  for (const qualifier of attribute.qualifiers) {
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

/** The names of a path of fixed names only, of which none but the last may be tested for; undefined for any other path. */
function plainNames({ qualifiers }: Path, mode: Qualifier['mode']): readonly string[] | undefined {
  const names = qualifiers.map((qualifier, index) => {
    const plain = qualifier.mode === 'value' || qualifier.mode === mode;
    const placed = qualifier.mode !== 'test' || index === qualifiers.length - 1;
    return plain && placed && typeof qualifier.key === 'string' && isSafeName(qualifier.key)
      ? qualifier.key
      : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

/**
 * Fixed names on plain objects, the most frequent paths of all; where a name is missing, or what is there is no plain
 * object, the general way finds out why.
 */
function plainStep(attribute: Path): Step | undefined {
  const { root } = attribute;
  const names = plainNames(attribute, 'value');
  if (!names) return undefined;
  const [first = '', second = ''] = names;
  const slow = slowStep(attribute);
  const cost = names.length + 1;
  switch (names.length) {
    case 0:
      return charged(root, 1);
    case 1:
      return (activation) => {
        const start = root(activation);
        const found = ownField(start as Value, first);
        if (found === undefined) return slow(activation, start);
        activation.cost += cost;
        return found;
      };
    case 2:
      return (activation) => {
        const start = root(activation);
        const found = ownField(ownField(start as Value, first), second);
        if (found === undefined) return slow(activation, start);
        activation.cost += cost;
        return found;
      };
    default:
      return (activation) => {
        const start = root(activation);
        let found: Value | undefined = start as Value;
        for (const name of names) found = ownField(found, name);
        if (found === undefined) return slow(activation, start);
        activation.cost += cost;
        return found;
      };
  }
}

/** The general way from a root that was evaluated already; `variables.name` is frequent enough for a way of its own. */
function slowStep(attribute: Path): (activation: Activation, start: Result) => Result {
  const [first, ...others] = attribute.qualifiers;
  const name = others.length === 0 && typeof first?.key === 'string' ? first.key : undefined;
  return (activation, start) => {
    activation.cost++;
    if (name === undefined || !(start instanceof LazyStruct)) return resolve(activation, start, attribute);
    activation.cost++;
    const value = start.field(name);
    return value instanceof CelError ? located(value, first?.at ?? -1) : value;
  };
}

// `has(a.b.c)`: only the last name may be missing; everything else goes the general way.
function testStep(attribute: Path): Step {
  const { root } = attribute;
  const names = plainNames(attribute, 'test');
  if (!names) return resolveStep(attribute);
  const holders = names.slice(0, -1);
  const last = names.at(-1) ?? '';
  const cost = names.length;
  return (activation) => {
    const start = root(activation);
    let holder: Value | undefined = start as Value;
    for (const name of holders) holder = ownField(holder, name);
    if (!isPlainObject(holder)) return resolve(activation, start, attribute);
    activation.cost += cost;
    return holder[last] !== undefined;
  };
}

/** What an optional value holds: undefined for none. */
export type HeldStep = (activation: Activation) => Result | undefined;

/**
 * `a.?b.c` without the optional around its value, for those who take it off at once; undefined for a path that is not
 * optional, or not of fixed names.
 */
export function heldStep(attribute: Attribute): HeldStep | undefined {
  if (attribute.kind === 'choice' || !attribute.qualifiers.some(({ mode }) => mode === 'optional')) return undefined;
  const names = plainNames(attribute, 'optional');
  if (!names) return undefined;
  const { root } = attribute;
  const required = attribute.qualifiers.findIndex(({ mode }) => mode === 'optional');
  return (activation) => {
    const start = root(activation);
    let holder = start as Value;
    for (let index = 0; index < names.length; index++) {
      if (!isPlainObject(holder)) return slowlyHeld(activation, start, attribute);
      const next = holder[names[index] as string];
      if (next === undefined) {
        if (index < required) return slowlyHeld(activation, start, attribute);
        activation.cost += index + 1;
        return undefined;
      }
      holder = next;
    }
    activation.cost += names.length + 1;
    return holder;
  };
}

function slowlyHeld(activation: Activation, start: Result, attribute: Path): Result | undefined {
  activation.cost++;
  const result = resolve(activation, start, attribute);
  return result instanceof Optional ? result.value : result;
}

function optionalStep(held: HeldStep): Step {
  return (activation) => {
    const value = held(activation);
    if (value === undefined) return Optional.NONE;
    return value instanceof CelError ? value : new Optional(value);
  };
}
