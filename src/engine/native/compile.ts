/** Native policies and their bindings -> one compiled policy for each pair; whatever the API server would refuse is said here. */
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  NativeDocument,
  NativeSource,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../policy/native.ts';
import type { Path } from '../../policy/path.ts';
import type { Policy } from '../../policy/policy.ts';
import { inOrder, type Problem } from '../../policy/problem.ts';
import type { CompiledAnnotation, CompiledPolicy, LookupTarget, NativeBinding, ParamSource } from '../compiled.ts';
import type { Draft } from '../draft.ts';
import { labelTest } from '../library/selector.ts';
import { compileNativeMatcher } from '../match.ts';
import { pluralOf } from '../object/plural.ts';
import { compileNativeRules } from './compile-rules.ts';
import { isCustomGroup } from './equivalent-resources.ts';

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
  const { auditAnnotations, ...rules } = compileNativeRules(draft, document);
  if (draft.problems.length > 0) return { policies: [], problems: draft.problems };
  const shared = {
    id: document.metadata.name,
    file,
    subject: 'Resource',
    failurePolicy: document.spec.failurePolicy,
    params: {},
    matcher: compileNativeMatcher(document.spec.matchConstraints),
    ...rules,
    reads: new Set(draft.programs.flatMap((program) => [...program.references])),
  } as const;
  const policies = bindings.map((binding) => {
    const native = bindingOf(document, binding.document, auditAnnotations);
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
