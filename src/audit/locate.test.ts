import { describe, expect, it } from 'vitest';
import { locatorOf } from './locate.ts';

const TEXT = `# a comment
base: &base
  env: 1
spec:
  containers:
  - name: a
    "image": x
  -   {name: b,
   ports: []}
  -
    name: c
    <<: *base
  - <<: [*base]
`;

describe('the place of a path', () => {
  const locate = locatorOf(TEXT);

  it.each([
    [[], 2, 1],
    [['spec'], 4, 1],
    [['spec', 'containers', 0], 6, 5],
    [['spec', 'containers', 0, 'image'], 7, 5],
    [['spec', 'containers', 1], 8, 7],
    [['spec', 'containers', 1, 'ports'], 9, 4],
    [['spec', 'containers', 2], 11, 5],
  ])('%j is %i:%i', (path, line, column) => {
    expect(locate(path)).toEqual({ line, column });
  });

  it('is that of the nearest parent for a field that is not there', () => {
    expect(locate(['spec', 'containers', 0, 'resources', 'limits'])).toEqual({ line: 6, column: 5 });
    expect(locate(['spec', 'containers', 9])).toEqual({ line: 5, column: 3 });
    expect(locate(['nothing'])).toEqual({ line: 2, column: 1 });
  });

  it('is where a merged field was written', () => {
    expect(locate(['spec', 'containers', 2, 'env'])).toEqual({ line: 3, column: 3 });
    expect(locate(['spec', 'containers', 3, 'env'])).toEqual({ line: 3, column: 3 });
  });
});

it('finds what is merged first, and in no time what anchors that hold each other do not have', () => {
  const ring = locatorOf(`a: &a\n  <<: [${Array(9).fill('*a').join()}]\n  b: 1\n`);
  expect(ring(['a', 'missing'])).toEqual({ line: 1, column: 1 });
  const levels = ['l0: &l0 {a: 1}'];
  for (let level = 1; level < 12; level++)
    levels.push(
      `l${level}: &l${level}\n  <<: [${Array(9)
        .fill(`*l${level - 1}`)
        .join()}]`,
    );
  const deep = locatorOf(levels.join('\n'));
  expect(deep(['l11', 'a'])).toEqual({ line: 1, column: 10 });
  expect(deep(['l11', 'missing'])).toEqual({ line: 22, column: 1 });
  expect(locatorOf('x: &x {a: 1}\ny: &y {a: 2}\nz: {<<: [*y, *x]}\n')(['z', 'a'])).toEqual({ line: 2, column: 8 });
});

it('finds the last of two equal keys, the one that counts', () => {
  expect(locatorOf('a: 1\nb: 2\na: 3\n')(['a'])).toEqual({ line: 3, column: 1 });
});

it('reads JSON, CRLF, and lines left of their block', () => {
  expect(locatorOf('{\n\t"a": {"b": [1,\n 2]}\n}')(['a', 'b', 1])).toEqual({ line: 3, column: 2 });
  expect(locatorOf('a: 1\r\nb:\r\n  c: 1\r\n')(['b', 'c'])).toEqual({ line: 3, column: 3 });
  expect(locatorOf('a:\n  b: ["x\ny", {c: 1}]\n')(['a', 'b', 1, 'c'])).toEqual({ line: 3, column: 6 });
});
