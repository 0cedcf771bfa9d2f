/**
 * What an expression gives where some names are nowhere in the object: most rules look for something that most objects
 * do not have, and then there is nothing to evaluate.
 */

import type { Select } from './ast.ts';
import { type Bind, type Call, type Expr, type Fold, type ListLiteral, type MapLiteral, OPERATOR } from './ast.ts';
import { OverBudget } from './budget.ts';
import type { Checked, Local } from './checked.ts';
import { mapKeys } from './equality.ts';
import {
  anyOf,
  called,
  DATA,
  type Foreseen,
  isKnown,
  joined,
  known,
  listOf,
  memberOf,
  NONE,
  UNKNOWN,
  VALUE,
} from './foreseen.ts';
import { isMap, type JsonMap, Optional, type Value } from './value.ts';
import { startWork } from './work.ts';

/** What is taken for granted. The fields of the object have the types that Kubernetes gives them. */
export interface Assumptions {
  /** Whether no map in the object has the name as a key, the API server's own notes (`managedFields`) apart. */
  isAbsent(name: string): boolean;
  /** Dotted paths from a variable that every object has, such as `object.spec`. */
  readonly certain: ReadonlySet<string>;
  /** What is known of a variable, or of a field of `variables`. */
  variable(name: string, field?: string): Foreseen;
}

/** Never wrong where the assumptions hold, and often `unknown`. */
export function foresee(checked: Checked, assumptions: Assumptions): Foreseen {
  startWork();
  try {
    return new Foresight(checked, assumptions).of(checked.expr, NOTHING);
  } catch (error) {
    if (error instanceof OverBudget) return UNKNOWN;
    throw error;
  }
}

/** Paths that presence tests have found, where a place is reached only after them. */
type Found = ReadonlySet<string>;

const NOTHING: Found = new Set();
// Far more than an expression of a policy takes: macros that use a part twice double the paths.
const MOST_STEPS = 20_000;
const LONGEST_LIST = 100;

class Foresight {
  private readonly checked: Checked;
  private readonly assumptions: Assumptions;
  private readonly locals = new Map<Local, Foreseen>();
  private steps = 0;

  constructor(checked: Checked, assumptions: Assumptions) {
    this.checked = checked;
    this.assumptions = assumptions;
  }

  of(expr: Expr, found: Found): Foreseen {
    this.steps++;
    if (this.steps > MOST_STEPS) return UNKNOWN;
    const reference = this.checked.references.get(expr);
    if (reference?.kind === 'constant') return known(reference.value);
    if (reference?.kind === 'variable') return this.assumptions.variable(reference.name);
    if (reference?.kind === 'local') return this.locals.get(reference.local) ?? UNKNOWN;
    switch (expr.kind) {
      case 'literal':
        return known(expr.value);
      case 'select':
        return this.select(expr, found);
      case 'call':
        return this.call(expr, found);
      case 'list':
        return this.list(expr, found);
      case 'map':
        return this.map(expr, found);
      case 'fold':
        return this.fold(expr, found);
      case 'bind':
        return this.bind(expr, found);
      default:
        return UNKNOWN;
    }
  }

  private select(expr: Select, found: Found): Foreseen {
    const { operand, field, mode } = expr;
    const reference = this.checked.references.get(operand);
    const isVariable = reference?.kind === 'variable' && reference.name === 'variables';
    if (isVariable && mode === 'value') return this.assumptions.variable('variables', field);
    return this.member(expr, this.of(operand, found), field, mode, found);
  }

  private member(expr: Expr, holder: Foreseen, field: string, mode: Select['mode'], found: Found): Foreseen {
    if (holder.kind === 'known') return memberOf(holder.value, field, mode);
    if (holder.kind === 'map') {
      const value = holder.fields.get(field);
      if (mode === 'value') return value ?? UNKNOWN;
      return mode === 'test' ? known(value !== undefined) : UNKNOWN;
    }
    if (mode === 'value' && holder.kind === 'data' && holder.has?.includes(field)) return DATA;
    if (mode === 'value') return this.isFound(expr, found) ? partOf(holder) : UNKNOWN;
    if (holder.kind !== 'data' || field === 'managedFields') return UNKNOWN;
    const absent = this.assumptions.isAbsent(field);
    if (mode === 'test') return absent ? known(false) : VALUE;
    return absent ? NONE : DATA;
  }

  private isFound(expr: Expr, found: Found): boolean {
    const path = this.pathOf(expr);
    if (path === undefined || this.assumptions.certain.has(path)) return path !== undefined;
    return [...found].some((one) => one === path || one.startsWith(`${path}.`));
  }

  /** Such as `object.spec`: the same for the same part of the same variable. */
  private pathOf(expr: Expr): string | undefined {
    const reference = this.checked.references.get(expr);
    if (reference?.kind === 'variable') return reference.name;
    if (reference?.kind === 'local') return this.idOf(reference.local);
    if (expr.kind !== 'select' || expr.mode === 'optional') return undefined;
    const holder = this.pathOf(expr.operand);
    return holder === undefined ? undefined : `${holder}.${expr.field}`;
  }

  /** What else is found where the condition is `outcome`. */
  private foundBy(condition: Expr, outcome: boolean, found: Found): Found {
    return new Set([...found, ...this.pathsFound(condition, outcome)]);
  }

  private pathsFound(condition: Expr, outcome: boolean): readonly string[] {
    if (condition.kind === 'select') {
      const path = condition.mode === 'test' && outcome ? this.pathOf(condition) : undefined;
      return path === undefined ? [] : [path];
    }
    if (condition.kind !== 'call') return [];
    if (condition.name === OPERATOR.not) return condition.args.flatMap((term) => this.pathsFound(term, !outcome));
    const all = outcome ? OPERATOR.and : OPERATOR.or;
    return condition.name === all ? condition.args.flatMap((term) => this.pathsFound(term, outcome)) : [];
  }

  private call(call: Call, found: Found): Foreseen {
    const reference = this.checked.references.get(call);
    if (reference?.kind !== 'call') return UNKNOWN;
    switch (call.name) {
      case OPERATOR.and:
        return this.logic(call, false, found);
      case OPERATOR.or:
        return this.logic(call, true, found);
      case OPERATOR.conditional:
        return this.conditional(call, found);
      case OPERATOR.index:
        return this.index(call, 'value', found);
      case OPERATOR.optionalIndex:
        return this.index(call, 'optional', found);
      default: {
        const exprs = reference.member && call.target ? [call.target, ...call.args] : call.args;
        return called(
          reference,
          exprs.map((argument) => this.of(argument, found)),
        );
      }
    }
  }

  /** `winner` decides, even beside an error. */
  private logic({ args }: Call, winner: boolean, found: Found): Foreseen {
    let before = found;
    const terms = args.map((term) => {
      const foreseen = this.of(term, before);
      before = this.foundBy(term, !winner, before);
      return foreseen;
    });
    if (terms.some((term) => isKnown(term, winner))) return known(winner);
    if (terms.every((term) => isKnown(term, !winner))) return known(!winner);
    return terms.some(({ kind }) => kind === 'unknown') ? UNKNOWN : VALUE;
  }

  private conditional({ args }: Call, found: Found): Foreseen {
    const [condition, whenTrue, whenFalse] = args as [Expr, Expr, Expr];
    const outcome = this.of(condition, found);
    if (outcome.kind === 'unknown') return UNKNOWN;
    const [then, otherwise] = [true, false].map((one) =>
      isKnown(outcome, !one) ? undefined : this.of(one ? whenTrue : whenFalse, this.foundBy(condition, one, found)),
    );
    return then && otherwise ? joined(then, otherwise) : (then ?? otherwise ?? UNKNOWN);
  }

  private index(call: Call, mode: 'value' | 'optional', found: Found): Foreseen {
    const [target, index] = call.args as [Expr, Expr];
    const [holder, key] = [this.of(target, found), this.of(index, found)];
    if (key.kind !== 'known') return UNKNOWN;
    if (typeof key.value === 'string') return this.member(call, holder, key.value, mode, found);
    if (holder.kind === 'known') return memberOf(holder.value, key.value, mode);
    return holder.kind === 'data' && mode === 'optional' ? DATA : UNKNOWN;
  }

  private list({ elements }: ListLiteral, found: Found): Foreseen {
    const items = elements.flatMap(({ value, optional }) => {
      const item = this.of(value, found);
      if (!optional || item.kind === 'data') return [item];
      if (item.kind !== 'known' || !(item.value instanceof Optional)) return [UNKNOWN];
      return item.value.value === undefined ? [] : [known(item.value.value)];
    });
    return listOf(items);
  }

  private map({ entries }: MapLiteral, found: Found): Foreseen {
    const fields = new Map<string, Foreseen>();
    for (const { key, value, optional } of entries) {
      const [name, foreseen] = [this.of(key, found), this.of(value, found)];
      if (optional || name.kind !== 'known' || typeof name.value !== 'string') return UNKNOWN;
      if (foreseen.kind === 'unknown') return UNKNOWN;
      fields.set(name.value, foreseen);
    }
    return { kind: 'map', fields };
  }

  private bind(expr: Bind, found: Found): Foreseen {
    const reference = this.checked.references.get(expr);
    if (reference?.kind !== 'locals') return UNKNOWN;
    this.locals.set(reference.first, this.of(expr.init, found));
    return this.of(expr.body, found);
  }

  private fold(fold: Fold, found: Found): Foreseen {
    const range = this.of(fold.range, found);
    if (range.kind === 'data') return this.foldAny(fold, DATA, found);
    if (range.kind === 'list') return this.foldAny(fold, range.of, found);
    if (range.kind !== 'known') return UNKNOWN;
    const { value } = range;
    if (!Array.isArray(value) && (!isMap(value) || fold.second)) return UNKNOWN;
    const items = Array.isArray(value) ? (value as readonly Value[]) : mapKeys(value as JsonMap);
    if (items.length > LONGEST_LIST) return UNKNOWN;
    return this.foldEach(fold, items, found);
  }

  /** What is done with an item: `wanted` is its predicate, `made` what it becomes. */
  private itemOf({ filter, body, macro }: Fold, found: Found): { readonly wanted: Foreseen; readonly made: Foreseen } {
    if (macro !== 'map') return { wanted: this.of(body, found), made: UNKNOWN };
    const wanted = filter ? this.of(filter, found) : known(true);
    const inside = filter ? this.foundBy(filter, true, found) : found;
    return { wanted, made: isKnown(wanted, false) ? UNKNOWN : this.of(body, inside) };
  }

  private bindItem(fold: Fold, first: Foreseen, second: Foreseen): boolean {
    const reference = this.checked.references.get(fold);
    if (reference?.kind !== 'locals') return false;
    this.locals.set(reference.first, first);
    if (reference.second) this.locals.set(reference.second, second);
    return true;
  }

  /** Over a list of any length, an empty one too, or over the keys of a map. */
  private foldAny(fold: Fold, item: Foreseen, found: Found): Foreseen {
    // The values of a map may be the API server's notes.
    const bound = fold.second ? this.bindItem(fold, VALUE, VALUE) : this.bindItem(fold, item, UNKNOWN);
    if (!bound) return UNKNOWN;
    const { wanted, made } = this.itemOf(fold, found);
    if (wanted.kind === 'unknown') return UNKNOWN;
    switch (fold.macro) {
      case 'all':
        return isKnown(wanted, true) ? wanted : VALUE;
      case 'exists':
      case 'existsOne':
        return isKnown(wanted, false) ? wanted : VALUE;
      case 'filter':
        if (isKnown(wanted, false)) return known([]);
        return anyOf([this.filtered(fold, item)]);
      case 'map':
        return isKnown(wanted, false) ? known([]) : anyOf([made]);
      default:
        return UNKNOWN;
    }
  }

  /** An item that the predicate of a filter holds for. */
  private filtered(fold: Fold, item: Foreseen): Foreseen {
    const reference = this.checked.references.get(fold);
    if (item.kind !== 'data' || reference?.kind !== 'locals') return item;
    const prefix = `${this.idOf(reference.first)}.`;
    const paths = this.pathsFound(fold.body, true).filter((path) => path.startsWith(prefix));
    const names = paths.map((path) => path.slice(prefix.length)).filter((name) => !name.includes('.'));
    return names.length === 0 ? item : { kind: 'data', has: [...(item.has ?? []), ...names] };
  }

  private idOf(local: Local): string {
    return String([...this.locals.keys()].indexOf(local));
  }

  private foldEach(fold: Fold, items: readonly Value[], found: Found): Foreseen {
    const done = items.map((item, index) => {
      const bound = fold.second
        ? this.bindItem(fold, known(index), known(item))
        : this.bindItem(fold, known(item), VALUE);
      return bound
        ? { item: known(item), ...this.itemOf(fold, found) }
        : { item: UNKNOWN, wanted: UNKNOWN, made: UNKNOWN };
    });
    const quantified = (winner: boolean): Foreseen => {
      if (done.some(({ wanted }) => isKnown(wanted, winner))) return known(winner);
      if (done.every(({ wanted }) => isKnown(wanted, !winner))) return known(!winner);
      return done.some(({ wanted }) => wanted.kind === 'unknown') ? UNKNOWN : VALUE;
    };
    const kept = done.filter(({ wanted }) => !isKnown(wanted, false));
    const certain = kept.every(({ wanted }) => isKnown(wanted, true));
    switch (fold.macro) {
      case 'all':
        return quantified(false);
      case 'exists':
        return quantified(true);
      case 'filter':
        return certain ? listOf(kept.map(({ item }) => item)) : UNKNOWN;
      case 'map':
        return certain ? listOf(kept.map(({ made }) => made)) : UNKNOWN;
      default:
        return kept.length === 0 && fold.macro === 'existsOne' ? known(false) : UNKNOWN;
    }
  }
}

function partOf(holder: Foreseen): Foreseen {
  return holder.kind === 'data' || holder.kind === 'value' ? holder : UNKNOWN;
}
