import type { Expr, Select } from './ast.ts';
import { resolveCall } from './check-call.ts';
import { checkLiterals } from './check-constants.ts';
import { checkList, checkMap, checkStruct } from './check-literal.ts';
import { checkBind, checkFold } from './check-macro.ts';
import type { Checked, Local, Reference } from './checked.ts';
import type { Checking } from './checking.ts';
import type { Declarations } from './declarations.ts';
import { type Issue, issueAt } from './issue.ts';
import { MAX_ISSUES } from './limits.ts';
import { isInt } from './number.ts';
import { Substitution } from './substitution.ts';
import { BOOL, BYTES, DOUBLE, DYN, INT, NULL, optional, STRING, type Type, UINT, unwrapOptional } from './type.ts';
import { formatType } from './type-format.ts';
import { Uint, type Value } from './value.ts';

/** Checks an expression; all problems at once, in the order of the source. */
export function check(
  source: string,
  expr: Expr,
  declarations: Declarations,
): { readonly ok: true; readonly checked: Checked } | { readonly ok: false; readonly issues: readonly Issue[] } {
  const checker = new Checker(source, declarations);
  checker.check(expr);
  const checked: Checked = { expr, typeOf: (node) => checker.finalType(node), references: checker.references };
  if (checker.issues.length === 0) checkLiterals(checked, (at, message) => checker.issue(at, message));
  if (checker.issues.length === 0) return { ok: true, checked };
  return { ok: false, issues: checker.issues.toSorted((a, b) => a.offset - b.offset) };
}

/** The state of one check; the parts of the checker share it. */
class Checker implements Checking {
  readonly declarations: Declarations;
  readonly substitution = new Substitution();
  readonly references = new Map<Expr, Reference>();
  readonly issues: Issue[] = [];
  private readonly source: string;
  private readonly types = new Map<Expr, Type>();
  private readonly scope: Local[] = [];

  constructor(source: string, declarations: Declarations) {
    this.source = source;
    this.declarations = declarations;
  }

  issue(at: number, message: string): void {
    // The place of each is counted from the start: of a hundred thousand, that would take a minute.
    if (this.issues.length < MAX_ISSUES) this.issues.push(issueAt(this.source, at, message));
  }

  check(expr: Expr): Type {
    const known = this.types.get(expr);
    if (known) return known;
    const type = this.infer(expr);
    this.types.set(expr, type);
    return type;
  }

  finalType(expr: Expr): Type {
    return this.substitution.apply(this.types.get(expr) ?? DYN, true);
  }

  within<T>(locals: readonly Local[], read: () => T): T {
    this.scope.push(...locals);
    const result = read();
    this.scope.length -= locals.length;
    return result;
  }

  assignable(from: Type, to: Type): boolean {
    return this.substitution.assignable([from], [to]);
  }

  private infer(expr: Expr): Type {
    switch (expr.kind) {
      case 'literal':
        return typeOfLiteral(expr.value);
      case 'ident':
        return this.ident(expr, expr.name) ?? this.undeclared(expr.at, expr.name);
      case 'select':
        return this.select(expr);
      case 'call':
        return resolveCall(this, expr);
      case 'list':
        return checkList(this, expr);
      case 'map':
        return checkMap(this, expr);
      case 'struct':
        return checkStruct(this, expr);
      case 'fold':
        return checkFold(this, expr);
      case 'bind':
        return checkBind(this, expr);
    }
  }

  undeclared(at: number, name: string): Type {
    this.issue(at, `undeclared reference to '${name}' (in container '')`);
    return { kind: 'error' };
  }

  // Locals hide variables, variables hide constants; a leading dot skips the locals.
  private ident(expr: Expr, written: string): Type | undefined {
    const name = written.startsWith('.') ? written.slice(1) : written;
    const local = this.local(written);
    if (local) {
      this.references.set(expr, { kind: 'local', local });
      return local.type;
    }
    const variable = this.declarations.variables.get(name);
    if (variable) {
      this.references.set(expr, { kind: 'variable', name, slot: variable.slot });
      return variable.type;
    }
    const constant = this.declarations.constants.get(name);
    if (!constant) return undefined;
    this.references.set(expr, { kind: 'constant', value: constant.value });
    return constant.type;
  }

  private local(name: string): Local | undefined {
    return this.scope.findLast((local) => local.name === name);
  }

  private select(expr: Select): Type {
    const path = this.dottedName(expr);
    const named = path === undefined ? undefined : this.ident(expr, path);
    if (named) return named;
    const field = this.field(expr);
    return expr.mode === 'test' ? BOOL : this.substitution.apply(field);
  }

  dottedName(expr: Expr): string | undefined {
    if (expr.kind === 'ident') return this.local(expr.name) ? undefined : expr.name;
    if (expr.kind !== 'select' || expr.mode !== 'value') return undefined;
    const prefix = this.dottedName(expr.operand);
    return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
  }

  private field(expr: Select): Type {
    const operand = this.substitution.apply(this.check(expr.operand));
    const unwrapped = unwrapOptional(operand);
    const type = this.fieldOf(expr, unwrapped ?? operand);
    return unwrapped || expr.mode === 'optional' ? optional(type) : type;
  }

  private fieldOf(expr: Select, target: Type): Type {
    switch (target.kind) {
      case 'map':
        return target.value;
      case 'struct': {
        if (target.fields === 'any') return DYN;
        const type = target.fields.get(expr.field);
        if (type) return type;
        this.issue(expr.at, `undefined field '${expr.field}'`);
        return { kind: 'error' };
      }
      case 'parameter':
        this.assignable(DYN, target);
        return DYN;
      case 'dyn':
      case 'error':
        return DYN;
      default:
        this.issue(expr.at, `type '${formatType(target)}' does not support field selection`);
        return DYN;
    }
  }
}

function typeOfLiteral(value: Value): Type {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'string') return STRING;
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof Uint) return UINT;
  return isInt(value) ? INT : DOUBLE;
}
