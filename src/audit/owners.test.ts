import { expect, it } from 'vitest';
import type { ObjectOutcome, ReportedFinding } from '../report/report.ts';
import type { GivenObject } from './manifests.ts';
import { underOwners } from './owners.ts';

const DEPLOYMENT = given('apps/v1', 'Deployment', 'web');
const REPLICA_SET = given('apps/v1', 'ReplicaSet', 'web-5d9c7', DEPLOYMENT);
const POD = given('v1', 'Pod', 'web-5d9c7-aaaaa', REPLICA_SET);
const OTHER_POD = given('v1', 'Pod', 'web-5d9c7-bbbbb', REPLICA_SET);

it('tells what is found on the Pods of a Deployment once, of the Deployment', () => {
  const [outcome, ...rest] = collapse([
    [OTHER_POD, [finding(OTHER_POD, ['spec', 'hostname'])]],
    [DEPLOYMENT, []],
    [REPLICA_SET, []],
    [POD, [{ ...finding(POD, ['spec', 'hostname']), line: 7, column: 3, fix: [] }]],
  ]);
  expect(rest).toEqual([]);
  expect(outcome?.kind).toBe('Deployment');
  expect(outcome?.findings).toEqual([
    {
      ...finding(POD, ['spec', 'hostname']),
      seenOn: 'Pod shop/web-5d9c7-aaaaa',
      fingerprint: 'require-hostname/rule Deployment shop/web spec.hostname',
    },
  ]);
});

it('does not tell again what the template has already', () => {
  const own = finding(DEPLOYMENT, ['spec', 'template', 'spec', 'hostname']);
  const [outcome] = collapse([
    [DEPLOYMENT, [own]],
    [REPLICA_SET, [finding(REPLICA_SET, ['spec', 'template', 'spec', 'hostname'])]],
    [POD, [finding(POD, ['spec', 'hostname'])]],
  ]);
  expect(outcome?.findings).toEqual([own]);
});

it('tells what two ReplicaSets of a rollout have in their templates once', () => {
  const path = ['spec', 'template', 'spec', 'hostname'];
  const next = given('apps/v1', 'ReplicaSet', 'web-7f6b4', DEPLOYMENT);
  const [outcome] = collapse([
    [DEPLOYMENT, []],
    [next, [finding(next, path)]],
    [REPLICA_SET, [finding(REPLICA_SET, path)]],
  ]);
  expect(outcome?.findings.map(({ seenOn }) => seenOn)).toEqual(['ReplicaSet shop/web-5d9c7']);
});

it('leaves out ReplicaSets that run nothing', () => {
  const retired = { ...REPLICA_SET, object: { ...REPLICA_SET.object, spec: { replicas: 0 } } };
  const outcomes = collapse([
    [DEPLOYMENT, []],
    [retired, [finding(REPLICA_SET, ['spec', 'minReadySeconds'])]],
  ]);
  expect(outcomes.flatMap(({ findings }) => findings)).toEqual([]);
});

it('keeps an object whose owner is not among the given ones', () => {
  const [outcome] = collapse([[POD, [finding(POD, ['spec', 'hostname'])]]]);
  expect(outcome).toMatchObject({ kind: 'Pod', findings: [finding(POD, ['spec', 'hostname'])] });
});

it('tells what could not be judged of several Pods once', () => {
  const names = { policy: 'require-hostname', rule: 'rule' };
  const failure = { ...names, action: 'Deny', failurePolicy: 'Fail', message: 'no such key' } as const;
  const unanswered = { ...names, action: 'Deny', message: 'it may not be read' } as const;
  const failing = { failures: [failure], notJudged: [unanswered] };
  const outcomes = underOwners(
    [REPLICA_SET, POD, OTHER_POD],
    [outcomeOf(REPLICA_SET), { ...outcomeOf(POD), ...failing }, { ...outcomeOf(OTHER_POD), ...failing }],
  );
  expect(outcomes).toEqual([{ ...outcomeOf(REPLICA_SET), ...failing }]);
});

it('takes nobody of the same name in another namespace, or in another group, for the owner', () => {
  const elsewhere = { ...DEPLOYMENT, metadata: { ...DEPLOYMENT.metadata, namespace: 'other' } };
  const custom = given('custom.io/v1', 'Deployment', 'web');
  for (const other of [elsewhere, custom]) {
    const outcomes = collapse([
      [other, []],
      [REPLICA_SET, [finding(REPLICA_SET, ['spec', 'minReadySeconds'])]],
    ]);
    expect(outcomes.map(({ findings }) => findings.length)).toEqual([0, 1]);
  }
});

it('keeps objects that own each other', () => {
  const a = given('v1', 'Pod', 'a', { ...POD, metadata: { name: 'b', namespace: 'shop' } });
  const b = given('v1', 'Pod', 'b', a);
  expect(
    collapse([
      [a, []],
      [b, []],
    ]).map(({ name }) => name),
  ).toEqual(['a', 'b']);
});

it('keeps each of three that own each other in a ring, and what the ring owns', () => {
  const a = given('v1', 'Pod', 'a', { ...POD, metadata: { name: 'c', namespace: 'shop' } });
  const b = given('v1', 'Pod', 'b', a);
  const c = given('v1', 'Pod', 'c', b);
  const under = given('v1', 'Pod', 'd', a);
  const outcomes = collapse([a, b, c, under].map((object) => [object, [finding(object, ['spec', 'hostname'])]]));
  expect(outcomes.map(({ name, findings }) => [name, findings.length])).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 1],
    ['d', 1],
  ]);
});

function collapse(objects: readonly [GivenObject, readonly ReportedFinding[]][]): readonly ObjectOutcome[] {
  const outcomes = objects.map(([object, findings]) => outcomeOf(object, findings));
  return underOwners(
    objects.map(([object]) => object),
    outcomes,
  );
}

function outcomeOf(
  { apiVersion, kind, metadata }: GivenObject,
  findings: readonly ReportedFinding[] = [],
): ObjectOutcome {
  const name = String(metadata['name']);
  const nothing = { changes: [], patch: [], failures: [], notJudged: [] };
  return { apiVersion, kind, namespace: 'shop', name, findings, ...nothing };
}

function given(apiVersion: string, kind: string, name: string, owner?: GivenObject): GivenObject {
  const reference = owner && {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: String(owner.metadata['name']),
    controller: true,
  };
  const metadata = { name, namespace: 'shop', ...(reference && { ownerReferences: [reference] }) };
  return { apiVersion, kind, metadata, object: { apiVersion, kind, metadata } };
}

function finding({ kind, metadata }: GivenObject, path: readonly string[]): ReportedFinding {
  return {
    policy: 'require-hostname',
    rule: 'rule',
    severity: 'low',
    action: 'Deny',
    tolerated: false,
    message: 'There is no hostname.',
    why: 'Why.',
    remediation: 'What to do.',
    path,
    fingerprint: `require-hostname/rule ${kind} shop/${metadata['name']} ${path.join('.')}`,
  };
}
