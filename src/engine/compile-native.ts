/** Native policies and their bindings -> one compiled policy for each pair; whatever the API server would refuse is said here. */
import type { Environment } from '../cel/environment.ts';
import type { Program } from '../cel/program.ts';
import { DYN, type Type } from '../cel/type.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  NativeDocument,
  NativeMutationRule,
  NativeRule,
  NativeSource,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../policy/native.ts';
import type { Path } from '../policy/path.ts';
import type { Policy } from '../policy/policy.ts';
import { inOrder, type Problem } from '../policy/problem.ts';
import {
  A_BOOL,
  A_CONFIGURATION,
  A_STRING,
  A_STRING_OR_NULL,
  ANY,
  compileExpression,
  JSON_PATCHES,
  type Wanted,
} from './compile-expression.ts';
import type {
  CompiledAnnotation,
  CompiledCondition,
  CompiledMutation,
  CompiledPolicy,
  CompiledValidation,
  LookupTarget,
  NativeBinding,
  ParamSource,
} from './compiled.ts';
import { type Draft, report } from './draft.ts';
import { NATIVE_MUTATING, NATIVE_VALIDATING, withNativeVariables } from './environment.ts';
import { isCustomGroup } from './equivalent-resources.ts';
import { compileNativeMatcher } from './match.ts';
import { pluralOf } from './plural.ts';
import { labelTest } from './selector.ts';

export interface CompiledNatives {
  /** One for each policy and binding of it; of a policy with a problem none. */
  readonly policies: readonly CompiledPolicy[];
  readonly problems: readonly Problem[];
  /** Policies without a binding, and bindings without a policy: they do nothing, and nothing is wrong with them. */
  readonly idle: readonly Problem[];
}

type Definition = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;
type Binding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding;

/** Compiles every policy once and pairs it with the bindings that name it. Of two documents of one kind and name the first counts. */
export function compileNatives(sources: readonly NativeSource[]): CompiledNatives {
  const { unique, problems } = uniqueByName(sources);
  const definitions = unique.filter(isDefinition);
  const bindings = unique.filter(isBinding);
  const compiled = definitions.map((source) => compileDefinition(source, bindingsOf(source, bindings)));
  return {
    policies: compiled.flatMap(({ policies }) => policies),
    problems: inOrder([...problems, ...compiled.flatMap((one) => one.problems)]),
    idle: inOrder([...unbound(definitions, bindings), ...dangling(definitions, bindings)]),
  };
}

function isDefinition(source: NativeSource): source is NativeSource<Definition> {
  return !source.document.kind.endsWith('Binding');
}

function isBinding(source: NativeSource): source is NativeSource<Binding> {
  return source.document.kind.endsWith('Binding');
}

const NAME = ['metadata', 'name'];

function uniqueByName(sources: readonly NativeSource[]) {
  const unique = new Map<string, NativeSource>();
  const problems: Problem[] = [];
  for (const source of sources) {
    const { kind, metadata } = source.document;
    const first = unique.get(`${kind} ${metadata.name}`);
    if (!first) unique.set(`${kind} ${metadata.name}`, source);
    else problems.push(noteAt(source, NAME, `"${metadata.name}" is already in ${first.file}`));
  }
  return { unique: [...unique.values()], problems };
}

function bindingsOf({ document }: NativeSource<Definition>, bindings: readonly NativeSource<Binding>[]) {
  return bindings.filter((binding) => binds(binding.document, document));
}

function binds({ kind, spec }: Binding, definition: NativeDocument): boolean {
  return kind === `${definition.kind}Binding` && spec.policyName === definition.metadata.name;
}

function unbound(definitions: readonly NativeSource<Definition>[], bindings: readonly NativeSource<Binding>[]) {
  return definitions
    .filter((source) => bindingsOf(source, bindings).length === 0)
    .map((source) => {
      const { kind, metadata } = source.document;
      return noteAt(source, NAME, `no ${kind}Binding binds "${metadata.name}": it does nothing`);
    });
}

function dangling(definitions: readonly NativeSource<Definition>[], bindings: readonly NativeSource<Binding>[]) {
  return bindings
    .filter(({ document }) => !definitions.some((definition) => binds(document, definition.document)))
    .map((source) => {
      const { kind, spec } = source.document;
      const what = kind.slice(0, -'Binding'.length);
      return noteAt(source, ['spec', 'policyName'], `no ${what} is called "${spec.policyName}": it does nothing`);
    });
}

function noteAt({ file, locate }: NativeSource, path: Path, message: string): Problem {
  return { file, ...locate(path), message };
}

function compileDefinition(
  source: NativeSource<Definition>,
  bindings: readonly NativeSource<Binding>[],
): { readonly policies: readonly CompiledPolicy[]; readonly problems: readonly Problem[] } {
  const { document, file } = source;
  const draft: Draft = { source, programs: [], lookups: new Map(), problems: [] };
  const matchConditions = compileConditions(draft, document);
  const rules = document.kind === 'ValidatingAdmissionPolicy' ? validating(draft, document) : mutating(draft, document);
  if (draft.problems.length > 0) return { policies: [], problems: draft.problems };
  const shared = {
    id: document.metadata.name,
    file,
    subject: 'Resource',
    failurePolicy: document.spec.failurePolicy,
    params: {},
    matcher: compileNativeMatcher(document.spec.matchConstraints),
    matchConditions,
    ...rules,
    reads: new Set(draft.programs.flatMap((program) => [...program.references])),
  } as const;
  const policies = bindings.map((binding) => {
    const native = bindingOf(document, binding.document, rules.auditAnnotations);
    return Object.freeze({
      ...shared,
      policy: describedPolicy(document, binding.document),
      enforcement: { action: actionOf(native), overrides: [], existing: 'Enforce', settled: true } as const,
      lookups: lookupsOf(document, native),
      native,
    });
  });
  return { policies, problems: [] };
}

/** The params, and for merging custom resources what defines them. */
function lookupsOf({ spec }: Definition, { params }: NativeBinding): readonly LookupTarget[] {
  const merges =
    'mutations' in spec && spec.mutations.some(({ applyConfiguration }) => applyConfiguration !== undefined);
  const groups = (spec.matchConstraints.resourceRules ?? []).flatMap(({ apiGroups }) => apiGroups);
  return [
    ...(params ? [{ apiVersion: params.apiVersion, resource: pluralOf(params.kind) }] : []),
    ...(merges && groups.some((group) => group === '*' || isCustomGroup(group)) ? [DEFINITIONS] : []),
  ];
}

const DEFINITIONS: LookupTarget = { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' };

/** The strongest of what the binding asks for. */
function actionOf({ kind, actions }: NativeBinding): CompiledPolicy['enforcement']['action'] {
  if (kind === 'mutating') return 'Mutate';
  return (['Deny', 'Warn', 'Audit'] as const).find((action) => actions.includes(action)) ?? 'Audit';
}

function bindingOf(
  { kind, spec }: Definition,
  binding: Binding,
  auditAnnotations: readonly CompiledAnnotation[],
): NativeBinding {
  const { paramRef, matchResources } = binding.spec;
  const params = spec.paramKind && paramRef && paramSource(spec.paramKind, paramRef);
  return {
    kind: kind === 'ValidatingAdmissionPolicy' ? 'validating' : 'mutating',
    name: binding.metadata.name,
    actions: binding.kind === 'ValidatingAdmissionPolicyBinding' ? binding.spec.validationActions : [],
    auditAnnotations,
    reinvoked: 'reinvocationPolicy' in spec && spec.reinvocationPolicy === 'IfNeeded',
    ...(matchResources && { matcher: compileNativeMatcher(matchResources) }),
    ...(spec.paramKind && { paramKind: spec.paramKind }),
    ...(params && { params }),
  };
}

function paramSource({ apiVersion, kind }: { apiVersion: string; kind: string }, paramRef: ParamRef): ParamSource {
  const { name, namespace, selector, parameterNotFoundAction } = paramRef;
  return {
    apiVersion,
    kind,
    whereMissing: parameterNotFoundAction,
    ...(name && { name }),
    ...(namespace && { namespace }),
    ...(selector && { selects: labelTest(selector) }),
  };
}

/** The policy in the words that reports and denials use for all policies. */
function describedPolicy({ kind, metadata, spec }: Definition, binding: Binding): Policy {
  const description = metadata.annotations?.['kubernetes.io/description'];
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata: { name: metadata.name },
    spec: {
      title: metadata.name,
      category: kind,
      severity: 'medium',
      rationale: description ?? `the ${kind} of that name asks for it, bound by ${binding.metadata.name}`,
      remediation: 'change the object as the message says',
      // Tells two versions of a policy apart.
      ...({ native: [spec, binding.spec] } as object),
    },
  };
}

function compileConditions(draft: Draft, { spec }: Definition): readonly CompiledCondition[] {
  const path = ['spec', 'matchConditions'];
  const compile = compiler(draft, spec);
  return (spec.matchConditions ?? []).flatMap(({ name, expression }, index) => {
    const program = compile(NATIVE_VALIDATING, [...path, index, 'expression'], expression, A_BOOL);
    return program ? [{ name, program }] : [];
  });
}

function validating(draft: Draft, { spec }: ValidatingAdmissionPolicy) {
  const { programs, environment } = compileVariables(draft, spec, NATIVE_VALIDATING);
  const compile = compiler(draft, spec);
  const validations = (spec.validations ?? []).flatMap((rule, index) =>
    compileValidation(draft, compile, environment, rule, index),
  );
  const auditAnnotations = (spec.auditAnnotations ?? []).flatMap(({ key, valueExpression }, index) => {
    const path = ['spec', 'auditAnnotations', index, 'valueExpression'];
    const program = compile(environment, path, valueExpression, A_STRING_OR_NULL);
    return program ? [{ key, program }] : [];
  });
  return { variables: programs, validations, auditAnnotations, mutations: [] };
}

function compileValidation(
  draft: Draft,
  compile: Compile,
  environment: Environment,
  rule: NativeRule,
  index: number,
): readonly CompiledValidation[] {
  const path = ['spec', 'validations', index];
  const program = compile(environment, [...path, 'expression'], rule.expression, A_BOOL);
  const messageExpression = rule.messageExpression
    ? compile(environment, [...path, 'messageExpression'], rule.messageExpression, A_STRING)
    : undefined;
  if (
    messageExpression?.references.has('authorizer') ||
    messageExpression?.references.has('authorizer.requestResource')
  ) {
    report(draft, [...path, 'messageExpression'], "undeclared reference to 'authorizer'", { hint: NO_AUTHORIZER });
  }
  if (!program) return [];
  return [
    {
      name: `rule-${index + 1}`,
      program,
      message: rule.message?.trim() || `failed expression: ${rule.expression.trim()}`,
      reason: rule.reason ?? 'Invalid',
      path: [],
      ...(messageExpression && { messageExpression }),
    },
  ];
}

const NO_AUTHORIZER = 'a messageExpression has no authorizer, as in Kubernetes';

function mutating(draft: Draft, { spec }: MutatingAdmissionPolicy) {
  const { programs, environment } = compileVariables(draft, spec, NATIVE_MUTATING);
  const compile = compiler(draft, spec);
  const mutations = spec.mutations.flatMap((mutation, index) => compileMutation(compile, environment, mutation, index));
  return { variables: programs, validations: [], auditAnnotations: [], mutations };
}

function compileMutation(
  compile: Compile,
  environment: Environment,
  { patchType, jsonPatch, applyConfiguration }: NativeMutationRule,
  index: number,
): readonly CompiledMutation[] {
  const field = patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration';
  const { expression } = (jsonPatch ?? applyConfiguration) as { readonly expression: string };
  const path = ['spec', 'mutations', index, field, 'expression'];
  const wanted = patchType === 'JSONPatch' ? JSON_PATCHES : A_CONFIGURATION;
  const program = compile(environment, path, expression, wanted);
  return program ? [{ name: `rule-${index + 1}`, type: patchType, program }] : [];
}

/** Variables in order, each seeing those before it; then `rules` with all of them. As in Kubernetes they make no patches. */
function compileVariables(draft: Draft, spec: Definition['spec'], rules: Environment) {
  const compile = compiler(draft, spec);
  const programs = new Map<string, Program>();
  const types: Record<string, Type> = {};
  for (const [index, { name, expression }] of (spec.variables ?? []).entries()) {
    const environment = withNativeVariables(NATIVE_VALIDATING, types);
    const program = compile(environment, ['spec', 'variables', index, 'expression'], expression, ANY);
    if (program) programs.set(name, program);
    types[name] = program?.type ?? DYN;
  }
  return { programs, environment: withNativeVariables(rules, types) };
}

type Compile = (environment: Environment, path: Path, text: string, wanted: Wanted) => Program | undefined;

/** Compiles an expression, in which `params` is known only where the policy has a paramKind. */
function compiler(draft: Draft, { paramKind }: Definition['spec']): Compile {
  return (environment, path, text, wanted) => {
    const program = compileExpression(draft, environment, path, text, wanted);
    if (program?.references.has('params') && !paramKind) {
      report(draft, path, "undeclared reference to 'params'", { hint: 'the policy has no paramKind' });
    }
    return program;
  };
}
