import { describe, expect, it } from 'vitest';
import { activation } from './activation.ts';
import { isBudgetError } from './budget.ts';
import type { Environment } from './environment.ts';
import { formatIssues } from './issue.ts';
import { kubernetesEnvironment } from './kubernetes.ts';
import { BOOL, DYN, INT, opaque, STRING, struct } from './type.ts';
import { Boxed, CelError, LazyStruct, type Result, type Value } from './value.ts';

const kubernetes = kubernetesEnvironment('1.36', { params: true });

function run(
  environment: Environment,
  source: string,
  values: Readonly<Record<string, Value>> = {},
  limit?: number,
): Result {
  const compilation = environment.compile(source);
  if (!compilation.ok) throw new Error(formatIssues(source, compilation.issues));
  return compilation.program.evaluate(activation(environment, values, limit));
}

function refused(environment: Environment, source: string, ...expected: readonly (typeof BOOL)[]): string {
  const compilation = environment.compile(source, expected.length > 0 ? expected : undefined);
  return compilation.ok ? 'compiled' : formatIssues(source, compilation.issues);
}

class Variables extends LazyStruct {
  readonly typeName = 'kubernetes.variables';
  readonly asked: string[] = [];

  override field(name: string): Result {
    this.asked.push(name);
    return name === 'bad' ? new CelError('not today') : 42;
  }
}

describe('an environment', () => {
  it('keeps the slots of its variables when it is extended', () => {
    const extended = kubernetes.extend({ variables: { item: DYN, object: STRING } });
    for (const [name, slot] of kubernetes.slots) expect(extended.slots.get(name)).toBe(slot);
    expect(extended.slots.get('item')).toBe(kubernetes.slots.size);
    expect(refused(extended, 'object + 1')).toContain(
      "found no matching overload for '_+_' applied to '(string, int)'",
    );
  });

  it('tells what an expression reads and calls', () => {
    const resources = kubernetes.extend({
      variables: { resources: opaque('test.Resources') },
      functions: [
        {
          name: 'get',
          overloads: [
            { id: 'get', member: true, parameters: [opaque('test.Resources'), STRING], result: DYN, call: () => null },
          ],
        },
      ],
    });
    const compilation = resources.compile(
      "object.spec.x == 1 && resources.get('v1') == null && params.all(request, request)",
    );
    if (!compilation.ok) throw new Error('refused');
    expect([...compilation.program.references].sort()).toEqual(['object', 'params', 'resources']);
    expect(compilation.program.calls.find(({ name }) => name === 'get')).toEqual({
      name: 'get',
      literals: [undefined, 'v1'],
    });
  });

  it('asks a lazy struct for the fields that an evaluation uses, and only for them', () => {
    const fields = struct('kubernetes.variables', { good: INT, bad: INT, unused: INT });
    const extended = kubernetes.extend({ variables: { variables: fields } });
    const variables = new Variables();
    expect(run(extended, 'variables.good == 42 || variables.bad == 1', { variables })).toBe(true);
    expect(variables.asked).toEqual(['good']);
    expect(run(extended, 'variables.bad == 1', { variables })).toMatchObject({ message: 'not today' });
    expect(refused(extended, 'variables.missing')).toContain("undefined field 'missing'");
  });

  it('refuses a result of another type, and dyn unless it is asked for', () => {
    expect(refused(kubernetes, '1', BOOL)).toContain('must evaluate to bool but got int');
    expect(refused(kubernetes, 'object', BOOL)).toContain('must evaluate to bool but got dyn');
    expect(refused(kubernetes, '1', STRING, BOOL)).toContain('must evaluate to one of [string bool] but got int');
    expect(refused(kubernetes, 'object', DYN)).toBe('compiled');
  });

  it('points to a problem with line, column and a caret', () => {
    expect(refused(kubernetes, "'é' == 'x' &&\n  nosuch")).toBe(
      "ERROR: <input>:2:3: undeclared reference to 'nosuch' (in container '')\n |   nosuch\n | ..^",
    );
  });

  it('says which variable has no value', () => {
    expect(run(kubernetes, 'object.spec')).toMatchObject({ message: 'no such attribute(s): object', at: 0 });
  });

  it('has what a version has', () => {
    const later = {
      name: 'later',
      since: '1.37',
      overloads: [{ id: 'later', parameters: [], result: INT, call: () => 1 }],
    } as const;
    expect(refused(kubernetesEnvironment('1.36').extend({ functions: [later] }), 'later()')).toContain('undeclared');
    expect(refused(kubernetesEnvironment('1.37').extend({ functions: [later] }), 'later()')).toBe('compiled');
  });
});

describe('fields in backticks', () => {
  const object = { 'a/b': 1 };
  it('are read since 1.37', () => {
    expect(run(kubernetesEnvironment('1.37'), 'object.`a/b`', { object })).toBe(1);
    expect(refused(kubernetesEnvironment('1.36'), 'object.`a/b`')).toBe(
      "ERROR: <input>:1:8: unsupported syntax: '`'\n | object.`a/b`\n | .......^",
    );
  });
});

describe('keys that JavaScript knows', () => {
  const object = JSON.parse('{"__proto__": "p", "own": {"constructor": 1}, "list": [1]}') as Value;
  it.each<[string, Value]>([
    ['object.__proto__', 'p'],
    ['has(object.own.constructor)', true],
    ['has(object.own.toString)', false],
    ['has(object.own.__proto__)', false],
    ["'hasOwnProperty' in object", false],
    ["'__proto__' in object", true],
    ["object.own[?'valueOf'].hasValue()", false],
    ["{'__proto__': 1}.__proto__", 1],
    ["{'a': 1}.?constructor.hasValue()", false],
  ])('%s', (source, expected) => {
    expect(run(kubernetes, source, { object })).toEqual(expected);
  });

  it('are errors where they are missing, even on lists', () => {
    expect(run(kubernetes, 'object.own.toString', { object })).toMatchObject({ message: 'no such key: toString' });
    expect(run(kubernetes, 'object.list.length', { object })).toMatchObject({
      message: "unsupported index type 'string' in list",
    });
  });
});

describe('the budget', () => {
  const object = { list: Array.from({ length: 1000 }, (_, index) => index) };

  it('ends an evaluation, and nothing absorbs its error', () => {
    const result = run(kubernetes, 'object.list.all(x, object.list.all(y, x + y >= 0)) || true', { object }, 10_000);
    expect(isBudgetError(result)).toBe(true);
    expect(result).toMatchObject({ message: 'operation cancelled: actual cost limit exceeded' });
  });

  it('adds up over the expressions of an activation', () => {
    const compilation = kubernetes.compile('object.list.all(x, x >= 0)');
    if (!compilation.ok) throw new Error('refused');
    const inputs = activation(kubernetes, { object }, 8_000);
    expect(compilation.program.evaluate(inputs)).toBe(true);
    expect(inputs.cost).toBe(5003);
    expect(isBudgetError(compilation.program.evaluate(inputs))).toBe(true);
  });
});

describe('unknowns', () => {
  class Unknown extends Boxed {
    readonly typeName = 'test.Unknown';
    override equals(): boolean {
      return false;
    }
  }
  const ask = {
    name: 'ask',
    overloads: [{ id: 'ask', parameters: [], result: BOOL, call: () => new CelError('not known', 'unknown') }],
  };
  const environment = kubernetes.extend({ functions: [ask], variables: { x: opaque('test.Unknown') } });

  it.each([
    ['ask() || true', true],
    ['ask() && false', false],
  ])('%s is decided by the rest', (source, expected) => {
    expect(run(environment, source, { x: new Unknown() })).toBe(expected);
  });

  it.each(['ask() && true', '1 / 0 == 1 || ask()', '[1, 2].all(i, i / 0 == 1 || ask())', 'ask() ? 1 : 2'])(
    '%s is not known',
    (source) => {
      expect(run(environment, source)).toMatchObject({ kind: 'unknown', message: 'not known' });
    },
  );
});
