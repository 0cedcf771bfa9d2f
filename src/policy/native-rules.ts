/**
 * What the API server refuses of a native policy or binding when it is created, beyond its schema and its expressions
 * (facts: pkg/apis/admissionregistration/validation of Kubernetes 1.36).
 */
import type {
  AuditAnnotation,
  MutatingAdmissionPolicy,
  NativeBindingSpec,
  NativeDocument,
  NativeMatchResources,
  NativeMutationRule,
  NativeRule,
  ParamRef,
  ValidatingAdmissionPolicy,
} from './native.ts';
import { matchProblems, selectorProblems } from './native-match-rules.ts';
import { isDnsSubdomain, isPathSegment, isQualifiedName, isVersionLabel } from './native-names.ts';
import type { Path } from './path.ts';
import type { NamedExpression } from './policy.ts';
import { blankProblems, duplicateProblems, problemUnless, type RuleProblem, repeatedIn } from './rule-problem.ts';

/** Everything wrong with a document that fits its schema, each at its path, in the order of the document's fields. */
export function nativeRuleProblems(document: NativeDocument): readonly RuleProblem[] {
  const name = nameProblems(['metadata', 'name'], document.metadata.name);
  switch (document.kind) {
    case 'ValidatingAdmissionPolicy':
      return [...name, ...policyProblems(document), ...validatingProblems(document)];
    case 'MutatingAdmissionPolicy':
      return [...name, ...policyProblems(document), ...mutatingProblems(document)];
    case 'ValidatingAdmissionPolicyBinding':
      return [...name, ...bindingProblems(document.spec), ...actionProblems(document.spec.validationActions)];
    case 'MutatingAdmissionPolicyBinding':
      return [
        ...name,
        ...bindingProblems(document.spec),
        ...deleteProblems(['spec', 'matchResources'], document.spec.matchResources),
      ];
  }
}

function nameProblems(path: Path, name: string): readonly RuleProblem[] {
  if (isDnsSubdomain(name)) return [];
  const message = name.length > 253 ? 'is longer than 253 characters' : `"${name}" is no valid name`;
  return [{ path, message, hint: 'lower-case letters, digits, "-" and ".", as in a DNS name' }];
}

function policyProblems({ spec }: ValidatingAdmissionPolicy | MutatingAdmissionPolicy): readonly RuleProblem[] {
  return [
    ...paramKindProblems(spec.paramKind),
    ...matchProblems(['spec', 'matchConstraints'], spec.matchConstraints),
    ...conditionProblems(spec.matchConditions ?? []),
    ...variableProblems(spec.variables ?? []),
  ];
}

function paramKindProblems(paramKind: ValidatingAdmissionPolicy['spec']['paramKind']): readonly RuleProblem[] {
  if (!paramKind) return [];
  const parts = paramKind.apiVersion.split('/');
  const [version = '', group] = parts.toReversed();
  const valid = parts.length < 3 && isVersionLabel(version) && (group === undefined || isDnsSubdomain(group));
  return [
    ...problemUnless(valid, ['spec', 'paramKind', 'apiVersion'], `"${paramKind.apiVersion}" is no group and version`),
    ...problemUnless(
      isVersionLabel(paramKind.kind.toLowerCase()),
      ['spec', 'paramKind', 'kind'],
      `"${paramKind.kind}" is no kind`,
    ),
  ];
}

function conditionProblems(conditions: readonly NamedExpression[]): readonly RuleProblem[] {
  const path = ['spec', 'matchConditions'];
  return [
    ...conditions.flatMap(({ name, expression }, index) => [
      ...problemUnless(isQualifiedName(name), [...path, index, 'name'], `"${name}" is no qualified name`),
      ...blankProblems([...path, index, 'expression'], expression),
    ]),
    ...duplicateProblems(
      path,
      'name',
      conditions.map(({ name }) => name),
    ),
  ];
}

const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

function variableProblems(variables: readonly NamedExpression[]): readonly RuleProblem[] {
  const path = ['spec', 'variables'];
  return [
    ...variables.flatMap(({ name, expression }, index) => [
      ...problemUnless(
        /^[_a-zA-Z]\w*$/.test(name) && !RESERVED.has(name),
        [...path, index, 'name'],
        `"${name}" is no CEL identifier`,
      ),
      ...blankProblems([...path, index, 'expression'], expression),
    ]),
    ...duplicateProblems(
      path,
      'name',
      variables.map(({ name }) => name),
    ),
  ];
}

function validatingProblems({ metadata, spec }: ValidatingAdmissionPolicy): readonly RuleProblem[] {
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length + auditAnnotations.length === 0) {
    return [{ path: ['spec'], message: 'needs at least one of validations and auditAnnotations' }];
  }
  return [
    ...validations.flatMap((rule, index) => validationProblems(['spec', 'validations', index], rule)),
    ...annotationProblems(['spec', 'auditAnnotations'], metadata.name, auditAnnotations),
  ];
}

function validationProblems(path: Path, { expression, message, messageExpression }: NativeRule): RuleProblem[] {
  const lines = message !== undefined && /[\n\r]/.test(message.trim());
  return [
    ...blankProblems([...path, 'expression'], expression),
    ...blankProblems([...path, 'message'], message),
    ...problemUnless(!lines, [...path, 'message'], 'must not contain line breaks'),
    ...blankProblems([...path, 'messageExpression'], messageExpression),
  ];
}

/** In bytes, of the expression. */
const MAX_VALUE_EXPRESSION = 5 * 1024;

function annotationProblems(path: Path, policy: string, annotations: readonly AuditAnnotation[]): RuleProblem[] {
  return [
    ...annotations.flatMap(({ key, valueExpression }, index) => [
      ...problemUnless(isQualifiedName(`${policy}/${key}`), [...path, index, 'key'], `"${key}" is no qualified name`),
      ...blankProblems([...path, index, 'valueExpression'], valueExpression),
      ...problemUnless(
        Buffer.byteLength(valueExpression.trim()) <= MAX_VALUE_EXPRESSION,
        [...path, index, 'valueExpression'],
        'is longer than 5 KiB',
      ),
    ]),
    ...duplicateProblems(
      path,
      'key',
      annotations.map(({ key }) => key),
    ),
  ];
}

function mutatingProblems({ spec }: MutatingAdmissionPolicy): readonly RuleProblem[] {
  return [
    ...deleteProblems(['spec', 'matchConstraints'], spec.matchConstraints),
    ...spec.mutations.flatMap((mutation, index) => mutationProblems(['spec', 'mutations', index], mutation)),
  ];
}

function mutationProblems(path: Path, mutation: NativeMutationRule): readonly RuleProblem[] {
  const [wanted, other] =
    mutation.patchType === 'JSONPatch'
      ? (['jsonPatch', 'applyConfiguration'] as const)
      : (['applyConfiguration', 'jsonPatch'] as const);
  return [
    ...problemUnless(mutation[wanted] !== undefined, path, `patchType ${mutation.patchType} needs ${wanted}`),
    ...problemUnless(
      mutation[other] === undefined,
      [...path, other],
      `must be left out with patchType ${mutation.patchType}`,
    ),
    ...blankProblems([...path, wanted, 'expression'], mutation[wanted]?.expression),
  ];
}

function deleteProblems(path: Path, constraints: NativeMatchResources | undefined): readonly RuleProblem[] {
  return (constraints?.resourceRules ?? []).flatMap(({ operations }, rule) =>
    operations.flatMap((operation, index) =>
      problemUnless(
        operation !== 'DELETE',
        [...path, 'resourceRules', rule, 'operations', index],
        'nothing is left to mutate on DELETE',
      ),
    ),
  );
}

function bindingProblems({ policyName, paramRef, matchResources }: NativeBindingSpec): readonly RuleProblem[] {
  return [
    ...nameProblems(['spec', 'policyName'], policyName),
    ...(paramRef ? paramRefProblems(['spec', 'paramRef'], paramRef) : []),
    ...(matchResources ? matchProblems(['spec', 'matchResources'], matchResources) : []),
  ];
}

function paramRefProblems(path: Path, { name = '', selector }: ParamRef): readonly RuleProblem[] {
  return [
    ...problemUnless(name !== '' || selector !== undefined, path, 'needs one of name and selector'),
    ...problemUnless(name === '' || selector === undefined, [...path, 'selector'], 'must be left out with a name'),
    ...problemUnless(name === '' || isPathSegment(name), [...path, 'name'], `"${name}" is no name of an object`),
    ...(selector ? selectorProblems([...path, 'selector'], selector) : []),
  ];
}

function actionProblems(actions: readonly string[]): readonly RuleProblem[] {
  const path = ['spec', 'validationActions'];
  const both = actions.includes('Deny') && actions.includes('Warn');
  return [
    ...problemUnless(!both, path, 'must not contain both Deny and Warn', 'a refusal says it already'),
    ...repeatedIn(path, actions),
  ];
}
