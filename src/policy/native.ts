/** Kubernetes' own policies and their bindings (admissionregistration.k8s.io), as valid documents with their defaults. */
import type { Path } from './path.ts';
import type { LabelSelector, NamedExpression, ResourceRule } from './policy.ts';
import type { Position } from './problem.ts';

export type NativeDocument =
  | ValidatingAdmissionPolicy
  | MutatingAdmissionPolicy
  | ValidatingAdmissionPolicyBinding
  | MutatingAdmissionPolicyBinding;

interface Metadata {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Typed<Kind extends string, Spec> {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly spec: Spec;
}

export type ValidatingAdmissionPolicy = Typed<
  'ValidatingAdmissionPolicy',
  NativeSpec & {
    readonly validations?: readonly NativeRule[];
    readonly auditAnnotations?: readonly AuditAnnotation[];
  }
>;

export type MutatingAdmissionPolicy = Typed<
  'MutatingAdmissionPolicy',
  NativeSpec & {
    readonly mutations: readonly NativeMutationRule[];
    readonly reinvocationPolicy: 'Never' | 'IfNeeded';
  }
>;

export type ValidatingAdmissionPolicyBinding = Typed<
  'ValidatingAdmissionPolicyBinding',
  NativeBindingSpec & { readonly validationActions: readonly ('Deny' | 'Warn' | 'Audit')[] }
>;

export type MutatingAdmissionPolicyBinding = Typed<'MutatingAdmissionPolicyBinding', NativeBindingSpec>;

interface NativeSpec {
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
  readonly matchConstraints: NativeMatchResources;
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
}

export interface NativeBindingSpec {
  readonly policyName: string;
  readonly paramRef?: ParamRef;
  readonly matchResources?: NativeMatchResources;
}

/** Exactly one of `name` and `selector` is there. */
export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction: 'Allow' | 'Deny';
}

export interface NativeMatchResources {
  readonly resourceRules?: readonly ResourceRule[];
  readonly excludeResourceRules?: readonly ResourceRule[];
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly matchPolicy: 'Exact' | 'Equivalent';
}

export interface NativeRule {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

/** Exactly the field that `patchType` names is there. */
export interface NativeMutationRule {
  readonly patchType: 'JSONPatch' | 'ApplyConfiguration';
  readonly jsonPatch?: { readonly expression: string };
  readonly applyConfiguration?: { readonly expression: string };
}

/** A document and the place that it was read from. */
export interface NativeSource<Document extends NativeDocument = NativeDocument> {
  readonly document: Document;
  readonly file: string;
  /** As of a PolicySource. */
  locate(path: Path, offset?: number): Position | undefined;
}
