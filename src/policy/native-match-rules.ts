/** What the API server refuses of the requests that a native policy or binding names. */
import type { NativeMatchResources } from './native.ts';
import { isLabelValue, isPathSegment, isQualifiedName } from './native-names.ts';
import type { Path } from './path.ts';
import type { LabelSelector, ResourceRule } from './policy.ts';
import { problemUnless, type RuleProblem, repeatedIn } from './rule-problem.ts';

/** Of matchConstraints or matchResources: rules that say a thing twice, names and selectors that are none. */
export function matchProblems(path: Path, constraints: NativeMatchResources): readonly RuleProblem[] {
  return [
    ...selectorProblems([...path, 'namespaceSelector'], constraints.namespaceSelector),
    ...selectorProblems([...path, 'objectSelector'], constraints.objectSelector),
    ...rulesProblems([...path, 'resourceRules'], constraints.resourceRules),
    ...rulesProblems([...path, 'excludeResourceRules'], constraints.excludeResourceRules),
  ];
}

function rulesProblems(path: Path, rules: readonly ResourceRule[] = []): readonly RuleProblem[] {
  return rules.flatMap((rule, index) => ruleProblems([...path, index], rule));
}

function ruleProblems(path: Path, rule: ResourceRule): readonly RuleProblem[] {
  const alone = (['apiGroups', 'apiVersions', 'operations'] as const).filter(
    (field) => rule[field].length > 1 && rule[field].includes('*'),
  );
  const names = rule.resourceNames ?? [];
  return [
    ...alone.map((field) => ({ path: [...path, field], message: 'must name nothing else beside "*"' })),
    ...resourceProblems([...path, 'resources'], rule.resources),
    ...names.flatMap((name, index) =>
      problemUnless(isPathSegment(name), [...path, 'resourceNames', index], `"${name}" is no name of an object`),
    ),
    ...repeatedIn([...path, 'resourceNames'], names),
  ];
}

function resourceProblems(path: Path, resources: readonly string[]): readonly RuleProblem[] {
  const plain = resources.some((resource) => resource !== '*' && !resource.includes('/'));
  const covered = resources.flatMap((resource, index) => {
    const by = resources.slice(0, index).find((earlier) => coversSubresource(earlier, resource));
    return by === undefined ? [] : [{ path: [...path, index], message: `"${by}" covers it already` }];
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    return [{ path, message: 'must name nothing else beside "*/*"' }];
  }
  const surplus = resources.includes('*') && plain;
  return [...covered, ...problemUnless(!surplus, path, 'must name no other resource beside "*"')];
}

function coversSubresource(wide: string, resource: string): boolean {
  const [wideResource, wideSub] = wide.split('/');
  const [name, sub] = resource.split('/');
  if (sub === undefined || wideSub === undefined) return false;
  return (wideSub === '*' && wideResource === name) || (wideResource === '*' && wideSub === sub);
}

/** Of a label selector. */
export function selectorProblems(path: Path, { matchLabels = {}, matchExpressions = [] }: LabelSelector) {
  const labels = Object.entries(matchLabels).flatMap(([key, value]) => [
    ...problemUnless(isQualifiedName(key), [...path, 'matchLabels', key], `"${key}" is no label key`),
    ...problemUnless(isLabelValue(value), [...path, 'matchLabels', key], `"${value}" is no label value`),
  ]);
  const expressions = matchExpressions.flatMap(({ key, operator, values = [] }, index) => {
    const at = [...path, 'matchExpressions', index];
    const needsValues = operator === 'In' || operator === 'NotIn';
    return [
      ...problemUnless(isQualifiedName(key), [...at, 'key'], `"${key}" is no label key`),
      ...problemUnless(!needsValues || values.length > 0, at, `operator ${operator} needs values`),
      ...problemUnless(needsValues || values.length === 0, [...at, 'values'], `operator ${operator} takes no values`),
      ...values.flatMap((value, position) =>
        problemUnless(isLabelValue(value), [...at, 'values', position], `"${value}" is no label value`),
      ),
    ];
  });
  return [...labels, ...expressions];
}
