import { expect, it } from 'vitest';
import { EXAMPLE } from '../../test/support/report-example.ts';
import type { ObjectOutcome } from '../report/report.ts';
import { type Basis, createMemory, type Remembered } from './memory.ts';

const basis = (): Basis => ({ set: SET, exceptions: [], namespaceVersion: '1', kubernetesVersion: '1.36' });
const SET = {} as Basis['set'];

function remembered(namespace: string, more: Partial<Remembered> = {}): Remembered {
  const rest = { owner: undefined, retired: false, version: '1', passing: false, outcome: undefined, seen: 1 };
  return { apiVersion: 'v1', kind: 'Pod', namespace, name: 'web', basis: basis(), ...rest, ...more };
}

it('knows what verdicts rest on for as long as there are any', () => {
  const memory = createMemory();
  const first = memory.basisOf('shop', basis());
  expect(memory.basisOf('shop', basis())).toBe(first);
  memory.set('1', remembered('shop', { basis: first }));
  memory.forget(1, () => false);
  expect(memory.basisOf('shop', basis())).toBe(first);
  memory.forget(2, () => false);
  expect(memory.basisOf('shop', basis())).not.toBe(first);
});

it('lets go of what was found on objects that are gone', () => {
  const memory = createMemory();
  const [object] = EXAMPLE.objects.filter(({ findings }) => findings.length > 0);
  const [finding] = object?.findings ?? [];
  if (object === undefined || finding === undefined) throw new Error('the example has no finding');
  const found = (index: number): ObjectOutcome => ({ ...object, findings: [{ ...finding, message: `${index}` }] });
  const kept = memory.lean(found(0));
  memory.set('0', remembered('shop', { outcome: kept }));
  const gone = memory.lean(found(1));
  for (let index = 2; index < 2000; index++) memory.lean(found(index));
  memory.forget(1, () => false);
  expect(memory.lean(found(0))).toBe(kept);
  expect(memory.lean(found(1))).not.toBe(gone);
});
