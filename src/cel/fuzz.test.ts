import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activation } from './activation.ts';
import { isBudgetError } from './budget.ts';
import { kubernetesEnvironment } from './kubernetes.ts';
import type { Program } from './program.ts';
import { tagged } from './tagged.ts';
import { CelError, type Result, type Value } from './value.ts';

const environment = kubernetesEnvironment('1.37', { params: true, patchTypes: true });

const OBJECT: Value = {
  metadata: { name: 'web', labels: { app: 'web', __proto__x: 'p' }, annotations: {} },
  spec: {
    replicas: 3,
    ratio: 0.5,
    containers: [
      { name: 'a', image: 'nginx:1' },
      { name: 'b', ports: [80, 443] },
    ],
    nothing: null,
  },
};

function evaluate(program: Program): { result: Result; cost: number } {
  const inputs = activation(environment, {
    object: OBJECT,
    oldObject: null,
    params: null,
    request: {},
    namespaceObject: {},
  });
  return { result: program.evaluate(inputs), cost: inputs.cost };
}

const shown = (result: Result): string =>
  JSON.stringify(result instanceof CelError ? { error: result.message } : tagged(result));

function compileAndRun(source: string): void {
  const compilation = environment.compile(source);
  if (!compilation.ok) {
    expect(compilation.issues.length).toBeGreaterThan(0);
    return;
  }
  const first = evaluate(compilation.program);
  const second = evaluate(compilation.program);
  expect(shown(second.result)).toBe(shown(first.result));
  expect(second.cost).toBe(first.cost);
  expect(shown(first.result)).not.toContain('internal error');
}

const WORDS =
  "object object.spec object.spec.containers object.metadata.labels oldObject params c x 1 0 -1 2u 1.5 'a' '' b'x' true false null [ ] ( ) { } , : ? . .? [? + - * / % ! == != < <= > >= in && || has( size( .all(c, .exists(c, .map(c, .filter(c, .exists_one(x, .transformMap(c,x, .optMap(x, .orValue( .size() .name .containers .contains( .matches( .sum() .sort() .distinct() type( int( string( double( timestamp( duration( quantity( Object{ JSONPatch{op: 'a'} optional.of( optional.none() [1,2,3] ['a','b'] {'a':1} __proto__ .constructor .toString".split(
    ' ',
  );

// Expressions that are well-formed by construction, so that evaluation is reached often.
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      '1',
      '-7',
      '2u',
      '1.5',
      "'a'",
      "''",
      'true',
      'false',
      'null',
      '[]',
      '{}',
      'object',
      'object.spec',
      'object.spec.containers',
      'object.metadata.labels',
      'object.spec.replicas',
      'object.spec.ratio',
      'object.spec.nothing',
      'object.missing',
      'oldObject',
      'c',
      "b'x'",
      'optional.none()',
      "timestamp('2024-01-01T00:00:00Z')",
      "duration('1h')",
    ),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', 'in', '&&', '||'),
        tie('expression'),
      )
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(
        fc.constantFrom('!', '-', 'size', 'type', 'int', 'string', 'double', 'dyn', 'bool', 'optional.of'),
        tie('expression'),
      )
      .map(([f, a]) => `${f}(${a})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom(
          '.name',
          '.?name',
          '.app',
          "['a']",
          '[0]',
          '[?0]',
          '.constructor',
          '.__proto__',
          '.size()',
          '.first()',
          '.hasValue()',
          '.reverse()',
          '.sum()',
          '.distinct()',
        ),
      )
      .map(([a, b]) => `(${a})${b}`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('all', 'exists', 'exists_one', 'map', 'filter', 'optMap', 'optFlatMap', 'sortBy'),
        tie('expression'),
      )
      .map(([a, m, b]) => `(${a}).${m}(c, ${b})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('all', 'existsOne', 'transformList', 'transformMap', 'transformMapEntry'),
        tie('expression'),
      )
      .map(([a, m, b]) => `(${a}).${m}(x, c, ${b})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([k, v]) => `{${k}: ${v}}`),
    tie('expression').map((a) => `Object{spec: ${a}}`),
    tie('expression').map((a) => `has((${a}).name)`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}).orValue(${b})`),
  ),
}));

describe('whatever a policy says', () => {
  it('compiles or is refused: any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), compileAndRun), { numRuns: 1000 });
  });

  it('compiles or is refused: any words of the language', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...WORDS), { maxLength: 25 }).map((words) => words.join(' ')),
        compileAndRun,
      ),
      { numRuns: 3000 },
    );
  });

  it('evaluates to the same answer and cost each time: well-formed expressions', () => {
    fc.assert(fc.property(expression, compileAndRun), { numRuns: 3000 });
  });
});

describe('whatever size it has', () => {
  const DEEP = 9_000;
  it.each([
    ['parentheses', `${'('.repeat(DEEP)}1${')'.repeat(DEEP)}`],
    ['lists', '['.repeat(DEEP)],
    ['maps', "{'a':".repeat(DEEP)],
    ['structs', 'Object{a:'.repeat(DEEP)],
    ['selections', `object${'.a'.repeat(DEEP)}`],
    ['indexes', `object${'[0]'.repeat(DEEP)}`],
    ['calls', 'size('.repeat(DEEP)],
    ['conditions', `${'true ? 1 : '.repeat(DEEP)}1`],
    ['sums', `${'1 + '.repeat(DEEP)}1`],
    ['macros', '[1].map(c, '.repeat(9_000)],
  ])('%s without an end are refused', (_, source) => {
    const compilation = environment.compile(source);
    expect(compilation.ok ? 'ok' : compilation.issues[0]?.message).toMatch(/recursion/);
  });

  it('refuses an expression that is too long', () => {
    const compilation = environment.compile(`'${'a'.repeat(100_000)}'`);
    expect(compilation.ok ? 'ok' : compilation.issues[0]?.message).toBe(
      'expression code point size exceeds limit: size: 100002, limit 100000',
    );
  });

  it.each([
    ['a long string', `'${'a\\n'.repeat(30_000)}'.size() == 60000`],
    ['a long chain of &&', `${'true && '.repeat(12_000)}true`],
    ['a long chain of !', `${'!'.repeat(90_000)}true`],
    ['a pattern that ends nowhere', `[dyn('a')].all(c, c.matches('${'['.repeat(90_000)}' + c)) || true`],
    ['a long list', `[${'1,'.repeat(40_000)}1].size() == 40001`],
  ])('takes %s', (_, source) => {
    const compilation = environment.compile(source);
    expect(compilation.ok && evaluate(compilation.program).result).toBe(true);
  });
});

describe('whatever it costs', () => {
  const list = `[${'1,'.repeat(200)}1]`;
  it.each([
    ['nested loops', [1, 2, 3, 4, 5].reduceRight((inner, n) => `${list}.all(v${n}, ${inner})`, 'true')],
    ['a chain of optMap', `optional.of(1)${'.optMap(x, x + 1)'.repeat(60)}`],
    ['text that grows', [1, 2, 3, 4, 5].reduce((text) => `${text}.replace('a', '${'a'.repeat(200)}')`, "'a'")],
    ['lists that double', `[[1]]${'.map(a, a + a)'.repeat(60)}`],
    ['values that share their parts', `[1]${'.map(a, [a, a])'.repeat(40)} == [1]${'.map(a, [a, a])'.repeat(40)}`],
    ['text of values that share their parts', `'%s'.format([[1]${'.map(a, [a, a])'.repeat(40)}])`],
    ['flattening them', `[1]${'.map(a, [a, a])'.repeat(40)}.flatten(40)`],
    ['adding them up', `dyn([1]${'.map(a, [a, a])'.repeat(40)}).min()`],
    ['patterns that are compiled', `${list}.all(c, !'b'.matches('a{1000}|' + string(c)))`],
    ['patterns that repeat', `${list}.all(c, !'b'.matches('${'a{1000}'.repeat(200)}' + string(c)))`],
    ['searches', `${list}.all(c, '${'a'.repeat(900)}'.matches('(a?){900}a{900}'))`],
    ['searches for all', `${list}.all(c, '${'a'.repeat(900)}'.findAll('(a?){900}a{900}').size() == 1)`],
    ['searches that read to the end', `'${'a'.repeat(90_000)}'.findAll('a*b|a').size() == 1`],
    ['sorting', `${list}.all(c, ${list}.all(d, lists.range(20000).sort()[0] == 0))`],
    ['looking into long lists', `lists.range(100000).all(c, c in lists.range(100000) || true)`],
    ['reading long text', `lists.range(100000).all(c, '${'€'.repeat(90_000)}'.charAt(c % 90000) == '€')`],
    ['bytes of long text', `lists.range(100000).all(c, bytes('${'€'.repeat(90_000)}' + string(c)).size() > 0)`],
    ['zones that are not there', `lists.range(100000).exists(c, timestamp(c).getHours('No/' + string(c)) == 25)`],
    ['lists that grow', [1, 2, 3, 4].reduce((inner) => `${list}.map(c, ${inner})`, '1')],
  ])('%s end at the limit', (_, source) => {
    const compilation = environment.compile(`(${source}) == dyn(1) || true`);
    if (!compilation.ok) throw new Error(compilation.issues[0]?.message);
    const { result } = evaluate(compilation.program);
    expect(isBudgetError(result)).toBe(true);
  });
});
