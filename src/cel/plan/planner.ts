import { type Bind, type Call, type Expr, type Fold, OPERATOR, type Select, type StructLiteral } from '../ast.ts';
import type { CallReference, Checked, Local } from '../checked.ts';
import { CelError, type Result, StructValue, type Value } from '../value.ts';
import { type Attribute, attributeStep, extend, heldStep, path, type Qualifier, resolveStep } from './attribute.ts';
import { callStep, type PlannedCall } from './call.ts';
import { equalityStep } from './equality.ts';
import {
  bindStep,
  boundStep,
  type Cell,
  existsOneStep,
  filterStep,
  mapStepOf,
  type PlannedFold,
  quantifierStep,
  transformMapStep,
} from './fold.ts';
import { goTypeName } from './go-type.ts';
import { listStep, mapStep, type Part, structStep } from './literal.ts';
import { andStep, orElseStep, orStep } from './logic.ts';
import { isQualifier, isSafeName } from './lookup.ts';
import { keyInMapStep, membershipStep } from './membership.ts';
import { constantPlan, type Plan } from './plan.ts';
import type { Step } from './step.ts';

/** A failure of evaluating constants ahead: the expression cannot be planned. */
export class PlanError extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Turns a checked expression into its step; throws a PlanError where a conversion of a literal fails. */
export function plan(checked: Checked): Step {
  return new Planner(checked).plan(checked.expr).step;
}

const CONVERSIONS: ReadonlySet<string> = new Set(
  'bool bytes double dyn duration int string timestamp type uint'.split(' '),
);

class Planner {
  private readonly checked: Checked;
  private readonly plans = new Map<Expr, Plan>();
  private readonly cells = new Map<Local, { readonly cell: Cell; readonly init?: Step }>();

  constructor(checked: Checked) {
    this.checked = checked;
  }

  plan(expr: Expr): Plan {
    const known = this.plans.get(expr);
    if (known) return known;
    const planned = this.make(expr);
    this.plans.set(expr, planned);
    return planned;
  }

  private step(expr: Expr): Step {
    return this.plan(expr).step;
  }

  private make(expr: Expr): Plan {
    const named = this.named(expr);
    if (named) return named;
    switch (expr.kind) {
      case 'literal':
        return constantPlan(expr.value);
      case 'select':
        return this.select(expr);
      case 'call':
        return this.call(expr);
      case 'list':
        return folded(
          listStep(
            expr.elements.map(({ value, optional }) => part(this.plan(value), optional)),
            expr.at,
          ),
          expr.elements.map(({ value }) => this.plan(value)),
        );
      case 'map': {
        const parts = expr.entries.map(({ key, value, optional }) => ({
          key: this.step(key),
          ...part(this.plan(value), optional),
        }));
        return folded(
          mapStep(parts, expr.at),
          expr.entries.flatMap(({ key, value }) => [this.plan(key), this.plan(value)]),
        );
      }
      case 'struct': {
        const parts = expr.fields.map(({ name, value, optional }) => ({ name, ...part(this.plan(value), optional) }));
        return { step: structStep(this.maker(expr), parts, expr.at) };
      }
      case 'fold':
        return { step: this.fold(expr) };
      case 'bind':
        return { step: this.bind(expr) };
      case 'ident':
        throw new Error(`the checker let ${expr.name} pass without a reference`);
    }
  }

  private named(expr: Expr): Plan | undefined {
    const reference = this.checked.references.get(expr);
    switch (reference?.kind) {
      case 'constant':
        return constantPlan(reference.value);
      case 'variable':
        return attributePlan(path(variableStep(reference.slot, reference.name, expr.at), true));
      case 'local':
        return attributePlan(path(this.localStep(reference.local), true));
      default:
        return undefined;
    }
  }

  private localStep(local: Local): Step {
    const known = this.cells.get(local);
    if (!known) throw new Error(`the checker let ${local.name} pass outside its macro`);
    const { cell, init } = known;
    if (init) return boundStep(cell, init);
    return () => cell.value as Value;
  }

  private cell(local: Local, init?: Step): Cell {
    const cell: Cell = { value: undefined };
    this.cells.set(local, { cell, ...(init && { init }) });
    return cell;
  }

  private attribute(expr: Expr): Attribute {
    const planned = this.plan(expr);
    return planned.attribute ?? path(planned.step, false);
  }

  private select(expr: Select): Plan {
    const qualifier: Qualifier = { at: expr.at, key: expr.field, mode: expr.mode };
    return attributePlan(extend(this.attribute(expr.operand), qualifier));
  }

  private index(call: Call): Plan {
    const [target, index] = call.args as [Expr, Expr];
    const planned = this.plan(index);
    const key =
      planned.constant !== undefined
        ? planned.constant
        : planned.attribute
          ? resolveStep(planned.attribute)
          : planned.step;
    const mode = call.name === OPERATOR.optionalIndex ? 'optional' : 'value';
    if (planned.constant !== undefined && !isQualifier(planned.constant)) {
      throw new PlanError(call.at, `invalid qualifier type: ${goTypeName(planned.constant)}`);
    }
    return attributePlan(extend(this.attribute(target), { at: call.at, key, mode }));
  }

  private call(call: Call): Plan {
    const reference = this.checked.references.get(call);
    if (reference?.kind !== 'call') throw new Error(`the checker let ${call.name} pass without a reference`);
    switch (call.name) {
      case OPERATOR.and:
        return { step: andStep(call.args.map((argument) => this.step(argument))) };
      case OPERATOR.or:
        return { step: orStep(call.args.map((argument) => this.step(argument))) };
      case OPERATOR.conditional:
        return this.conditional(call);
      case OPERATOR.equals:
      case OPERATOR.notEquals: {
        const [left, right] = call.args as [Expr, Expr];
        return { step: equalityStep(this.plan(left), this.plan(right), call.name === OPERATOR.notEquals) };
      }
      case OPERATOR.index:
      case OPERATOR.optionalIndex:
        return this.index(call);
      default:
        return this.function(call, reference);
    }
  }

  private conditional(call: Call): Plan {
    const [condition, whenTrue, whenFalse] = call.args as [Expr, Expr, Expr];
    return attributePlan({
      kind: 'choice',
      condition: this.step(condition),
      whenTrue: this.attribute(whenTrue),
      whenFalse: this.attribute(whenFalse),
    });
  }

  private function(call: Call, reference: CallReference): Plan {
    const exprs = reference.member && call.target ? [call.target, ...call.args] : call.args;
    const args = exprs.map((argument) => this.plan(argument));
    const [first, second] = args;
    const [overload] = reference.overloads;
    if (reference.member && (reference.name === 'or' || reference.name === 'orValue') && first && second && overload) {
      return { step: orElseStep(first, second.step, reference.name === 'orValue', overload.call) };
    }
    if (reference.name === OPERATOR.in) {
      const membership = this.membership(reference, args);
      if (membership) return membership;
    }
    const planned: PlannedCall = { at: call.at, reference, args };
    const step = callStep(planned);
    return CONVERSIONS.has(reference.name) && args.length === 1 && first?.constant !== undefined
      ? evaluated(step, call.at)
      : { step };
  }

  private membership(reference: CallReference, args: readonly Plan[]): Plan | undefined {
    const [value, container] = args as [Plan, Plan];
    const [only] = reference.overloads;
    const inList = reference.overloads.length === 1 && only?.id === 'in_list';
    if (inList && Array.isArray(container.constant)) return membershipStep(value.step, container.constant);
    const key = value.constant;
    if (inList || typeof key !== 'string' || !isSafeName(key)) return undefined;
    const general = callStep({ at: -1, reference, args });
    return container.attribute?.kind === 'path' && container.attribute.stable
      ? { step: keyInMapStep(container.step, key, general) }
      : undefined;
  }

  private maker(expr: StructLiteral): (fields: ReadonlyMap<string, Value>) => Result {
    const reference = this.checked.references.get(expr);
    if (reference?.kind === 'struct' && reference.declaration.result) return reference.declaration.result.make;
    const name = expr.name.replace(/^\./, '');
    return (fields) => new StructValue(name, Object.fromEntries(fields));
  }

  private fold(expr: Fold): Step {
    const locals = this.checked.references.get(expr);
    if (locals?.kind !== 'locals') throw new Error(`the checker let ${expr.macro} pass without variables`);
    const range = this.step(expr.range);
    const first = this.cell(locals.first);
    const second = locals.second && this.cell(locals.second);
    const body = this.plan(expr.body);
    const constantBody = body.constant !== undefined;
    const filter = expr.filter && this.step(expr.filter);
    const planned: PlannedFold = {
      at: expr.at,
      range,
      first,
      body: body.step,
      constantBody,
      ...(second && { second }),
      ...(filter && { filter }),
    };
    switch (expr.macro) {
      case 'all':
        return quantifierStep(planned, false);
      case 'exists':
        return quantifierStep(planned, true);
      case 'existsOne':
        return existsOneStep(planned);
      case 'map':
        return mapStepOf(planned);
      case 'filter':
        return filterStep(planned);
      case 'transformMap':
        return transformMapStep(planned, false);
      case 'transformMapEntry':
        return transformMapStep(planned, true);
    }
  }

  private bind(expr: Bind): Step {
    const locals = this.checked.references.get(expr);
    if (locals?.kind !== 'locals') throw new Error(`the checker let ${expr.name} pass without a variable`);
    const cell = this.cell(locals.first, this.step(expr.init));
    return bindStep(cell, this.step(expr.body));
  }
}

function attributePlan(attribute: Attribute): Plan {
  const held = heldStep(attribute);
  return { step: attributeStep(attribute), attribute, ...(held && { held }) };
}

function part({ step, held }: Plan, optional: boolean): Part {
  return { step, optional, ...(optional && held && { held }) };
}

function variableStep(slot: number, name: string, at: number): Step {
  return (activation) => {
    const value = activation.variables[slot];
    if (value !== undefined) return value;
    const error = new CelError(`no such attribute(s): ${name}`);
    error.at = at;
    return error;
  };
}

const NOWHERE = { variables: [], cost: 0, limit: Number.POSITIVE_INFINITY };

// A literal of constants is a constant; what is constant costs nothing.
function folded(step: Step, parts: readonly Plan[]): Plan {
  if (parts.some((part) => part.constant === undefined)) return { step };
  const value = step({ ...NOWHERE });
  return value instanceof CelError ? { step } : constantPlan(value);
}

function evaluated(step: Step, at: number): Plan {
  const value = step({ ...NOWHERE });
  if (value instanceof CelError) throw new PlanError(at, value.message);
  return constantPlan(value);
}
