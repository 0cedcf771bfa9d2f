/** A grammar of CEL over the fields of a kind: mostly well typed, now and then wrong on purpose. */
import type { KindName } from './kinds.ts';
import type { Random } from './random.ts';
import {
  COLLECTIONS,
  joined,
  NAMESPACE_OBJECT,
  on,
  PARAMS,
  REQUEST,
  TERMS,
  type Terms,
  type TermType,
} from './terms.ts';
import { trickyCondition } from './tricky.ts';

export interface Scope {
  readonly kind: KindName;
  /** `object`, or `oldObject` where the request has no other. */
  readonly main: 'object' | 'oldObject';
  readonly params?: 'ConfigMap' | 'custom';
  /** Declared so far: `variables.<name>`. */
  readonly variables: Partial<Record<TermType, readonly string[]>>;
  /** Terms that are in scope beside all others: of a loop's variable. */
  readonly local?: Terms;
}

export interface Grammar {
  condition(depth?: number): string;
  /** A condition that holds or not, and never fails. */
  safe(): string;
  of(type: TermType, depth?: number): string;
}

const LITERALS: Readonly<Record<TermType, readonly string[]>> = {
  int: ['0', '1', '3', '80', '-1', '1000'],
  double: ['0.5', '1.0', '-2.5', '1e3'],
  string: ['"web"', '"live"', '""', '"nginx:latest"', '"a"', '"ü"'],
  bool: ['true', 'false'],
  list: ['["a", "b"]', '[1, 2]', '[]'],
  map: ['{"app": "web"}', '{}'],
  quantity: ['quantity("1")', 'quantity("500Mi")', 'quantity("1.5")'],
};

const SAFE: readonly string[] = [
  '@.metadata.name != "live"',
  'size(@.metadata.name) > 6',
  '!("app" in @.metadata.?labels.orValue({}))',
  '@.metadata.?labels[?"app"].orValue("") == "web"',
  'request.operation != "CREATE"',
  'namespaceObject == null || "env" in namespaceObject.metadata.labels',
  '"developers" in request.userInfo.groups',
  'request.userInfo.username != "bob"',
  '!has(@.metadata.annotations) || @.metadata.annotations.all(k, k != "note")',
  'has(@.metadata.never)',
];

/** Expressions for policies about the scope. */
export function grammarOf(random: Random, scope: Scope): Grammar {
  const terms = termsOf(scope);
  const grammar: Grammar = {
    condition: (depth = 2) => (random.chance(0.2) ? trickyCondition(random, scope.main) : conditionOf(depth)),
    safe: () => random.pick(SAFE).replaceAll('@', scope.main),
    of: (type, depth = 1) => termOf(type, depth),
  };

  function termOf(type: TermType, depth: number): string {
    if (type === 'bool' && depth > 0) return grammar.condition(depth - 1);
    const compound = depth > 0 && random.chance(0.4) ? compoundOf(type, depth - 1) : undefined;
    if (compound !== undefined) return compound;
    const known = [...terms[type], ...(scope.variables[type] ?? [])];
    return known.length > 0 && random.chance(0.75) ? random.pick(known) : random.pick(LITERALS[type]);
  }

  function compoundOf(type: TermType, depth: number): string | undefined {
    const part = (of: TermType): string => termOf(of, depth);
    switch (type) {
      case 'int':
        return random.pick([
          () => `(${part('int')} ${random.pick(['+', '-', '*', '/', '%'])} ${part('int')})`,
          () => `size(${part(random.pick(['string', 'list', 'map']))})`,
          () => `${part('string')}.indexOf(${part('string')})`,
          () => `(${part('bool')} ? ${part('int')} : ${part('int')})`,
        ])();
      case 'double':
        return `(${part('double')} ${random.pick(['+', '-', '*', '/'])} ${part('double')})`;
      case 'string':
        return random.pick([
          () => `(${part('string')} + ${part('string')})`,
          () => `string(${part(random.pick(['int', 'double', 'bool']))})`,
          () => `${part('string')}.${random.pick(['lowerAscii()', 'upperAscii()', 'trim()', 'charAt(0)'])}`,
          () => `${part('string')}.replace(${part('string')}, "-")`,
          () => `(${part('bool')} ? ${part('string')} : ${part('string')})`,
        ])();
      case 'list':
        return `${part('list')}.filter(x, x != ${part('string')})`;
      case 'quantity':
        return `${part('quantity')}.${random.pick(['add', 'sub'])}(${part('quantity')})`;
      default:
        return undefined;
    }
  }

  function conditionOf(depth: number): string {
    if (depth <= 0 || random.chance(0.45)) return simpleCondition();
    const part = (): string => grammar.condition(depth - 1);
    return random.weighted<() => string>([
      [4, () => `(${part()}) ${random.pick(['&&', '||'])} (${part()})`],
      [1, () => `!(${part()})`],
      [1, () => `(${part()}) ? (${part()}) : (${part()})`],
      [3, () => quantified(depth)],
    ])();
  }

  function simpleCondition(): string {
    const type = random.pick(['int', 'double', 'string', 'quantity', 'list', 'map', 'bool'] as const);
    const part = (of: TermType): string => termOf(of, of === 'bool' ? 0 : 1);
    const compared = `${part(type)} ${random.pick(['==', '!='])} ${part(type)}`;
    switch (type) {
      case 'int':
      case 'double':
        return random.chance(0.3) ? compared : `${part(type)} ${random.pick(['<', '<=', '>', '>='])} ${part(type)}`;
      case 'string':
        return random.pick([
          compared,
          `${part('string')}.${random.pick(['startsWith', 'endsWith', 'contains'])}(${part('string')})`,
          `${part('string')}.matches("${random.pick(['^[a-z]+$', 'web|db', '.*:v?[0-9.]+$', '^$', '\\\\d'])}")`,
          `${part('string')} in ${part(random.pick(['list', 'map']))}`,
        ]);
      case 'quantity':
        return `${part('quantity')}.${random.pick(['isGreaterThan', 'isLessThan'])}(${part('quantity')})`;
      case 'bool':
        return part('bool');
      default:
        return random.chance(0.5) ? compared : `size(${part(type)}) > ${part('int')}`;
    }
  }

  function quantified(depth: number): string {
    const { list, item } = random.pick(COLLECTIONS[scope.kind]);
    const name = random.pick(['c', 'each']);
    const inner = grammarOf(random, { ...scope, local: on(item, name) });
    const over = list.replaceAll('@', scope.main);
    return `${over}.${random.pick(['all', 'exists', 'exists_one'])}(${name}, ${inner.condition(depth - 1)})`;
  }

  return grammar;
}

function termsOf({ kind, main, params, local }: Scope): Terms {
  const own = on(TERMS[kind], main);
  // The object's own fields come more than once: they are what policies are about.
  return joined(
    own,
    own,
    on(TERMS[kind], 'oldObject'),
    REQUEST,
    NAMESPACE_OBJECT,
    ...[params ? PARAMS[params] : [], local ? [local, local, local] : []].flat(),
  );
}
