import { expect, it } from 'vitest';
import type { Finding, Path } from '../engine/decision.ts';
import { type Mark, withMarks } from './template.ts';

/** The template is one for what the first `depth` steps of the path lead to. */
function mark(path: Path, text?: string, depth = 0): Mark {
  const finding = { policy: 'some-policy', message: 'It\nis not good.', remediation: 'Make it good.' } as Finding;
  return { path, finding, template: text === undefined ? undefined : { text, depth } };
}

const NOTE = (indent: string): string =>
  `${indent}# tidegate: some-policy: It is not good.\n${indent}# Make it good.\n`;

const POD = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    # The only one.
    - name: web
      image: web # old
      # resources: {}
    - name: two
  tty: {a: {b: 1}}
`;

/** What is added, and that it is added once. */
function expectMarked(path: Path, after: string, template?: string, depth = 0): void {
  const marked = withMarks(POD, [mark(path, template, depth)]);
  expect(marked).toBe(after);
  expect(withMarks(marked, [mark(path, template, depth)])).toBe(marked);
}

it('marks a missing field at the end of what it is missing from, with what to fill in', () => {
  const template = 'readinessProbe:\n  httpGet: { path: <path>, port: <port> }\n';
  const filled = '      # readinessProbe:\n      #   httpGet: { path: <path>, port: <port> }\n';
  expectMarked(
    ['spec', 'containers', 0, 'readinessProbe', 'httpGet'],
    POD.replace('web # old\n', `web # old\n${NOTE('      ')}${filled}`),
    template,
    3,
  );
  expectMarked(['spec', 'affinity'], `${POD}${NOTE('  ')}`);
});

it('leaves out of what to fill in what is there already', () => {
  const template = 'spec:\n  securityContext:\n    runAsUser: <user>\n';
  const path = ['spec', 'securityContext', 'runAsUser'];
  const rest = '  # securityContext:\n  #   runAsUser: <user>\n';
  expectMarked(path, `${POD}${NOTE('  ')}${rest}`, template);
  const image = `${NOTE('      ')}      # image: <image>\n`;
  expectMarked(
    ['spec', 'containers', 0, 'image'],
    POD.replace('      image', `${image}      image`),
    'image: <image>\n',
    3,
  );
});

it('marks a field above it, an item above its dash, and the object above all', () => {
  expectMarked(['spec', 'containers', 0, 'image'], POD.replace('      image', `${NOTE('      ')}      image`));
  expectMarked(['spec', 'containers', 0, 'name'], POD.replace('    - name: web', `${NOTE('    ')}    - name: web`));
  expectMarked(['spec', 'containers', 1], POD.replace('    - name: two', `${NOTE('    ')}    - name: two`));
  expectMarked([], `${NOTE('')}${POD}`);
});

it('goes around brackets, which hold no comments that read well', () => {
  expectMarked(['spec', 'tty', 'a', 'c'], POD.replace('  tty:', `${NOTE('  ')}  tty:`));
  const json = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}\n';
  expect(withMarks(json, [mark(['spec'])])).toBe(json);
});

it('marks where blocks end together from the inner one to the outer one, and what comes next after them', () => {
  const text = `spec:
  containers:
    - name: web
      lifecycle:
        preStop: {}
    - name: two
`;
  const marked = withMarks(text, [
    mark(['spec', 'containers', 0, 'image'], 'image: web', 3),
    mark(['spec', 'containers', 1]),
    mark(['spec', 'containers', 1, 'image'], 'image: two', 3),
    mark(['spec', 'hostUsers'], 'hostUsers: false', 1),
    mark(['spec', 'containers', 0, 'lifecycle', 'stopSignal'], 'stopSignal: SIGINT', 4),
  ]);
  const filledIn = marked.replace(/^ *# (?:tidegate:|Make).*\n/gm, '').replaceAll('# ', '');
  expect(filledIn).toBe(`spec:
  containers:
    - name: web
      lifecycle:
        preStop: {}
        stopSignal: SIGINT
      image: web
    - name: two
      image: two
  hostUsers: false
`);
  expect(marked).toContain(`image: web\n${NOTE('    ')}    - name: two`);
  const outer = mark(['spec', 'hostUsers']);
  const other = { ...outer, finding: { ...outer.finding, policy: 'other-policy' } };
  const later = withMarks(withMarks(text, [mark(['spec', 'containers', 1, 'image'])]), [other]);
  expect(later).toBe(`${text}${NOTE('      ')}${NOTE('  ').replace('some', 'other')}`);
});

it('marks each of several findings at one place, in their order', () => {
  const first = mark(['spec', 'x']);
  const second: Mark = { ...first, finding: { ...first.finding, policy: 'other-policy' } };
  const marked = withMarks(POD, [first, second]);
  expect(marked).toBe(POD + NOTE('  ') + NOTE('  ').replace('some', 'other'));
  expect(withMarks(marked, [second, first])).toBe(marked);
  expect(withMarks(POD, [first]).length).toBeGreaterThan(POD.length);
});

it('keeps line breaks, and a last line without one', () => {
  const open = POD.replaceAll('\n', '\r\n').trimEnd();
  const marked = withMarks(open, [mark(['spec', 'x'])]);
  expect(marked).toBe(`${open}\r\n${NOTE('  ').replaceAll('\n', '\r\n').trimEnd()}`);
  expect(withMarks(marked, [mark(['spec', 'x'])])).toBe(marked);
});

it('marks a document that begins with empty lines', () => {
  const marked = withMarks(`\n\n${POD}`, [mark([])]);
  expect(marked).toBe(`\n\n${NOTE('')}${POD}`);
  expect(withMarks(marked, [mark([])])).toBe(marked);
});

it('never reaches into a block of text', () => {
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  script: |\n    # a\n\n    b\n';
  const marked = withMarks(map, [mark(['data', 'x'])]);
  expect(marked).toBe(map + NOTE('  '));
});
