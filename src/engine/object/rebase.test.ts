import { describe, expect, test } from 'vitest';
import { deployment, pod } from '../../../test/support/policies.ts';
import type { JsonMap } from '../../cel/value.ts';
import type { Patch } from '../decision.ts';
import { withDefaults } from './defaults.ts';
import { applyPatch } from './patch.ts';
import { rebased } from './rebase.ts';

const on = (written: JsonMap, patch: Patch): Patch => rebased(patch, withDefaults(written), written);
const APP = '/spec/template/spec/containers/0';

describe('a patch of the defaulted object, on the one that was written', () => {
  test('adds what only defaulting had filled in', () => {
    expect(on(deployment([]), [{ op: 'replace', path: '/spec/revisionHistoryLimit', value: 3 }])).toEqual([
      { op: 'add', path: '/spec/revisionHistoryLimit', value: 3 },
    ]);
  });
  test('makes the parents that are missing, with nothing else in them', () => {
    const patch: Patch = [
      { op: 'replace', path: '/spec/strategy/rollingUpdate/maxUnavailable', value: 0 },
      { op: 'add', path: `${APP}/resources/limits`, value: { memory: '1Gi' } },
    ];
    expect(applied(deployment([{ name: 'a' }]), patch)).toEqual(
      deployment(
        [{ name: 'a', resources: { limits: { memory: '1Gi' } } }],
        {},
        {
          strategy: { rollingUpdate: { maxUnavailable: 0 } },
        },
      ),
    );
  });
  test('leaves numbers and order as they are', () => {
    const written = pod([{ name: 'a', resources: { limits: { cpu: 2 } } }, { name: 'b' }]);
    const patch: Patch = [
      { op: 'add', path: '/spec/containers/1/tty', value: true },
      { op: 'remove', path: '/spec/containers/0/terminationMessagePath' },
    ];
    expect(on(written, patch)).toEqual([{ op: 'add', path: '/spec/containers/1/tty', value: true }]);
  });
  test('finds the items of a list that it makes longer or shorter', () => {
    const written = pod([{ name: 'a' }, { name: 'b', image: 'b' }]);
    const added = applied(written, [{ op: 'add', path: '/spec/containers/0', value: { name: 'first' } }]);
    expect(added['spec']).toEqual({
      containers: [{ name: 'first' }, ...((written['spec'] as JsonMap)['containers'] as JsonMap[])],
    });
    const removed = applied(written, [{ op: 'remove', path: '/spec/containers/0' }]);
    expect(removed['spec']).toEqual({ containers: [{ name: 'b', image: 'b' }] });
  });
  test('that changes what was written is the same', () => {
    const patch: Patch = [{ op: 'replace', path: '/spec/replicas', value: 3 }];
    expect(on(deployment([]), patch)).toEqual(patch);
    expect(on(deployment([]), [])).toEqual([]);
  });
});

function applied(written: JsonMap, patch: Patch): JsonMap {
  const result = applyPatch(written, on(written, patch));
  if (!result.ok) throw new Error(result.message);
  return result.object as JsonMap;
}
