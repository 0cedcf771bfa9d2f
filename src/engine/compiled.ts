import type { Program } from '../cel/program.ts';
/**
 * A policy as the engine evaluates it: every expression planned, every selector a function, parameters bound, enforcement
 * settled. Made by compile/ and policy-set.ts, consumed by decide.ts and mutate.ts; never changed, shared by all
 * requests.
 */
import type { JsonMap } from '../cel/value.ts';
import type { Action, LabelSelector, Policy } from '../policy/policy.ts';
import type { Profile } from '../policy/settings.ts';
import type { KubernetesObject, Path, Request } from './decision.ts';
import type { ValidationAction } from './native/outcome.ts';
import type { Triggers } from './triggers.ts';

export interface CompiledPolicy {
  /** `metadata.name`; unique in a set, but for native policies, which are there once for each binding. */
  readonly id: string;
  readonly policy: Policy;
  /** Where it was read from, for messages. */
  readonly file: string;
  readonly subject: 'PodTemplate' | 'Resource';
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly enforcement: CompiledEnforcement;
  /** Value of `params`: what the settings give over the defaults of `spec.parameters`; frozen. `{}` without parameters. */
  readonly params: JsonMap;
  readonly matcher: Matcher;
  /** Evaluated first, in order; they see no `variables`. All must be true. */
  readonly matchConditions: readonly CompiledCondition[];
  /** By name, in order of declaration: evaluated once, on first use, and never where not used. */
  readonly variables: ReadonlyMap<string, Program>;
  /** Exactly one of these two has members. */
  readonly validations: readonly CompiledValidation[];
  readonly mutations: readonly CompiledMutation[];
  /** Which variables of the environment any expression of the policy reads: `workload`, `oldObject`, `resources`… */
  readonly reads: ReadonlySet<string>;
  /** What an object needs to have for its conditions to be true; see triggers.ts. */
  readonly triggers?: Triggers;
  /** Whether all that comes before its rules has an answer for every Pod, so that it is left out where all of them are idle. */
  readonly quiet?: boolean;
  /** What its expressions ask `resources` for, and its params. */
  readonly lookups: readonly LookupTarget[];
  /** Of a policy of Kubernetes itself under one of its bindings: it is evaluated as the API server does it. */
  readonly native?: NativeBinding;
}

/** What a native policy has beyond ours. Its `params` above are empty: they come with each request. */
export interface NativeBinding {
  readonly kind: 'validating' | 'mutating';
  /** `metadata.name` of the binding. */
  readonly name: string;
  /** The binding's matchResources; both this and the policy's matcher must match. */
  readonly matcher?: Matcher;
  /** Of a validating policy: what its denials do, in the order of the binding. */
  readonly actions: readonly ValidationAction[];
  /** Of the policy. */
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
  /** Left out without paramKind or paramRef: then `params` is null. */
  readonly params?: ParamSource;
  readonly auditAnnotations: readonly CompiledAnnotation[];
  /** reinvocationPolicy IfNeeded. */
  readonly reinvoked: boolean;
}

/** Where the params of a binding come from: the object of that name, or all that the selector selects. */
export interface ParamSource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name?: string;
  readonly selects?: LabelTest;
  /** Of the binding; without it, the namespace of the request. */
  readonly namespace?: string;
  readonly whereMissing: 'Allow' | 'Deny';
}

export interface CompiledAnnotation {
  readonly key: string;
  /** Yields a string, or null for no annotation. */
  readonly program: Program;
}

/** Ask `actionIn(enforcement, request, namespace)` of match.ts; the first override whose selector matches wins. */
export interface CompiledEnforcement {
  readonly action: Action;
  readonly overrides: readonly {
    readonly selector: LabelSelector;
    readonly selects: LabelTest;
    readonly action: Action;
  }[];
  readonly existing: 'Tolerate' | 'Enforce';
  /** True where the settings name the action themselves: a profile leaves it as it is. */
  readonly settled: boolean;
  /** Whether a rule's own Warn is a Deny, as in profile strict. */
  readonly strict?: boolean;
}

export interface CompiledCondition {
  readonly name: string;
  readonly program: Program;
}

export interface CompiledValidation {
  /** Unique in the policy; `rule-1` for the first without a name. */
  readonly name: string;
  /** Yields a list, or a map whose values are the items. The programs below then read `item`. */
  readonly forEach?: Program;
  /** Yields a bool; true is good. */
  readonly program: Program;
  /** What a finding says where `messageExpression` is absent, fails, or is empty: never empty itself. */
  readonly message: string;
  /** Yields a string. */
  readonly messageExpression?: Program;
  /** A Kubernetes status reason, as the policy gives it. */
  readonly reason?: string;
  /** What an object needs to have for it to be evaluated; see triggers.ts. */
  readonly triggers?: Triggers;
  /** The rule's own level; at most one of these two is there. See rule-action.ts. */
  readonly action?: 'Deny' | 'Warn' | 'Audit';
  /** Yields an action as a string, for a violation. */
  readonly actionExpression?: Program;
  /** At most a warning, in profile strict too. */
  readonly advisory?: boolean;
  /** Appended to the item's path (or the path of `object`); often empty. */
  readonly path: Path;
  /** Reads `item` and `itemPath` too, under forEach. */
  readonly fix?: CompiledPatch;
}

/** `jsonPatch` yields a list of `JSONPatch{}`; `applyConfiguration` yields an `Object{}`. */
export interface CompiledPatch {
  readonly type: 'JSONPatch' | 'ApplyConfiguration';
  readonly program: Program;
}

export interface CompiledMutation extends CompiledPatch {
  readonly name: string;
}

/** One kind of object that expressions look up. */
export interface LookupTarget {
  readonly apiVersion: string;
  readonly resource: string;
}

/** True where a label selector selects an object with these labels. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** `unknown`: a selector asks for labels of a Namespace that is not known. */
export type Match = 'yes' | 'no' | 'unknown';

/** matchConstraints, prepared. `matches(matcher, request, namespace)` of match.ts asks it. */
export interface Matcher {
  readonly rules: readonly RuleTest[];
  readonly excludes: readonly RuleTest[];
  readonly namespace?: NamespaceTest;
  readonly object?: LabelTest;
  /** The (operation, group, resource) the rules name, for the index of a set; `*` as written. */
  readonly targets: readonly MatchTarget[];
}

/** Tells whether one resource rule covers a request: operation, group, version, resource, subresource, scope, name. */
export type RuleTest = (request: Request) => boolean;

/** A namespace selector, and whether it asks for nothing but the name (which a request always knows). */
export interface NamespaceTest {
  readonly selects: LabelTest;
  readonly byNameOnly: boolean;
}

export interface MatchTarget {
  readonly operation: string;
  readonly group: string;
  /** `pods`, `pods/ephemeralcontainers`, `*`. */
  readonly resource: string;
}

/** The policies in force: frozen, swapped whole. */
export interface PolicySet {
  /** All policies sorted by id, those that are Off included. */
  readonly policies: readonly CompiledPolicy[];
  readonly profile: Profile;
  readonly excludedNamespaces: ReadonlySet<string>;
  /** Everything that `resources` is asked for, each once, sorted. */
  readonly lookups: readonly LookupTarget[];
  /** All names of triggers. */
  readonly triggerNames: ReadonlySet<string>;
  /** The same for the same policies, parameters and options: tells two sets apart in logs and reports. */
  readonly hash: string;
  /**
   * The policies whose rules may cover the request, sorted by id: one Map lookup by operation, group, resource and
   * subresource. None in an excluded namespace, none that is Off everywhere. Ask `matches()` for the rest.
   */
  matching(request: Request): Candidates;
}

export interface Candidates {
  readonly validating: readonly CompiledPolicy[];
  readonly mutating: readonly CompiledPolicy[];
  /** Sorted by id, then binding; in force in every namespace. */
  readonly native: { readonly validating: readonly CompiledPolicy[]; readonly mutating: readonly CompiledPolicy[] };
}

/** The Namespace of a request as Context holds it. */
export type Namespace = KubernetesObject | null | undefined;
