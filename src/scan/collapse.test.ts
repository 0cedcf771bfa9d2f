import { expect, it } from 'vitest';
import type { ObjectOutcome, ReportedFinding } from '../report/report.ts';
import { collapse } from './collapse.ts';
import { createMemory, type Remembered } from './memory.ts';

const memory = createMemory();
const BASIS: Remembered['basis'] = {
  set: undefined as never,
  exceptions: [],
  namespaceVersion: '',
  kubernetesVersion: '',
};

/** An object of `shop`, with a finding of each of these policies. */
function remembered(kind: string, name: string, owner: string | undefined, policies: readonly string[]): Remembered {
  const outcome: ObjectOutcome = {
    ...{ apiVersion: 'v1', kind, namespace: 'shop', name, changes: [], patch: [], failures: [], notJudged: [] },
    findings: policies.map((policy): ReportedFinding => {
      const said = { policy, rule: 'rule', message: 'Wrong.', why: 'Why.', remediation: 'What to do.' };
      const fingerprint = `${policy}/rule ${kind} shop/${name} spec`;
      return { ...said, severity: 'low', action: 'Deny', tolerated: false, path: ['spec'], fingerprint };
    }),
  };
  return {
    ...{ apiVersion: 'v1', kind, namespace: 'shop', name, version: '1', basis: BASIS, passing: false, seen: 1 },
    owner: owner === undefined ? undefined : { apiVersion: 'v1', kind: 'ReplicaSet', name: owner, controller: true },
    retired: false,
    outcome: policies.length === 0 ? undefined : memory.lean(outcome),
  };
}

const told = async (objects: readonly Remembered[], next = async () => {}): Promise<unknown> => {
  const outcomes = await collapse(objects, { next, judge: next });
  return [...outcomes].map(([namespace, all]) => [
    namespace,
    all.map(({ kind, name, findings }) => [kind, name, ...findings.map(({ policy, seenOn }) => [policy, seenOn])]),
  ]);
};

it('tells of all Pods of an owner once, by the first of those that say it', async () => {
  const objects = [
    remembered('Pod', 'web-c', 'web', ['a']),
    remembered('Pod', 'web-b', 'web', ['a', 'b']),
    remembered('Pod', 'web-a', 'web', ['a']),
    remembered('Pod', 'web-0', 'web', []),
    remembered('ReplicaSet', 'web', undefined, []),
  ];
  const findings = [
    ['a', 'Pod shop/web-a'],
    ['b', 'Pod shop/web-b'],
  ];
  expect(await told(objects)).toEqual([['shop', [['ReplicaSet', 'web', ...findings]]]]);
});

it('says nothing of what has nothing to say, nor of what a retired ReplicaSet has', async () => {
  expect(await told([remembered('Pod', 'web', undefined, [])])).toEqual([]);
  const retired = { ...remembered('ReplicaSet', 'old', 'web', ['a']), retired: true };
  const owner = remembered('ReplicaSet', 'web', undefined, []);
  const other = remembered('Pod', 'db', undefined, ['b']);
  expect(await told([owner, retired, other])).toEqual([['shop', [['Pod', 'db', ['b', undefined]]]]]);
});

it('lets requests in between the owners of one namespace', async () => {
  let turns = 0;
  const pods = Array.from({ length: 100 }, (_, at) => remembered('Pod', `pod-${at}`, undefined, ['a']));
  await told(pods, async () => void turns++);
  expect(turns).toBeGreaterThan(100);
});
