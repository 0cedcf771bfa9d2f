/** Files hold anything: the same object is found in every form that it may have, and what is none is named. */
import { expect, it } from 'vitest';
import { PROBE, setOf } from '../../test/support/policies.ts';
import { formatProblem } from '../policy/problem.ts';
import { audit } from './audit.ts';
import { readManifests } from './manifests.ts';

const SET = setOf([PROBE]);
const BLOCK = `apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
  containers:
    - name: web
      image: nginx
      resources: {limits: {cpu: 2, memory: 64Mi}}
`;
const JSON_POD =
  '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}';

function judge(text: string) {
  const { objects, problems, skipped } = audit(readManifests([{ file: 'a.yaml', text }]), SET, { now: 0 });
  return {
    found: objects.flatMap(({ kind, name, line, findings }) =>
      findings.map((finding) => `${kind} ${name} at ${line}: ${finding.message}`),
    ),
    problems: problems.map(formatProblem),
    skipped: skipped.map(({ line, reason }) => `${line}: ${reason}`),
  };
}
const indented = (text: string): string => text.replace(/^/gm, '  ').trimEnd();

it.each<[string, string, number]>([
  ['blocks', BLOCK, 1],
  ['flow mappings', JSON_POD.replaceAll('"', ''), 1],
  ['JSON', JSON_POD, 1],
  ['JSON over lines', JSON.stringify(JSON.parse(JSON_POD), null, 2), 1],
  ['JSON in YAML', `# rendered\n---\n${JSON_POD}\n---\n`, 3],
  ['a List', `apiVersion: v1\nkind: List\nitems:\n  -${indented(BLOCK).slice(1).replaceAll('\n', '\n  ')}\n`, 4],
  ['a typed List in JSON', `{"apiVersion": "v1", "kind": "PodList", "items": [${JSON_POD}]}`, 1],
  ['CRLF', BLOCK.replaceAll('\n', '\r\n'), 1],
  ['a byte order mark', `\uFEFF${BLOCK}`, 1],
  ['what follows the end of a document', `a: 1\n...\n${BLOCK}`, 3],
  [
    'anchors and merge keys',
    BLOCK.replace('    - name: web', '    - &c\n      name: web').concat('    - <<: *c\n      readinessProbe: {}\n'),
    1,
  ],
  ['comments all over', BLOCK.replaceAll('\n', ' # so\n'), 1],
])('finds it in %s', (_, text, line) => {
  const { found, problems } = judge(text);
  expect(problems).toEqual([]);
  expect(found).toEqual([`Pod a at ${line}: Container web has no probe.`]);
});

it.each<[string, string, string]>([
  [
    'a container list that is an object',
    BLOCK.replace('- name: web', '  name: web'),
    'a.yaml:6:3: cannot be read as Pod: spec.containers is an object, expected a list',
  ],
  ['no kind', BLOCK.replace('kind: Pod\n', ''), 'a.yaml:1:1: this object has no kind'],
  ['no name', BLOCK.replace('  name: a\n', '  labels: {}\n'), 'a.yaml:3:1: this Pod has no name'],
  ['a Helm template', 'metadata:\n  {{- if .Values.on }}\n', 'a.yaml:2:'],
  [
    'a key that is there twice',
    BLOCK.replace('  name: a\n', '  name: b\n  name: a\n'),
    'a.yaml:5:3: the key "name" is there twice',
  ],
  ['a tab', `a:\n\tb: 1\n`, 'a.yaml:2:'],
])('names %s, and judges what stands beside it', (_, text, problem) => {
  const { found, problems } = judge(`${text}---\n${BLOCK}`);
  expect(problems[0]).toContain(problem);
  expect(found.at(-1)).toMatch(/^Pod a at \d+: Container web has no probe\.$/);
});

it.each<[string, string]>([
  ['an empty file', ''],
  ['comments', '# nothing\n---\n# here\n'],
  ['values', 'image: {tag: 1}\nreplicas: 2\n'],
  ['plain text', 'just a note\n'],
  ['a list', '- a\n- b\n'],
])('makes nothing of %s', (_, text) => {
  expect(judge(text)).toMatchObject({ found: [], problems: [] });
});

it('says of what helm has rendered which template it comes from', () => {
  const rendered = ['web', 'db'].map((name) => `---\n# Source: shop/templates/${name}.yaml\n${BLOCK}`).join('');
  const { objects } = audit(readManifests([{ file: 'stdin', text: rendered + BLOCK.replace(/^/, '---\n') }]), SET, {
    now: 0,
  });
  expect(objects.map(({ line, template }) => [line, template])).toEqual([
    [3, 'shop/templates/web.yaml'],
    [14, 'shop/templates/db.yaml'],
    [24, undefined],
  ]);
});
