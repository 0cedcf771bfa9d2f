/** Validations, mutations, variables and conditions of a policy -> programs. */
import type { Environment } from '../../cel/environment.ts';
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
import { LateProgram } from './late-program.ts';
import { OnceProgram, readsOnlyParams } from './once-program.ts';

/** matchConditions in order; those with problems are left out. */
export function compileConditions(draft: Draft, conditions: readonly NamedExpression[]): readonly CompiledCondition[] {
  const path = ['spec', 'matchConditions'];
  reportDuplicates(draft, path, namesOf(conditions));
  return conditions.flatMap(({ name, expression }, index) => {
    const program = compileExpression(draft, CONDITIONS, [...path, index, 'expression'], expression, A_BOOL);
    return program ? [{ name, program }] : [];
  });
}

export interface CompiledVariables {
  readonly programs: ReadonlyMap<string, Program>;
  /** With all the variables declared: for the rules. */
  readonly environment: Environment;
}

/** Variables in order: each sees those before it. One that fails counts as `dyn` for the others. */
export function compileVariables(draft: Draft, variables: readonly NamedExpression[]): CompiledVariables {
  const path = ['spec', 'variables'];
  reportDuplicates(draft, path, namesOf(variables));
  const programs = new Map<string, Program>();
  const types: Record<string, Type> = {};
  let environment = withVariables(types);
  for (const [index, { name, expression }] of variables.entries()) {
    if (!/^[A-Za-z_]\w*$/.test(name)) report(draft, [...path, index, 'name'], `"${name}" cannot be used as a CEL name`);
    const program = compileExpression(draft, environment, [...path, index, 'expression'], expression, ANY);
    if (program) programs.set(name, readsOnlyParams(program) ? new OnceProgram(program) : program);
    types[name] = program?.type ?? DYN;
    environment = withVariables(types);
  }
  return { programs, environment };
}

/** Validations in order, those with problems left out. */
export function compileValidations(
  draft: Draft,
  environment: Environment,
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
  outside: Environment,
  at: Path,
  rule: Validation & { readonly name: string },
): readonly CompiledValidation[] {
  const forEach =
    rule.forEach === undefined ? undefined : compileExpression(draft, outside, [...at, 'forEach'], rule.forEach, ITEMS);
  const inside = rule.forEach === undefined ? outside : withItem(outside, itemType(forEach?.type));
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
  const fix = rule.fix && compileFix(draft, inside, [...at, 'fix'], rule.fix);
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
function compileMessage(draft: Draft, environment: Environment, at: Path, expression: string): Program | undefined {
  if (draft.source.checked) return new LateProgram(environment, expression);
  const program = compileExpression(draft, environment, at, expression, A_STRING);
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
  environment: Environment,
  mutations: readonly MutationRule[],
): readonly CompiledMutation[] {
  const path = ['spec', 'mutations'];
  reportDuplicates(draft, path, namesOf(mutations));
  return mutations.flatMap((mutation, index) => {
    const patch = compilePatch(draft, environment, [...path, index], mutation);
    return patch ? [{ name: nameOf(mutation, index), ...patch }] : [];
  });
}

function compileFix(draft: Draft, environment: Environment, at: Path, rule: PatchRule): CompiledPatch | undefined {
  const given = rule.jsonPatch ?? rule.applyConfiguration;
  if (!draft.source.checked || !given) return compilePatch(draft, environment, at, rule);
  const type = rule.jsonPatch ? 'JSONPatch' : 'ApplyConfiguration';
  return { type, program: new LateProgram(environment, given.expression) };
}

function compilePatch(draft: Draft, environment: Environment, at: Path, rule: PatchRule): CompiledPatch | undefined {
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
