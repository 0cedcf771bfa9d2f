/** Kubernetes label selectors, prepared once and asked often. */
import { toJson } from '../../cel/json.ts';
import { Boxed, type JsonMap, type Value } from '../../cel/value.ts';
import type { LabelSelector } from '../../policy/policy.ts';
import type { LabelTest } from '../compiled.ts';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** The test that a selector stands for: all of its labels and expressions hold; an empty one selects everything. */
export function labelTest(selector: LabelSelector): LabelTest {
  const labels = Object.entries(selector.matchLabels ?? {});
  const requirements = (selector.matchExpressions ?? []).map(requirementTest);
  return (candidate) =>
    labels.every(([key, value]) => own(candidate, key) === value) && requirements.every((test) => test(candidate));
}

function requirementTest({ key, operator, values }: Requirement): LabelTest {
  const accepted = new Set(values);
  switch (operator) {
    case 'Exists':
      return (labels) => own(labels, key) !== undefined;
    case 'DoesNotExist':
      return (labels) => own(labels, key) === undefined;
    case 'In':
      return (labels) => accepted.has(own(labels, key) ?? MISSING);
    case 'NotIn':
      // An object without the label is selected too, as in Kubernetes.
      return (labels) => !accepted.has(own(labels, key) ?? MISSING);
  }
}

// No label value holds a NUL, so no list of values does.
const MISSING = '\0';

/** The keys that a selector looks at. */
export function selectorKeys(selector: LabelSelector): readonly string[] {
  return [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
}

/** What is wrong with the selector beyond its schema, or undefined: In and NotIn need values, the others take none. */
export function selectorProblem(selector: LabelSelector): string | undefined {
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (needsValues && values.length === 0) return `operator ${operator} of "${key}" needs values`;
    if (!needsValues && values.length > 0) return `operator ${operator} of "${key}" takes no values`;
  }
  return undefined;
}

/** `metadata.labels` of an object, whatever the object holds: not strings are left to compare unequal. */
export function labelsOf(object: JsonMap | null | undefined): Readonly<Record<string, string>> {
  const metadata = mapOrEmpty(object?.['metadata']);
  return mapOrEmpty(metadata['labels']) as Readonly<Record<string, string>>;
}

/** Whether a selector of unknown form selects a label map: see `selectorOf`. */
export function selectsUntyped(given: Value | undefined, labels: Value | undefined): boolean {
  const selector = selectorOf(given);
  return selector !== undefined && labelTest(selector)(mapOrEmpty(plain(labels)) as Readonly<Record<string, string>>);
}

/**
 * A selector of unknown form, perhaps malformed: a part of an object, or made by an expression. Undefined where it selects
 * nothing: null, or an operator that Kubernetes does not have; `{}` selects everything.
 */
export function selectorOf(given: Value | undefined): LabelSelector | undefined {
  const selector = plain(given);
  if (typeof selector !== 'object' || selector === null || Array.isArray(selector)) return undefined;
  const { matchLabels, matchExpressions } = selector as JsonMap;
  const requirements = Array.isArray(matchExpressions) ? matchExpressions : [];
  const operators = requirements.map((requirement) => mapOrEmpty(requirement)['operator']);
  if (!operators.every((operator) => typeof operator === 'string' && OPERATORS.has(operator))) return undefined;
  return { matchLabels: mapOrEmpty(matchLabels), matchExpressions: requirements } as LabelSelector;
}

/** A map that an expression has made, as one that comes from JSON. */
function plain(value: Value | undefined): Value | undefined {
  return value instanceof Boxed ? toJson(value) : value;
}

const OPERATORS: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

function mapOrEmpty(value: Value | undefined): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : {};
}

function own(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
