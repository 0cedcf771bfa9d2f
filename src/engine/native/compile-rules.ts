/** The expressions of a native policy -> programs, in exactly the environments that the API server compiles them in. */
import type { Environment } from '../../cel/environment.ts';
import type { Program } from '../../cel/program.ts';
import { DYN, type Type } from '../../cel/type.ts';
import type {
  MutatingAdmissionPolicy,
  NativeMutationRule,
  NativeRule,
  ValidatingAdmissionPolicy,
} from '../../policy/native.ts';
import type { Path } from '../../policy/path.ts';
import {
  A_BOOL,
  A_CONFIGURATION,
  A_STRING,
  A_STRING_OR_NULL,
  ANY,
  compileExpression,
  JSON_PATCHES,
  type Wanted,
} from '../compile/expression.ts';
import type {
  CompiledAnnotation,
  CompiledCondition,
  CompiledMutation,
  CompiledPolicy,
  CompiledValidation,
} from '../compiled.ts';
import { type Draft, report } from '../draft.ts';
import { NATIVE_MUTATING, NATIVE_VALIDATING, withNativeVariables } from '../environment.ts';

type Definition = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;

/** The programs of a policy; those with problems, which are reported, are left out. */
export interface NativePrograms
  extends Pick<CompiledPolicy, 'matchConditions' | 'variables' | 'validations' | 'mutations'> {
  readonly auditAnnotations: readonly CompiledAnnotation[];
}

/** Compiles every expression of the policy. */
export function compileNativeRules(draft: Draft, document: Definition): NativePrograms {
  const matchConditions = compileConditions(draft, document);
  const rules = document.kind === 'ValidatingAdmissionPolicy' ? validating(draft, document) : mutating(draft, document);
  return { matchConditions, ...rules };
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
    const program = compileExpression(draft, () => environment, path, text, wanted);
    if (program?.references.has('params') && !paramKind) {
      report(draft, path, "undeclared reference to 'params'", { hint: 'the policy has no paramKind' });
    }
    return program;
  };
}
