import { describe, expect, it } from 'vitest';
import type { Patch } from '../engine/decision.ts';
import { rewritten } from './rewrite.ts';

const HEAD = 'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\n';

/** What becomes of `data` under a patch of it; the head must stay as it is. */
function dataWith(data: string, ...patch: Patch): string {
  const result = rewritten(HEAD + data, [
    { index: 0, patch: patch.map((one) => ({ ...one, path: `/data${one.path}` })) },
  ]);
  if (!result.ok) return result.message;
  expect(result.text.startsWith(HEAD)).toBe(true);
  return result.text.slice(HEAD.length);
}

describe('a block', () => {
  const data = [
    'data:',
    '  # about a',
    '  a: 1   # one',
    '  list:',
    '  - name: x # first',
    '    image: "i:1" # old',
    "    env: [ 'A' ]",
    '    # the end of x',
    '',
    '  - name: y',
    '  # about b',
    '  b: two',
    '',
    '# the end',
    '',
  ].join('\n');

  it('gets a new scalar behind its last one, and a new block at its end', () => {
    expect(dataWith(data, { op: 'add', path: '/list/0/tty', value: true })).toBe(
      data.replace("    env: [ 'A' ]\n", "    env: [ 'A' ]\n    tty: true\n"),
    );
    expect(dataWith(data, { op: 'add', path: '/c', value: { d: [1, { e: 'f', g: {} }] } })).toBe(
      data.replace('  b: two\n', '  b: two\n  c:\n    d:\n    - 1\n    - e: f\n      g: {}\n'),
    );
  });

  it('keeps comment, spaces and quotes of a value that changes', () => {
    expect(dataWith(data, { op: 'replace', path: '/a', value: 2 })).toBe(data.replace('a: 1   #', 'a: 2   #'));
    expect(dataWith(data, { op: 'replace', path: '/list/0/image', value: 'i:2' })).toBe(data.replace('i:1', 'i:2'));
    expect(dataWith(data, { op: 'replace', path: '/list/0/env/0', value: "it's" })).toBe(
      data.replace("'A'", "'it''s'"),
    );
  });

  it('loses a field or an item with its own lines, and no other', () => {
    expect(dataWith(data, { op: 'remove', path: '/a' })).toBe(data.replace('  a: 1   # one\n', ''));
    expect(dataWith(data, { op: 'remove', path: '/list/1' })).toBe(data.replace('  - name: y\n', ''));
    expect(dataWith(data, { op: 'remove', path: '/list/0/name' })).toBe(data.replace('name: x # first\n    ', ''));
    expect(dataWith(data, { op: 'remove', path: '/list/1/name' })).toContain('  - {}\n');
  });

  it('becomes {} or [] where its last part goes', () => {
    expect(dataWith('data:\n  a: # why\n    b: 1\n', { op: 'remove', path: '/a/b' })).toBe('data:\n  a: {} # why\n');
    expect(dataWith('data:\n  a:\n    - b\n  c: 1\n', { op: 'remove', path: '/a/0' })).toBe('data:\n  a: []\n  c: 1\n');
  });

  it('gets items before, between and behind the others', () => {
    const list = 'data:\n  a:\n    - b # b\n    - c\n';
    const at = (path: string): string => dataWith(list, { op: 'add', path, value: { p: 1, q: 2 } });
    expect(at('/a/0')).toBe('data:\n  a:\n    - p: 1\n      q: 2\n    - b # b\n    - c\n');
    expect(at('/a/1')).toBe('data:\n  a:\n    - b # b\n    - p: 1\n      q: 2\n    - c\n');
    expect(at('/a/2')).toBe('data:\n  a:\n    - b # b\n    - c\n    - p: 1\n      q: 2\n');
  });

  it('begins where nothing was, or something empty', () => {
    const value = { cpu: '1', memory: '1Gi' };
    const block = '\n    cpu: "1"\n    memory: 1Gi\n';
    expect(dataWith('data:\n  a: {} # todo\n', { op: 'add', path: '/a/cpu', value: '1' })).toBe(
      'data:\n  a: # todo\n    cpu: "1"\n',
    );
    expect(dataWith('data:\n  a:\n  b: 1\n', { op: 'add', path: '/a', value })).toBe(`data:\n  a:${block}  b: 1\n`);
    expect(dataWith('data:\n  a: # later\n', { op: 'add', path: '/a', value })).toBe(`data:\n  a: # later${block}`);
    expect(dataWith('data:\n  a: 1', { op: 'replace', path: '/a', value })).toBe(`data:\n  a:${block.trimEnd()}`);
  });

  it('gives way to a single value, comments beside it kept', () => {
    const before = 'data:\n  a: # why\n    b: 1\n    c:\n      - d # last\n  e: |\n    text\n\n  f: 1\n';
    expect(dataWith(before, { op: 'replace', path: '/a', value: 'x' })).toBe(
      'data:\n  a: x # why # last\n  e: |\n    text\n\n  f: 1\n',
    );
    expect(dataWith(before, { op: 'replace', path: '/e', value: 'on' })).toBe(before.replace('|\n    text', '"on"'));
  });

  it('is written as wide as its neighbours', () => {
    const wide = 'data:\n    a:\n        b: 1\n    c:\n        - 1\n';
    expect(dataWith(wide, { op: 'add', path: '/d', value: { e: { f: [1] } } })).toBe(
      `${wide}    d:\n        e:\n            f:\n                - 1\n`,
    );
  });
});

describe('brackets', () => {
  it('gain and lose parts, blanks and commas as they should be', () => {
    const data = 'data: { a: {x: 1}, b: [ 1, 2, 3 ] } # end\n';
    expect(dataWith(data, { op: 'add', path: '/c', value: { d: 'e' } })).toBe(
      'data: { a: {x: 1}, b: [ 1, 2, 3 ], c: { d: e } } # end\n',
    );
    expect(dataWith(data, { op: 'remove', path: '/a' })).toBe('data: { b: [ 1, 2, 3 ] } # end\n');
    expect(dataWith(data, { op: 'remove', path: '/b/1' }, { op: 'remove', path: '/b/1' })).toContain('[ 1 ]');
    expect(dataWith(data, { op: 'remove', path: '/b/0' }, { op: 'remove', path: '/b/0' })).toContain('[ 3 ]');
    expect(dataWith(data, { op: 'add', path: '/b/0', value: 0 }, { op: 'add', path: '/b/4', value: 4 })).toContain(
      '[ 0, 1, 2, 3, 4 ]',
    );
    expect(dataWith(data, { op: 'remove', path: '/a/x' }, { op: 'add', path: '/a/y', value: 2 })).toContain('a: {');
  });

  it('over several lines get lines', () => {
    expect(dataWith('data: {\n  a: 1,\n  b: 2\n}\n', { op: 'add', path: '/c', value: 3 })).toBe(
      'data: {\n  a: 1,\n  b: 2,\n  c: 3\n}\n',
    );
  });
});

describe('JSON', () => {
  const json = (indent: string | number): string =>
    `${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'b', env: [] }] } }, null, indent)}\n`;
  const patch: Patch = [
    { op: 'add', path: '/spec/containers/0/resources', value: { limits: { cpu: '1' } } },
    { op: 'add', path: '/spec/containers/0/env/0', value: { name: 'A' } },
    { op: 'add', path: '/spec/hostNetwork', value: false },
  ];

  it.each([2, 4, '\t'])('is what JSON.stringify would make of it, indented by %j', (indent) => {
    const object = JSON.parse(json(0));
    object.spec.containers[0].env.push({ name: 'A' });
    object.spec.containers[0].resources = { limits: { cpu: '1' } };
    object.spec.hostNetwork = false;
    expect(rewritten(json(indent), [{ index: 0, patch }])).toEqual({
      ok: true,
      text: `${JSON.stringify(object, null, indent)}\n`,
    });
  });

  it('stays on its one line', () => {
    const result = rewritten(json(0), [{ index: 0, patch }]);
    expect(result.ok && JSON.parse(result.text).spec).toMatchObject({ hostNetwork: false });
    expect(result.ok && result.text.trim().split('\n').length).toBe(1);
  });
});

describe('what is shared', () => {
  const data = 'data:\n  base: &base\n    x: {n: 1}\n  a: *base\n  m:\n    <<: *base\n    y: 2\n';

  it('changes where all that share it want the same', () => {
    const both: Patch = ['base', 'a'].map((key) => ({ op: 'add', path: `/${key}/z`, value: 1 }));
    const alone = 'data:\n  base: &base\n    x: {n: 1}\n  a: *base\n';
    expect(dataWith(alone, ...both)).toBe(alone.replace('x: {n: 1}\n', 'x: {n: 1}\n    z: 1\n'));
  });

  it('is left alone where they do not', () => {
    expect(dataWith(data, { op: 'add', path: '/a/z', value: 1 })).toBe('an anchor and its aliases share the place');
    expect(dataWith(data, { op: 'replace', path: '/m/x/n', value: 2 })).toBe(
      'an anchor and its aliases share the place',
    );
    expect(dataWith(data, { op: 'remove', path: '/base' })).toBe('an anchor and its aliases share the place');
  });

  it('gives way to a value of its own beside a merge', () => {
    expect(dataWith(data, { op: 'replace', path: '/m/x', value: 5 })).toBe(data.replace('y: 2\n', 'y: 2\n    x: 5\n'));
    expect(dataWith(data, { op: 'replace', path: '/a', value: 5 })).toBe(data.replace('*base\n', '5\n'));
  });
});

describe('the text around', () => {
  it('keeps its line breaks', () => {
    const data = 'data:\r\n  a: {}\r\n  b: 1 # c\r\n';
    expect(dataWith(data, { op: 'add', path: '/a/x', value: [1] }, { op: 'add', path: '/c', value: 2 })).toBe(
      'data:\r\n  a:\r\n    x:\r\n      - 1\r\n  b: 1 # c\r\n  c: 2\r\n',
    );
  });

  it('may hold more objects, markers and comments', () => {
    const text = `# before\n--- # here\n${HEAD}---\n# between\nkind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: q\n`;
    const list = text.slice(text.indexOf('---\n# between'));
    const patch: Patch = [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }];
    expect(
      rewritten(list, [
        { index: 0, patch },
        { index: 1, patch },
      ]),
    ).toEqual({
      ok: true,
      text: list
        .replace('{name: p}', '{name: p, labels: {a: b}}')
        .replace('name: q\n', 'name: q\n    labels:\n      a: b\n'),
    });
  });

  it('may have a key twice: the last one counts', () => {
    const data = 'data:\n  a: 1\n  b: 1\n  a: 2\n';
    expect(dataWith(data, { op: 'replace', path: '/a', value: 3 })).toBe(data.replace('a: 2', 'a: 3'));
  });

  it('may begin lines inside quotes further left', () => {
    const data = "data:\n  s: 'one\n two'\n  a: 1\n";
    expect(dataWith(data, { op: 'replace', path: '/a', value: 2 })).toBe(data.replace('a: 1', 'a: 2'));
  });
});

describe('a string that YAML could take for something else', () => {
  it.each([
    'on',
    'no',
    'null',
    '1',
    '1e3',
    '0o7',
    '12:30:45',
    '2026-11-21',
    ' a',
    'a: b',
    'a #b',
    '',
    '-',
    '*a',
    '{{ x }}',
    'a\nb',
    '\u0007',
  ])('%j reads back as it was', (value) => {
    for (const data of ['data:\n  a: b\n', 'data: { a: b }\n', "data:\n  a: 'b'\n"]) {
      expect(dataWith(data, { op: 'replace', path: '/a', value })).toMatch(/^data:[ \n{]+a: ['"]/);
      expect(dataWith(data, { op: 'add', path: '/c', value: { d: [value] } })).toContain('c:');
    }
  });

  it.each(['plain', 'a/b.c-d', '400Mi', '50m', '0.5Gi', '25%', 'nginx:1.27', 'two words'])(
    '%j needs no quotes',
    (value) => {
      expect(dataWith('data:\n  a: b\n', { op: 'replace', path: '/a', value })).toBe(`data:\n  a: ${value}\n`);
    },
  );
});
