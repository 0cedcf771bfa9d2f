import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../policy/problem.ts';
import { readManifests } from './manifests.ts';

function read(text: string) {
  const { manifests, problems, skipped } = readManifests([{ file: 'a.yaml', text }]);
  return {
    manifests,
    names: manifests.map(({ kind, metadata }) => `${kind} ${metadata['name']}`),
    problems: problems.map(formatProblem),
    skipped,
  };
}

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

describe('objects', () => {
  it('come in the order of files and documents', () => {
    const given = [
      { file: 'b.yaml', text: `${configMap('one')}---\n${configMap('two')}` },
      { file: 'a.yaml', text: configMap('three') },
    ];
    const { manifests, files } = readManifests(given);
    expect(manifests.map(({ file, metadata }) => [file, metadata['name']])).toEqual([
      ['b.yaml', 'one'],
      ['b.yaml', 'two'],
      ['a.yaml', 'three'],
    ]);
    expect(files).toBe(2);
  });

  it('know the place of their fields in the file', () => {
    const { manifests } = read(`\uFEFF${configMap('one')}...\n# c\n---\r\n${configMap('two')}data:\r\n  a: b\r\n`);
    expect(manifests[1]?.locate(['metadata', 'name'])).toEqual({ line: 9, column: 12 });
    expect(manifests[1]?.locate(['data', 'a', 'b'])).toEqual({ line: 11, column: 3 });
  });

  it.each(['---\n\uFEFF', '\uFEFF---\n', '---\n# b\n\uFEFF', '---\n\uFEFF# b\n'])(
    'may follow %j, as where files were joined',
    (joint) => {
      const { names, manifests, problems } = read(`${configMap('one')}${joint}${configMap('two')}`);
      expect({ names, problems }).toEqual({ names: ['ConfigMap one', 'ConfigMap two'], problems: [] });
      expect(manifests[1]?.locate(['metadata'])).toEqual({ line: 5 + joint.split('\n').length, column: 1 });
    },
  );

  it('in a List count as if they stood alone, nested and typed lists included', () => {
    const item = '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: []}}';
    const typed = '{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: b}}]}';
    const { names, manifests } = read(`apiVersion: v1\nkind: List\nitems:\n- ${item}\n-\n  ${typed}\n`);
    expect(names).toEqual(['Pod a', 'ConfigMap b']);
    expect(manifests.map(({ locate }) => locate(['metadata', 'name']).line)).toEqual([4, 6]);
  });

  it('in an empty List are none, however its maker writes that', () => {
    const empty = ['items: []', 'items: null', 'metadata: {resourceVersion: ""}'].flatMap((rest) => [
      `kind: List\n${rest}`,
      `kind: PodList\n${rest}`,
    ]);
    const { names, problems, skipped } = read(empty.map((text) => `---\napiVersion: v1\n${text}\n`).join(''));
    expect({ names, problems, skipped }).toEqual({ names: [], problems: [], skipped: [] });
    expect(read('apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\n').names).toEqual(['AllowList a']);
  });

  it('may be JSON, by itself or inside YAML', () => {
    const json =
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": null}, "spec": {"containers": [null]}}';
    expect(read(json).problems).toEqual([
      'a.yaml:1:104: cannot be read as Pod: spec.containers[0] is null, expected an object',
    ]);
    expect(read(`---\n${json.replace('[null]', '[]')}\n---\n${configMap('b')}`).names).toEqual([
      'Pod a',
      'ConfigMap b',
    ]);
  });

  it.each([
    [
      'on lines of their own',
      '\n',
      [
        [1, 38],
        [2, 38],
        [3, 38],
      ],
    ],
    [
      'one behind the other',
      '',
      [
        [1, 38],
        [1, 102],
        [1, 166],
      ],
    ],
    [
      'with marks between them',
      '\n---\n',
      [
        [1, 38],
        [3, 38],
        [5, 38],
      ],
    ],
  ])('may be JSON values %s', (_, between, places) => {
    const one = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a}{"}}';
    const { names, manifests, problems } = read([one, one, one].join(between));
    expect({ names, problems }).toEqual({ names: ['ConfigMap a}{', 'ConfigMap a}{', 'ConfigMap a}{'], problems: [] });
    expect(manifests.map(({ locate }) => Object.values(locate(['metadata'])))).toEqual(
      places.map(([line = 0, column = 0]) => [line, column + 1]),
    );
  });

  it('without a name are judged, and named', () => {
    const { names, problems } = read(
      'apiVersion: v1\nkind: Service\nmetadata: {}\n---\napiVersion: v1\nkind: Service\n',
    );
    expect(names).toHaveLength(2);
    expect(problems).toEqual([
      'a.yaml:3:1: this Service has no name (give it a metadata.name)',
      'a.yaml:5:1: this Service has no name (give it a metadata.name)',
    ]);
    expect(read('apiVersion: v1\nkind: Service\nmetadata: {generateName: a-}\n').problems).toEqual([]);
  });
});

describe('one broken document', () => {
  it('is named, and every other one is read', () => {
    const { names, problems } = read(`${configMap('one')}---\na: [1\n---\n${configMap('two')}`);
    expect(names).toEqual(['ConfigMap one', 'ConfigMap two']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^a\.yaml:\d+:\d+: cannot be read as YAML: /);
  });

  it('among JSON values is named, and those before it are read', () => {
    const one = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}';
    const { names, problems } = read(`${one} ${one}\n${one.replace(':', ';')} {"kind": 1,, }\n${one}`);
    expect(names).toHaveLength(3);
    expect(problems).toEqual([
      'a.yaml:2:14: cannot be read as YAML: missed comma between flow collection entries',
      "a.yaml:2:75: cannot be read as YAML: expected the node content, but found ','",
    ]);
    expect(read('{{ if .Values.on }}\n{{ end }}\n').problems).toHaveLength(1);
    expect(read('{a: 1} # {b: 2}\n').problems).toEqual([]);
  });

  it('that is a Helm template gets the way out', () => {
    const { problems } = read('kind: Pod\n{{- if .Values.on }}\napiVersion: v1\n{{- end }}\n');
    expect(problems).toEqual([expect.stringContaining('helm template CHART | tidegate audit -')]);
  });

  it('may lack one of what every object has', () => {
    expect(read('kind: Pod\nmetadata: {name: a}\n').problems).toEqual([
      'a.yaml:1:1: this Pod has no apiVersion (a Kubernetes object needs apiVersion, kind and metadata.name)',
    ]);
    expect(read('apiVersion: v1\nkind: [Pod]\nmetadata: {name: a}\n').problems).toEqual([
      'a.yaml:2:1: the kind of this object is not a string (a Kubernetes object needs apiVersion, kind and metadata.name)',
    ]);
  });

  it('may have a key twice: it is judged by the last one', () => {
    const { problems, manifests } = read(`${configMap('one')}data:\n  a: first\n  a: second\n`);
    expect(problems).toEqual(['a.yaml:6:3: the key "a" is there twice, and only the last one counts']);
    expect(manifests[0]?.object['data']).toEqual({ a: 'second' });
  });

  it('may be JSON that has a key twice', () => {
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { a: '\\"": ' },
    });
    expect(read(json).problems).toEqual([]);
    const { problems, manifests } = read(json.replace('"name"', '"name": "b", "labels": {"x": "\\""}, "name" \n'));
    expect(problems).toEqual(['a.yaml:1:88: the key "name" is there twice, and only the last one counts']);
    expect(manifests[0]?.metadata).toEqual({ labels: { x: '"' }, name: 'a' });
  });

  it('that no server would decode is not judged', () => {
    const { names, problems } = read(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: b\n    command:\n  - sh\n  - -c\n',
    );
    expect(names).toEqual([]);
    expect(problems).toEqual([
      'a.yaml:8:5: cannot be read as Pod: spec.containers[1] is a string, expected an object (and 1 more like it: is the indentation right?)',
    ]);
    expect(read('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {port: 80, on: yes}\n').problems).toEqual([
      'a.yaml:4:8: cannot be read as ConfigMap: data.port is a number, expected a string (put it in quotes, and 1 more like it)',
    ]);
  });
});

it('tells a patch from an object', () => {
  const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n';
  expect(read(`${patch}spec:\n  replicas: 2\n`)).toMatchObject({
    names: ['Deployment a'],
    problems: [
      'a.yaml:4:1: this Deployment has no spec.template.spec.containers (a patch? judge what is built with it: kustomize build . | tidegate audit -)',
    ],
  });
  expect(read(`${patch}$patch: delete\n`)).toMatchObject({
    problems: [],
    skipped: [{ reason: 'a patch of kustomize, not a Kubernetes object' }],
  });
});

it("names other people's YAML, and makes no problem of it", () => {
  const texts = [
    'replicas: 2\n',
    '- a\n',
    'text\n',
    'apiVersion: v2\nname: chart\n',
    'apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\n',
  ];
  const { problems, skipped, names } = read(texts.join('---\n'));
  expect(names).toEqual([]);
  expect(problems).toEqual([]);
  expect(skipped.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    '1 no Kubernetes object: it has no apiVersion, kind and metadata',
    '3 a list, not a Kubernetes object',
    '5 plain text, not a Kubernetes object',
    '7 no Kubernetes object: it has no apiVersion, kind and metadata',
    '10 no object of a cluster: Kustomization of kustomize.config.k8s.io/v1, without metadata',
  ]);
});

const EXAMPLE = readFileSync(new URL('../../docs/examples/myblog.yaml', import.meta.url), 'utf8');
const SCRAPS = [
  '{',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '"',
  '&a ',
  '*a',
  '|',
  'null',
  '---\n',
  '...\n',
  '\t',
  '{{ x }}',
  '\uFEFF',
];
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(12),
  scrap: fc.constantFrom('', ...SCRAPS),
});

it('survives whatever is done to a file, and names every problem with its place', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
      const text = edits.reduce((whole, { at, cut, scrap }) => {
        const offset = Math.floor(at * whole.length);
        return whole.slice(0, offset) + scrap + whole.slice(offset + cut);
      }, EXAMPLE);
      const lines = text.split('\n').length;
      const { manifests, problems } = readManifests([{ file: 'a.yaml', text }]);
      expect(manifests.length + problems.length).toBeGreaterThan(0);
      for (const { line = 0, column = 0 } of problems) expect(line > 0 && line <= lines && column > 0).toBe(true);
      for (const { locate } of manifests) expect(locate(['spec', 'template']).line).toBeLessThanOrEqual(lines);
    }),
  );
});
