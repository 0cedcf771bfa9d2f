import { describe, expect, it } from 'vitest';
import { formatIssues } from './issue.ts';
import { kubernetesEnvironment } from './kubernetes.ts';
import { BOOL, DYN, INT, list, NULL, STRING, type Type } from './type.ts';
import { typeId } from './type-format.ts';

const environment = kubernetesEnvironment('1.36', { params: true, patchTypes: true }).extend({
  variables: { count: INT, names: list(STRING), name: STRING },
});

function checked(source: string, ...expected: readonly Type[]): string {
  const compilation = environment.compile(source, expected.length > 0 ? expected : undefined);
  return compilation.ok ? typeId(compilation.program.type) : formatIssues(source, compilation.issues);
}

describe('types', () => {
  it.each([
    ['object.spec', 'dyn'],
    ['count + 1', 'int'],
    ['dyn(1) == 1.0', 'bool'],
    ['names.map(n, n.size())', 'list(int)'],
    ['names.filter(n, n != name)', 'list(string)'],
    ["{'a': count}", 'map(string, int)'],
    ['true ? 1 : 2', 'int'],
    ['true ? dyn(1) : 2', 'dyn'],
    ["[?optional.of('a')]", 'list(string)'],
    ["{'a': 1}.?a", 'optional_type(int)'],
    ['request.userInfo.groups', 'list(string)'],
    ["duration('1h')", 'google.protobuf.Duration'],
    ['type(1)', 'type(int)'],
    ['names.transformMap(i, n, n)', 'map(int, string)'],
    ['Object{spec: Object.spec{}}', 'Object'],
  ])('%s is %s', (source, type) => {
    expect(checked(source)).toBe(type);
  });
});

describe('problems', () => {
  it.each([
    ['nosuch', "1:1: undeclared reference to 'nosuch' (in container '')", '^'],
    ['nosuch(1)', "1:7: undeclared reference to 'nosuch' (in container '')", '......^'],
    ['count + name', "1:7: found no matching overload for '_+_' applied to '(int, string)'", '......^'],
    ['1 == 1.0', "1:3: found no matching overload for '_==_' applied to '(int, double)'", '..^'],
    ['name.size(1)', "1:10: found no matching overload for 'size' applied to 'string.(int)'", '.........^'],
    ['count && true', "1:1: expected type 'bool' but found 'int'", '^'],
    ['names.all(n, n)', "1:14: expected type 'bool' but found 'string'", '.............^'],
    ['count.field', "1:6: type 'int' does not support field selection", '.....^'],
    ['request.nosuch', "1:8: undefined field 'nosuch'", '.......^'],
    ['[1, name]', "1:5: expected type 'int' but found 'string'", '....^'],
    ["name.matches('[')", '1:14: invalid matches argument', '.............^'],
    [
      'count.all(n, true)',
      "1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
      '^',
    ],
  ])('%s', (source, message, caret) => {
    expect(checked(source)).toBe(`ERROR: <input>:${message}\n | ${source}\n | ${caret}`);
  });

  it('are all told, in the order of the source', () => {
    expect(checked('a && b').match(/reference to '\w'/g)).toEqual(["reference to 'a'", "reference to 'b'"]);
  });
});

describe('the expected type', () => {
  it.each<[string, readonly Type[], string]>([
    ['true', [BOOL], 'bool'],
    ['name', [STRING, NULL], 'string'],
    ['object', [DYN], 'dyn'],
    ['object', [BOOL], 'must evaluate to bool but got dyn'],
    ['1', [STRING, NULL], 'must evaluate to one of [string null_type] but got int'],
    ['names', [list(INT)], 'must evaluate to list(int) but got list(string)'],
  ])('%s for %j', (source, expected, found) => {
    expect(checked(source, ...expected)).toContain(found);
  });
});
