import { expect, it } from 'vitest';
import { patchDiff } from './html-fix.ts';

it('shows what comes as YAML, below where', () => {
  const value = { requests: { cpu: '50m' }, 'a b': null };
  expect(patchDiff([{ op: 'add', path: '/spec/containers/0/resources', value }])).toBe(
    ['@@ spec.containers[0] @@', '+ resources:', '+   requests:', '+     cpu: 50m', '+   a b: null'].join('\n'),
  );
});

it('shows an item of a list as one, at an index and at the end', () => {
  expect(patchDiff([{ op: 'add', path: '/a/0', value: { b: 1 } }])).toBe('@@ a @@\n+ - b: 1');
  expect(patchDiff([{ op: 'add', path: '/a/-', value: 'x' }])).toBe('@@ a @@\n+ - x');
});

it('shows what goes, and leaves out what is only tested', () => {
  const patch = [
    { op: 'test', path: '/x', value: 1 },
    { op: 'remove', path: '/metadata/labels/a~1b' },
  ] as const;
  expect(patchDiff(patch)).toBe('@@ metadata.labels @@\n- a/b');
});

it('is empty where nothing changes, and knows the whole object', () => {
  expect(patchDiff([])).toBe('');
  expect(patchDiff([{ op: 'replace', path: '/spec', value: {} }])).toBe('@@ the object @@\n+ spec: {}');
  expect(patchDiff([{ op: 'move', from: '/a', path: '/b' }])).toBe('@@ the object @@\n+ b: (move of a)');
});
