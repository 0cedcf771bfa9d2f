/** The rules of many policies as few rules of a webhook: nothing twice, nothing that a wider one says already, sorted. */
import type { ResourceRule } from '../policy/policy.ts';
import { isNever, keyOf } from './webhook-scope.ts';

/** As in admissionregistration.k8s.io/v1. */
export interface WebhookRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
}

export interface WebhookRules {
  readonly rules: readonly WebhookRule[];
  /** Whether any of them has a `*` for a group or resource. */
  readonly isWild: boolean;
  /** What is named without one: `keyOf` group and resource. */
  readonly asked: ReadonlySet<string>;
}

/** One combination that a rule names. */
interface Target {
  readonly group: string;
  readonly version: string;
  readonly operation: string;
  readonly resource: string;
  readonly scope: string;
}

const OPERATIONS: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** Names of objects do not narrow it: webhooks know no resourceNames. */
export function webhookRules(rules: readonly ResourceRule[]): WebhookRules {
  const targets = rules.flatMap(targetsOf).filter(({ group, resource }) => !isNever(group, resource));
  const distinct = [...new Map(targets.map((target) => [textOf(target), target])).values()];
  const widest = distinct.filter((one) => !distinct.some((other) => other !== one && covers(other, one)));
  return {
    rules: merged(widest),
    isWild: widest.some(({ group, resource }) => group === '*' || resource.includes('*')),
    asked: new Set(distinct.map(({ group, resource }) => keyOf(group, resource))),
  };
}

function targetsOf(rule: ResourceRule): readonly Target[] {
  const operations = rule.operations.includes('*') ? OPERATIONS : rule.operations;
  const versions = rule.apiVersions.includes('*') ? ['*'] : rule.apiVersions;
  const groups = rule.apiGroups.includes('*') ? ['*'] : rule.apiGroups;
  const { scope = '*' } = rule;
  return groups.flatMap((group) =>
    versions.flatMap((version) =>
      operations.flatMap((operation) =>
        rule.resources.map((resource) => ({ group, version, operation, resource, scope })),
      ),
    ),
  );
}

function textOf({ group, version, operation, resource, scope }: Target): string {
  return [group, version, operation, resource, scope].join(' ');
}

function covers(wide: Target, narrow: Target): boolean {
  return (
    wide.operation === narrow.operation &&
    (wide.group === '*' || wide.group === narrow.group) &&
    (wide.version === '*' || wide.version === narrow.version) &&
    (wide.scope === '*' || wide.scope === narrow.scope) &&
    coversResource(wide.resource, narrow.resource)
  );
}

/** `*` is every resource but no subresource, `pods/*` the subresources of pods. */
function coversResource(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === '*/*') return true;
  const [resource, sub] = wide.split('/');
  const [name, ofName] = narrow.split('/');
  if (resource !== '*' && resource !== name) return false;
  if (sub === undefined) return ofName === undefined;
  return ofName !== undefined && (sub === '*' || sub === ofName);
}

/** What is merged, one after the other: first what one resource is asked about, then who is asked about alike. */
const AXES = ['operations', 'resources', 'apiVersions', 'apiGroups'] as const;

/** Rules that differ in nothing but one axis become one, axis by axis. */
function merged(targets: readonly Target[]): readonly WebhookRule[] {
  let rules: readonly WebhookRule[] = targets.map(({ group, version, operation, resource, scope }) => ({
    apiGroups: [group],
    apiVersions: [version],
    operations: [operation],
    resources: [resource],
    scope,
  }));
  for (const axis of AXES) {
    const alike = Map.groupBy(rules, (rule) => JSON.stringify({ ...rule, [axis]: [] }));
    rules = Array.from(alike.values(), (group) => ({
      ...(group[0] as WebhookRule),
      [axis]: group.flatMap((rule) => rule[axis]).sort(axis === 'operations' ? byOperation : undefined),
    }));
  }
  return rules.toSorted(byText);
}

/** As Kubernetes lists them. */
function byOperation(a: string, b: string): number {
  return OPERATIONS.indexOf(a) - OPERATIONS.indexOf(b);
}

function byText(a: WebhookRule, b: WebhookRule): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  return first < second ? -1 : Number(first > second);
}
