import type { Activation } from './activation.ts';
import { descendants } from './ast.ts';
import { BudgetError, OverBudget } from './budget.ts';
import { literalValue } from './check-constants.ts';
import type { Checked } from './checked.ts';
import { check } from './checker.ts';
import type { Declarations } from './declarations.ts';
import { foresee } from './foresee.ts';
import { issueAt } from './issue.ts';
import { parse } from './parser.ts';
import { PlanError, plan } from './plan/planner.ts';
import type { Step } from './plan/step.ts';
import type { Compilation, Program } from './program.ts';
import { sameType } from './substitution.ts';
import type { Type } from './type.ts';
import { typeId } from './type-format.ts';
import { CelError, type Result, type Value } from './value.ts';
import { startWork } from './work.ts';

/** Parses, checks and plans an expression; `expect` lists the result types that are accepted, `dyn` in it accepts all. */
export function compile(source: string, declarations: Declarations, expect?: readonly Type[]): Compilation {
  // Constants are evaluated while planning.
  startWork();
  const parsed = parse(source, declarations.escapedNames);
  if (!parsed.ok) return parsed;
  const result = check(source, parsed.expr, declarations);
  if (!result.ok) return result;
  const { checked } = result;
  const type = checked.typeOf(parsed.expr);
  const unexpected = expect && resultProblem(type, expect);
  if (unexpected !== undefined) return { ok: false, issues: [issueAt(source, 0, unexpected)] };
  try {
    return { ok: true, program: program(source, checked, type, plan(checked)) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { ok: false, issues: [issueAt(source, error.at, error.message)] };
  }
}

function resultProblem(type: Type, expect: readonly Type[]): string | undefined {
  if (expect.some((accepted) => accepted.kind === 'dyn' || sameType(accepted, type))) return undefined;
  const names = expect.map(typeId);
  const wanted = names.length === 1 ? names[0] : `one of [${names.join(' ')}]`;
  return `must evaluate to ${wanted} but got ${typeId(type)}`;
}

function program(source: string, checked: Checked, type: Type, step: Step): Program {
  const references = new Set<string>();
  for (const reference of checked.references.values())
    if (reference.kind === 'variable') references.add(reference.name);
  return {
    source,
    type,
    references,
    calls: callsOf(checked),
    foresee: (assumptions) => foresee(checked, assumptions),
    evaluate: (activation) => evaluate(step, activation),
  };
}

function evaluate(step: Step, activation: Activation): Result {
  startWork();
  try {
    const result = step(activation);
    return activation.cost > activation.limit ? new BudgetError() : result;
  } catch (error) {
    if (error instanceof OverBudget) return new BudgetError();
    // What is left is a value too large or nested too deep for a call, or a function that broke its promise not to throw.
    return new CelError(`internal error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type CallFact = { readonly name: string; readonly literals: readonly (Value | undefined)[] };

function callsOf(checked: Checked): readonly CallFact[] {
  const calls: CallFact[] = [];
  for (const expr of descendants(checked.expr)) {
    const reference = checked.references.get(expr);
    if (expr.kind === 'call' && reference?.kind === 'call') {
      const args = reference.member && expr.target ? [expr.target, ...expr.args] : expr.args;
      calls.push({ name: reference.name, literals: args.map(literalValue) });
    }
  }
  return calls;
}
