/** The Policy resource, as a parsed and validated document: see docs/policy.md. The CRD is made from schema.ts. */
import type { JsonMap } from '../cel/value.ts';

/**
 * What a policy does about a finding. Validating policies are Deny, Warn, Audit or Off; mutating ones are Mutate, Audit
 * (say what would change) or Off.
 */
export type Action = 'Deny' | 'Warn' | 'Audit' | 'Mutate' | 'Off';

export type Severity = 'high' | 'medium' | 'low';

export interface Policy {
  readonly apiVersion: 'tidegate.dev/v1alpha1';
  readonly kind: 'Policy';
  readonly metadata: { readonly name: string; readonly labels?: JsonMap; readonly annotations?: JsonMap };
  readonly spec: PolicySpec;
}

export interface PolicySpec {
  readonly title: string;
  readonly description?: string;
  readonly category: string;
  readonly severity: Severity;
  /** Why it matters, one sentence: shown in the denial. */
  readonly rationale: string;
  /** What to do, one sentence: shown in the denial where no fix is known. */
  readonly remediation: string;
  /** PodTemplate judges Pods and the templates of workloads alike, through a Pod-shaped `object`. Default Resource. */
  readonly subject?: 'PodTemplate' | 'Resource';
  /**
   * With PodTemplate. Skip (default): what a controller made that is judged itself is skipped, Pods of other controllers are
   * audited at most. Judge: owners, which can be forged, are not looked at.
   */
  readonly ownedPods?: 'Skip' | 'Judge';
  /** Judge: also in the namespaces that the settings exclude, where Skip (default) keeps policies out. */
  readonly excludedNamespaces?: 'Skip' | 'Judge';
  readonly enforcement?: Enforcement;
  /** A JSON Schema (draft 2020-12) of an object; its defaults are the parameters' defaults. */
  readonly parameters?: JsonMap;
  /** Required with subject Resource; PodTemplate means the workload kinds on CREATE and UPDATE where it is left out. */
  readonly matchConstraints?: MatchResources;
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
  readonly failurePolicy?: 'Fail' | 'Ignore';
  /** A policy has validations or mutations, never both. */
  readonly validations?: readonly Validation[];
  readonly mutations?: readonly MutationRule[];
}

export interface Enforcement {
  readonly action?: Action;
  /** The first whose selector matches the request's Namespace wins. */
  readonly overrides?: readonly { readonly namespaceSelector: LabelSelector; readonly action: Action }[];
  /** Tolerate (default): what oldObject has too, or the owner of what a controller makes, becomes a warning. */
  readonly existing?: 'Tolerate' | 'Enforce';
}

export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

export interface Validation {
  /** Default: the validation's place in the list, as `rule-1`. */
  readonly name?: string;
  /** A CEL list (or map: its values); `item` is bound in the other expressions. One finding per item that fails. */
  readonly forEach?: string;
  /** True is good. */
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  /** The rule's own level: the milder of it and the policy's action counts. */
  readonly action?: Exclude<Action, 'Mutate' | 'Off'>;
  /** CEL that yields an action for a rule that is broken, in its place: `Deny`, `Warn`, `Audit`, `Off`, or in small letters. */
  readonly actionExpression?: string;
  /** It tells what follows from a request that is right in itself: at most a warning, in profile strict too. */
  readonly advisory?: boolean;
  /**
   * Where the finding points, relative to the item (or to `object`): `readinessProbe`, `resources.limits`. Fields that
   * are not there yet are fine.
   */
  readonly path?: string;
  readonly fix?: PatchRule;
  /** YAML with `<places>` to fill in, from the item (or `object`) along `path`: for values that only a person can know. */
  readonly template?: string;
}

/** Either of the two ways to say a change, as in a MutatingAdmissionPolicy. */
export interface PatchRule {
  readonly patchType?: 'JSONPatch' | 'ApplyConfiguration';
  readonly jsonPatch?: { readonly expression: string };
  readonly applyConfiguration?: { readonly expression: string };
}

export interface MutationRule extends PatchRule {
  readonly name?: string;
}

/** As in admissionregistration.k8s.io/v1. */
export interface MatchResources {
  readonly resourceRules?: readonly ResourceRule[];
  readonly excludeResourceRules?: readonly ResourceRule[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly matchPolicy?: 'Exact' | 'Equivalent';
}

export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  /** `pods`, `pods/ephemeralcontainers`, `*`, `* /scale` without the space. */
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: 'Cluster' | 'Namespaced' | '*';
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}
