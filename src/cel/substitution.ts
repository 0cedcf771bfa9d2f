import { DYN, type Type } from './type.ts';

/** What type parameters have been found to stand for; unification adds to it, a failed attempt adds nothing. */
export class Substitution {
  private bindings = new Map<string, Type>();
  private fresh = 0;

  /** A type parameter that nothing else uses. */
  variable(): Type {
    return { kind: 'parameter', name: `_var${this.fresh++}` };
  }

  /** True where each of `from` can be used as its partner in `to`; binds the parameters that makes it so. */
  assignable(from: readonly Type[], to: readonly Type[]): boolean {
    const saved = new Map(this.bindings);
    if (this.unifyAll(from, to)) return true;
    this.bindings = saved;
    return false;
  }

  /** The type with all bound parameters replaced; unbound ones become `dyn` where `final`. */
  apply(type: Type, final = false): Type {
    switch (type.kind) {
      case 'parameter': {
        const bound = this.bindings.get(type.name);
        if (bound) return this.apply(bound, final);
        return final ? DYN : type;
      }
      case 'list':
        return { kind: 'list', element: this.apply(type.element, final) };
      case 'map':
        return { kind: 'map', key: this.apply(type.key, final), value: this.apply(type.value, final) };
      case 'type':
        return { kind: 'type', of: this.apply(type.of, final) };
      case 'opaque':
        if (type.parameters.length === 0) return type;
        return { ...type, parameters: type.parameters.map((parameter) => this.apply(parameter, final)) };
      default:
        return type;
    }
  }

  private unifyAll(from: readonly Type[], to: readonly Type[]): boolean {
    return from.length === to.length && from.every((type, index) => this.unify(type, to[index] as Type));
  }

  private unify(from: Type, to: Type): boolean {
    if (to.kind === 'parameter') {
      const bound = this.bindings.has(to.name);
      if (this.bind(from, to)) return true;
      if (bound) return false;
    }
    if (from.kind === 'parameter') return this.bind(to, from);
    if (isDynamic(from) || isDynamic(to)) return true;
    if (isNull(from)) return isNullable(to);
    if (isNull(to)) return isNullable(from);
    return this.unifyParts(from, to);
  }

  private unifyParts(from: Type, to: Type): boolean {
    if (from.kind === 'type') return to.kind === 'type';
    if (from.kind === 'list') return to.kind === 'list' && this.unify(from.element, to.element);
    if (from.kind === 'map')
      return to.kind === 'map' && this.unify(from.key, to.key) && this.unify(from.value, to.value);
    if (from.kind === 'opaque')
      return to.kind === 'opaque' && from.name === to.name && this.unifyAll(from.parameters, to.parameters);
    return sameType(from, to);
  }

  // Binds `parameter` to `type`, or to the more general of it and what is bound already.
  private bind(type: Type, parameter: Type & { kind: 'parameter' }): boolean {
    if (type.kind === 'parameter' && type.name === parameter.name) return true;
    const bound = this.bindings.get(parameter.name);
    if (!bound) {
      if (this.mentions(type, parameter.name)) return false;
      this.bindings.set(parameter.name, type);
      return true;
    }
    if (sameType(type, bound)) return true;
    if (!this.unify(type, bound)) return false;
    const general = moreGeneral(type, bound);
    if (!this.mentions(general, parameter.name)) this.bindings.set(parameter.name, general);
    return true;
  }

  private mentions(type: Type, name: string): boolean {
    if (type.kind === 'parameter') {
      if (type.name === name) return true;
      const bound = this.bindings.get(type.name);
      return bound !== undefined && this.mentions(bound, name);
    }
    return parts(type).some((part) => this.mentions(part, name));
  }
}

/** True for the same type; unbound parameters are the same by name. */
export function sameType(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  if ('name' in a && 'name' in b && a.name !== b.name) return false;
  const ofA = parts(a);
  const ofB = parts(b);
  return ofA.length === ofB.length && ofA.every((part, index) => sameType(part, ofB[index] as Type));
}

/** The more general of two types that unify; the first where they are equal. */
export function moreGeneral(a: Type, b: Type): Type {
  return isLessSpecific(a, b) ? a : b;
}

export function isDynamic(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

function isLessSpecific(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'parameter') return true;
  if (b.kind === 'dyn' || b.kind === 'parameter' || a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  if ('name' in a && 'name' in b && a.name !== b.name) return false;
  const ofA = parts(a);
  const ofB = parts(b);
  return ofA.length === ofB.length && ofA.every((part, index) => isLessSpecific(part, ofB[index] as Type));
}

function parts(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'type':
      return [type.of];
    case 'opaque':
      return type.parameters;
    default:
      return [];
  }
}

function isNull(type: Type): boolean {
  return type.kind === 'primitive' && type.name === 'null_type';
}

function isNullable(type: Type): boolean {
  if (type.kind === 'opaque' || type.kind === 'struct') return true;
  return type.kind === 'primitive' && (type.name === 'null_type' || type.name.startsWith('google.protobuf.'));
}
