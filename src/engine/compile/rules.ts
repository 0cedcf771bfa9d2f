/** Validations, mutations, variables and conditions of a policy -> programs. */
import type { Program } from '../../cel/program.ts';
import { DYN, type Type } from '../../cel/type.ts';
import { type Path, parsePath } from '../../policy/path.ts';
import type { MutationRule, NamedExpression, PatchRule, Validation } from '../../policy/policy.ts';
import type { CompiledCondition, CompiledMutation, CompiledPatch, CompiledValidation } from '../compiled.ts';
import { type Draft, report, reportDuplicates } from '../draft.ts';
import { CONDITIONS, withItem, withVariables } from '../environment.ts';
import {
  A_BOOL,
  A_CONFIGURATION,
  A_JSON_PATCH,
  A_STRING,
  AN_ACTION,
  ANY,
  compileExpression,
  ITEMS,
} from './expression.ts';
import type { LateEnvironment } from './late-program.ts';
import { OnceProgram } from './once-program.ts';

/** matchConditions in order; those with problems are left out. */
export function compileConditions(draft: Draft, conditions: readonly NamedExpression[]): readonly CompiledCondition[] {
  const path = ['spec', 'matchConditions'];
  reportDuplicates(draft, path, namesOf(conditions));
  return conditions.flatMap(({ name, expression }, index) => {
    const program = compileExpression(draft, () => CONDITIONS, [...path, index, 'expression'], expression, A_BOOL);
    return program ? [{ name, program }] : [];
  });
}

export interface CompiledVariables {
  readonly programs: ReadonlyMap<string, Program>;
  /** With all the variables declared: for the rules. */
  readonly environment: LateEnvironment;
}

/** Variables in order: each sees those before it. One that fails counts as `dyn` for the others. */
export function compileVariables(draft: Draft, variables: readonly NamedExpression[]): CompiledVariables {
  const path = ['spec', 'variables'];
  reportDuplicates(draft, path, namesOf(variables));
  const programs = new Map<string, Program>();
  const environmentOf = (names: readonly string[]): LateEnvironment =>
    memo(() => withVariables(Object.fromEntries(names.map((name) => [name, programs.get(name)?.type ?? DYN]))));
  for (const [index, { name, expression }] of variables.entries()) {
    if (!/^[A-Za-z_]\w*$/.test(name)) report(draft, [...path, index, 'name'], `"${name}" cannot be used as a CEL name`);
    const before = environmentOf(namesOf(variables.slice(0, index)));
    const program = compileExpression(draft, before, [...path, index, 'expression'], expression, ANY);
    if (program) programs.set(name, new OnceProgram(program));
  }
  return { programs, environment: environmentOf(namesOf(variables)) };
}

function memo<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Validations in order, those with problems left out. */
export function compileValidations(
  draft: Draft,
  environment: LateEnvironment,
  validations: readonly Validation[],
): readonly CompiledValidation[] {
  const path = ['spec', 'validations'];
  reportDuplicates(draft, path, namesOf(validations));
  return validations.flatMap((validation, index) =>
    compileValidation(draft, environment, [...path, index], { ...validation, name: nameOf(validation, index) }),
  );
}

function compileValidation(
  draft: Draft,
  outside: LateEnvironment,
  at: Path,
  rule: Validation & { readonly name: string },
): readonly CompiledValidation[] {
  const forEach =
    rule.forEach === undefined ? undefined : compileExpression(draft, outside, [...at, 'forEach'], rule.forEach, ITEMS);
  const inside = rule.forEach === undefined ? outside : memo(() => withItem(outside(), itemType(forEach?.type)));
  const program = compileExpression(draft, inside, [...at, 'expression'], rule.expression, A_BOOL);
  const messageExpression =
    rule.messageExpression === undefined
      ? undefined
      : compileMessage(draft, inside, [...at, 'messageExpression'], rule.messageExpression);
  const actionExpression =
    rule.actionExpression === undefined
      ? undefined
      : compileExpression(draft, inside, [...at, 'actionExpression'], rule.actionExpression, AN_ACTION);
  if (rule.action && rule.actionExpression) report(draft, [...at, 'action'], 'is there beside actionExpression');
  const fix = rule.fix && compilePatch(draft, inside, [...at, 'fix'], rule.fix);
  const path = parsePath(rule.path ?? '');
  if (!path) report(draft, [...at, 'path'], `"${rule.path}" is no path`, { hint: PATH_HINT });
  if (!program || !path) return [];
  return [
    {
      name: rule.name,
      program,
      message: rule.message?.trim() || `failed expression: ${rule.expression.trim()}`,
      path,
      ...(forEach && { forEach }),
      ...(messageExpression && { messageExpression }),
      ...(rule.reason && { reason: rule.reason }),
      ...(rule.action && { action: rule.action }),
      ...(actionExpression && { actionExpression }),
      ...(rule.advisory && { advisory: true }),
      ...(fix && { fix }),
    },
  ];
}

/** A messageExpression: one of strings, and without authorizer, as in Kubernetes. */
function compileMessage(draft: Draft, environment: LateEnvironment, at: Path, expression: string): Program | undefined {
  const program = compileExpression(draft, environment, at, expression, A_STRING);
  if (draft.source.checked) return program;
  if (program?.references.has('authorizer') || program?.references.has('authorizer.requestResource')) {
    report(draft, at, "undeclared reference to 'authorizer'", {
      hint: 'messages have no authorizer, as in Kubernetes',
    });
  }
  return program;
}

const PATH_HINT = "such as resources.limits, ports[0].name or metadata.labels['app.kubernetes.io/name']";

function itemType(collection: Type | undefined): Type {
  if (collection?.kind === 'list') return collection.element;
  return collection?.kind === 'map' ? collection.value : DYN;
}

/** Mutations in order, those with problems left out. */
export function compileMutations(
  draft: Draft,
  environment: LateEnvironment,
  mutations: readonly MutationRule[],
): readonly CompiledMutation[] {
  const path = ['spec', 'mutations'];
  reportDuplicates(draft, path, namesOf(mutations));
  return mutations.flatMap((mutation, index) => {
    const patch = compilePatch(draft, environment, [...path, index], mutation);
    return patch ? [{ name: nameOf(mutation, index), ...patch }] : [];
  });
}

function compilePatch(
  draft: Draft,
  environment: LateEnvironment,
  at: Path,
  rule: PatchRule,
): CompiledPatch | undefined {
  const { jsonPatch, applyConfiguration, patchType } = rule;
  const given = jsonPatch ?? applyConfiguration;
  if (!given || (jsonPatch && applyConfiguration)) {
    report(draft, at, 'needs exactly one of jsonPatch and applyConfiguration');
    return undefined;
  }
  const type = jsonPatch ? 'JSONPatch' : 'ApplyConfiguration';
  const key = jsonPatch ? 'jsonPatch' : 'applyConfiguration';
  if (patchType && patchType !== type) report(draft, [...at, 'patchType'], `is ${patchType}, but ${key} is given`);
  const wanted = jsonPatch ? A_JSON_PATCH : A_CONFIGURATION;
  const program = compileExpression(draft, environment, [...at, key, 'expression'], given.expression, wanted);
  return program && { type, program };
}

function namesOf(rules: readonly { readonly name?: string }[]): readonly string[] {
  return rules.map(nameOf);
}

function nameOf(rule: { readonly name?: string }, index: number): string {
  return rule.name ?? `rule-${index + 1}`;
}
