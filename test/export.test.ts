/**
 * What `tidegate export` prints, judged by our engine's native half: the same verdict as that of the policies it was made
 * from, for every fixture of the pack and for requests that pry at what the two formats say differently. The API
 * server's own verdict is compared in test/cluster/export.test.ts.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonMap } from '../src/cel/value.ts';
import type { PolicySet } from '../src/engine/compiled.ts';
import { decide } from '../src/engine/decide.ts';
import type { Context, Request } from '../src/engine/decision.ts';
import { mutate } from '../src/engine/mutate.ts';
import { exportPolicies } from '../src/export/export.ts';
import { jsonOf, yamlOf } from '../src/export/text.ts';
import { readPolicyFolder } from '../src/fixtures/cases.ts';
import { readCluster } from '../src/fixtures/cluster.ts';
import { RECOMMENDED } from '../src/policy/settings.ts';
import { byController, denialsOf, nativeDenialsOf, nativeSet, strictly } from './support/exported.ts';
import { contextOf, deployment, pod, policy, requestOf, setOf } from './support/policies.ts';
import { policyIds } from './support/policy-pack.ts';
import { REPOSITORY } from './support/source.ts';

const OPTIONS = { excludedNamespaces: RECOMMENDED.excludedNamespaces, kubernetesVersion: '1.36' };

function expectSame(ours: PolicySet, native: PolicySet, request: Request, context: Context): void {
  const [decision, expected] = [decide(native, request, context), decide(ours, request, context)];
  const failed = expected.failures.filter(({ action }) => action !== 'Audit');
  expect([decision.failures.length, decision.notJudged]).toEqual([failed.length, []]);
  expect(nativeDenialsOf(decision)).toEqual(denialsOf(expected));
  const changed = mutate(ours, request, context).object;
  const mutation = mutate(native, request, context);
  expect(mutation.native?.refusal).toBeUndefined();
  expect(mutation.native?.object ?? request.object).toEqual(changed);
}

const fixtures = policyIds().flatMap((id) =>
  readPolicyFolder(join(REPOSITORY, 'policies', id)).cases.map((fixture) => ({
    id,
    fixture,
    title: `${id} ${fixture.name}`,
  })),
);

describe('the export of a policy of the pack judges its fixtures as the policy does', () => {
  const portable = fixtures.filter(({ id }) => nativeSet(strictly(id, RECOMMENDED), OPTIONS) !== undefined);

  it.each(portable)('$title', ({ id, fixture }) => {
    const { requests, settings } = readCluster(fixture);
    const ours = strictly(id, settings);
    const native = nativeSet(ours, { ...OPTIONS, excludedNamespaces: settings.excludedNamespaces }) as PolicySet;
    for (const { request, context } of requests.map(byController)) expectSame(ours, native, request, context);
  });

  it('for the policies that the documentation names', () => {
    expect([...new Set(portable.map(({ id }) => id))]).toEqual([
      'disallow-latest-if-not-present',
      'require-liveness-probe',
      'require-readiness-probe',
      'set-pre-stop-sleep',
    ]);
  });
});

const PARAMETERS = {
  type: 'object',
  properties: {
    names: { type: 'array', items: { type: 'string' }, default: ['a', 'b'] },
    least: { type: 'integer', default: 2 },
    nothing: { type: 'array', default: [] },
    deep: { type: 'object', default: { list: [1, 'x', { a: null, b: -0.5 }], on: true } },
  },
};

const POD_RULES = { subject: 'PodTemplate', parameters: PARAMETERS };
const OF_SERVICES = {
  resourceRules: [
    { apiGroups: [''], apiVersions: ['v1'], resources: ['services'], operations: ['CREATE', 'UPDATE', 'DELETE'] },
  ],
};

/** Each with what it is about; all of their rules can go. */
const POLICIES: Readonly<Record<string, JsonMap>> = {
  'parameters of every sort': {
    ...POD_RULES,
    validations: [
      { expression: "object.metadata.?name.orValue('a') in params.names && params.nothing.size() == 0", message: 'a' },
      {
        expression:
          "params.deep.list[1] == object.metadata.?name.orValue('x') && params.deep.list[2].b < 0.0 && params.deep.on",
        message: 'b',
      },
    ],
  },
  'the workload, and the view of a Pod': {
    ...POD_RULES,
    validations: [
      { expression: "workload.kind == 'Pod' || workload.spec.replicas >= params.least", message: 'a' },
      {
        expression:
          "object.kind == 'Pod' && object.apiVersion == 'v1' && has(object.metadata) && has(object.metadata.labels)",
        message: 'b',
      },
      {
        expression:
          'oldObject == null || oldObject.spec == object.spec || oldWorkload.metadata.name != workload.metadata.name',
        message: 'c',
      },
    ],
  },
  'items of maps, of anything, and of lists in loops': {
    ...POD_RULES,
    variables: [{ name: 'labels', expression: 'object.metadata.?labels.orValue({})' }],
    validations: [
      { forEach: 'variables.labels', expression: "item != 'web'", messageExpression: "'Label ' + item + '.'" },
      {
        forEach: "{'a': 1, 'b': 2}",
        expression: 'item < params.least',
        messageExpression: "'Number ' + string(item) + '.'",
      },
      {
        forEach: 'object.spec.containers.filter(c, object.spec.containers.exists(object, object.name == c.name))',
        expression: "![item.name].exists(item, item == 'web') && params.names.all(params, params != item.name)",
        messageExpression: 'item.name + [1].map(item, string(item))[0]',
      },
    ],
  },
  conditions: {
    ...POD_RULES,
    matchConditions: [
      { name: 'first', expression: "!(object.metadata.?name.orValue('') in params.names)" },
      { name: 'second', expression: "request.operation in ['CREATE', 'UPDATE'] || false" },
    ],
    validations: [{ expression: 'false', message: 'refused' }],
  },
  'levels of rules': {
    ...POD_RULES,
    parameters: {
      properties: { level: { type: 'string', default: 'warn' }, none: { type: 'string', default: 'off' } },
    },
    validations: [
      { expression: 'false', message: 'refused', reason: 'Forbidden' },
      { expression: 'false', message: 'milder', action: 'Warn' },
      { expression: 'false', message: 'by parameter', actionExpression: 'params.level' },
      { expression: 'false', message: 'audited', action: 'Audit' },
      { expression: 'false', message: 'off', actionExpression: 'params.none' },
    ],
  },
  'whatever owns it': { ...POD_RULES, ownedPods: 'Judge', validations: [{ expression: 'false', message: 'refused' }] },
  errors: { ...POD_RULES, validations: [{ expression: 'object.spec.nowhere.x == 1', message: 'refused' }] },
  'whole objects': {
    matchConstraints: OF_SERVICES,
    validations: [
      {
        expression: "request.operation == 'DELETE' ? oldObject.metadata.name != 'web' : object.metadata.name != 'web'",
        message: 'a',
      },
      {
        expression: 'selects(object.?spec.?selector, {}) || image(object.metadata.name).registry == object.kind',
        message: 'b',
      },
    ],
  },
};

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', finalizers: ['a', 'b'] },
};
const CONTROLLER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'x', controller: true };
const by = (username: string, apiVersion: string): Request =>
  requestOf(pod([{ name: 'web' }], { ownerReferences: [{ ...CONTROLLER, apiVersion }] }), null, {
    userInfo: { username },
  });
const WEB = deployment([{ name: 'web' }, { name: 'b' }]);

const REQUESTS: Readonly<Record<string, Request>> = {
  'a Deployment': requestOf(WEB),
  'a scaled Deployment': requestOf({ ...WEB, spec: { ...(WEB['spec'] as JsonMap), replicas: 1 } }, WEB),
  'a Deployment with another label': requestOf({ ...WEB, metadata: { name: 'web', labels: { a: 'b' } } }, WEB),
  'a Deployment with another template': requestOf(deployment([{ name: 'a' }]), WEB),
  'a Deployment with another status': requestOf({ ...WEB, status: { replicas: 1 } }, WEB),
  'a Pod': requestOf(pod([{ name: 'web' }])),
  'another Pod': requestOf(pod([{ name: 'x' }], { name: 'a', labels: { app: 'web' } })),
  'a Pod of a ReplicaSet': requestOf(pod([{ name: 'web' }], { ownerReferences: [CONTROLLER] })),
  'a Pod of a ReplicaSet that is no controller': requestOf(
    pod([{ name: 'web' }], { ownerReferences: [{ ...CONTROLLER, controller: false }] }),
  ),
  'a Pod of an operator': requestOf(
    pod([{ name: 'web' }], { ownerReferences: [{ ...CONTROLLER, apiVersion: 'acme.io/v1' }] }),
  ),
  'a Pod of a ReplicaSet, by its controller': by('system:serviceaccount:kube-system:replicaset-controller', 'apps/v1'),
  'a Pod of an operator, by the operator': by('system:serviceaccount:acme:operator', 'acme.io/v1'),
  'a Pod of a node': by('system:node:a', 'v1'),
  'a Pod that claims to be of a ReplicaSet, by a program': by('system:serviceaccount:acme:operator', 'apps/v1'),
  'a mirrored Pod': requestOf(pod([{ name: 'web' }], { annotations: { 'kubernetes.io/config.mirror': 'x' } })),
  'a CronJob': requestOf({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 3, jobTemplate: { spec: { template: (WEB['spec'] as JsonMap)['template'] as JsonMap } } },
  }),
  'a PodTemplate': requestOf({
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 1 },
    template: { metadata: {}, spec: { containers: [{ name: 'b' }] } },
  }),
  'a Job that is updated': requestOf(
    { ...deployment([{ name: 'a' }]), kind: 'Job', apiVersion: 'batch/v1' },
    { ...WEB, kind: 'Job', apiVersion: 'batch/v1' },
  ),
  'in an excluded namespace': requestOf(WEB, null, { namespace: 'kube-system' }),
  'a Service': requestOf(SERVICE),
  'a Service that stays': requestOf(
    { ...SERVICE, metadata: { ...SERVICE.metadata, resourceVersion: '2', managedFields: [] } },
    SERVICE,
  ),
  'a Service that loses a finalizer': requestOf(
    { ...SERVICE, metadata: { ...SERVICE.metadata, finalizers: ['b'] } },
    SERVICE,
  ),
  'a Service that gains a finalizer': requestOf(
    { ...SERVICE, metadata: { ...SERVICE.metadata, finalizers: ['c'] } },
    SERVICE,
  ),
  'a Service that loses a field': requestOf(SERVICE, { ...SERVICE, spec: {} }),
  'a Service that loses its labels': requestOf(SERVICE, { ...SERVICE, metadata: { ...SERVICE.metadata, labels: {} } }),
  'a Service that goes': { ...requestOf(SERVICE, SERVICE), operation: 'DELETE', object: null },
};

const contextFor = ({ namespace = 'shop' }: Request, labels: JsonMap = {}): Context => {
  const metadata = { name: namespace, labels: { 'kubernetes.io/metadata.name': namespace, ...labels } };
  return { ...contextOf(), namespace: { apiVersion: 'v1', kind: 'Namespace', metadata } };
};

/** By itself, and beside all the others. */
const ALL = Object.entries(POLICIES).map(([about, spec]) => tolerating(about, spec));
const SETS: Readonly<Record<string, readonly JsonMap[]>> = {
  ...Object.fromEntries(ALL.map((one, index) => [Object.keys(POLICIES)[index], [one]])),
  'all together': ALL,
};

function tolerating(about: string, spec: JsonMap): JsonMap {
  const enforcement = { action: 'Deny', existing: 'Enforce' };
  return policy(about.toLowerCase().replace(/\W+/g, '-'), { enforcement, ...spec });
}

describe('an exported policy judges as the policy does', () => {
  const all = Object.keys(SETS).flatMap((about) => Object.keys(REQUESTS).map((request) => [about, request] as const));
  const sets = Object.fromEntries(
    Object.entries(SETS).map(([about, policies]) => {
      const ours = setOf(policies);
      return [about, { ours, native: nativeSet(ours, OPTIONS) as PolicySet }];
    }),
  );

  it.each(all)('%s: %s', (about, name) => {
    const request = REQUESTS[name] as Request;
    const { ours, native } = sets[about] as { ours: PolicySet; native: PolicySet };
    expectSame(ours, native, request, contextFor(request));
  });
});

describe('what a policy asks for by namespace', () => {
  const [environment, team] = [
    { key: 'environment', operator: 'In', values: ['dev', 'test'] },
    { key: 'team', operator: 'Exists' },
  ];
  const overrides = [
    { namespaceSelector: { matchLabels: { sandbox: 'yes' }, matchExpressions: [team] }, action: 'Off' },
    { namespaceSelector: { matchExpressions: [environment] }, action: 'Warn' },
    {
      namespaceSelector: {
        matchExpressions: [
          { ...team, operator: 'DoesNotExist' },
          { ...environment, operator: 'NotIn' },
        ],
      },
      action: 'Audit',
    },
  ];
  const ours = setOf([
    policy('by-namespace', {
      subject: 'PodTemplate',
      enforcement: { action: 'Deny', existing: 'Enforce', overrides },
      validations: [{ expression: 'false', message: 'refused' }],
    }),
  ]);
  const native = nativeSet(ours, OPTIONS) as PolicySet;
  const labels = ['yes', 'no', undefined].flatMap((sandbox) =>
    ['dev', 'prod', undefined].flatMap((env) =>
      ['a', undefined].map(
        (owner) => JSON.parse(JSON.stringify({ sandbox, environment: env, team: owner })) as JsonMap,
      ),
    ),
  );

  it.each(labels)('%j', (given) => {
    const request = requestOf(WEB);
    expectSame(ours, native, request, contextFor(request, given));
  });
});

describe('exported mutations', () => {
  const patches = {
    subject: 'PodTemplate',
    mutations: [
      {
        name: 'label',
        jsonPatch: {
          expression:
            "has(object.metadata.labels) ? [JSONPatch{op: 'add', path: '/metadata/labels/x', value: workload.kind}] : []",
        },
      },
      {
        name: 'first-name',
        jsonPatch: {
          expression: "[JSONPatch{op: 'copy', from: '/spec/containers/0/name', path: '/spec/' + 'hostname'}]",
        },
      },
    ],
  };
  const configuration = {
    matchConstraints: {
      resourceRules: [
        { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], operations: ['CREATE', 'UPDATE'] },
      ],
    },
    matchConditions: [{ name: 'web', expression: "object.metadata.name == 'web'" }],
    mutations: [{ applyConfiguration: { expression: 'Object{spec: Object.spec{paused: true}}' } }],
  };
  const ours = setOf([policy('patches', patches), policy('configuration', configuration)]);
  const native = nativeSet(ours, OPTIONS) as PolicySet;

  it.each(Object.keys(REQUESTS).filter((name) => !name.includes('goes')))('%s', (name) => {
    const request = REQUESTS[name] as Request;
    expectSame(ours, native, request, contextFor(request));
  });
});

describe('what cannot go is said', () => {
  const refused = (spec: JsonMap): readonly string[] => {
    const { obstacles, documents } = exportPolicies(setOf([policy('one', spec)]).policies, { excludedNamespaces: [] });
    return [...obstacles.map(({ rule, message }) => `${rule}: ${message}`), ...documents.map(({ kind }) => kind)];
  };
  const rule = (expression: string): JsonMap => ({
    subject: 'PodTemplate',
    validations: [{ expression, message: 'm' }],
  });

  it.each<[string, JsonMap, readonly string[]]>([
    ['a look-up', rule("resources.list('v1', 'pods', '').size() == 0"), ['rule-1: looks up other objects (resources)']],
    [
      'the version',
      rule("kubernetesVersion == ''"),
      ['rule-1: reads kubernetesVersion, which --kubernetes-version can give'],
    ],
    [
      'a name that is ours',
      rule('[1].all(variables, object.spec.x == variables)'),
      ['rule-1: has a loop variable called variables: give it another name'],
    ],
    [
      'another name that is ours',
      rule('[1].all(object, workload.spec.x == object)'),
      ['rule-1: has a loop variable called object: give it another name'],
    ],
    [
      'a variable of a variable',
      {
        ...rule('variables.b == 1'),
        variables: [
          { name: 'a', expression: 'qos(object, []).size()' },
          { name: 'b', expression: 'variables.a' },
        ],
      },
      ['rule-1: reads variables.b, which reads variables.a, which calls qos()'],
    ],
    [
      'a condition',
      { ...rule('true'), matchConditions: [{ name: 'a', expression: "written.sets('/a').hasValue()" }] },
      ['rule-1: asks what the user wrote (written)'],
    ],
    [
      'one rule of two',
      {
        subject: 'PodTemplate',
        validations: [
          { name: 'a', expression: "imageMatches('a', [])" },
          { name: 'b', expression: 'true' },
        ],
      },
      ['a: calls imageMatches()', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
    ],
    [
      'an action by object',
      {
        subject: 'PodTemplate',
        validations: [{ expression: 'true', actionExpression: "object.kind == 'Pod' ? 'Warn' : 'Deny'" }],
      },
      ['rule-1: decides by the object what it asks for (actionExpression)'],
    ],
    [
      'a patch in a variable, which only mutations may hold',
      {
        subject: 'PodTemplate',
        variables: [{ name: 'patch', expression: "[JSONPatch{op: 'remove', path: '/spec/x'}]" }],
        mutations: [{ jsonPatch: { expression: 'variables.patch' } }],
      },
      ["rule-1: is no CEL of a native policy: undeclared reference to 'JSONPatch' (in container '')"],
    ],
    [
      'a configuration of a template',
      { subject: 'PodTemplate', mutations: [{ applyConfiguration: { expression: 'Object{}' } }] },
      ['rule-1: is an applyConfiguration of the Pod in a workload: a jsonPatch could go'],
    ],
    [
      'overrides of what may be in no namespace',
      {
        matchConstraints: OF_SERVICES,
        validations: [{ expression: 'true' }],
        enforcement: { overrides: [{ namespaceSelector: {}, action: 'Warn' }] },
      },
      [
        'rule-1: has overrides by namespace, and may match objects that are in none: give its resourceRules scope: Namespaced',
      ],
    ],
  ])('%s', (_, spec, expected) => {
    expect(refused(spec)).toEqual(expected);
  });
});

it('many rules are split over several policies', () => {
  const validations = Array.from({ length: 120 }, (_, index) => ({ expression: `object.spec.x != ${index}` }));
  const { documents } = exportPolicies(
    setOf([policy('many', { subject: 'PodTemplate', validations })]).policies,
    OPTIONS,
  );
  expect(documents.map(({ metadata }) => metadata.name)).toEqual(
    ['', '', '-2', '-2', '-3', '-3'].map((end) => `tidegate-deny${end}`),
  );
});

it('policies whose variables would get one name are kept apart', () => {
  const reading = (name: string, expression: string): JsonMap => ({
    subject: 'PodTemplate',
    variables: [{ name, expression }],
    validations: [{ expression: `variables.${name} == 1`, message: 'm' }],
  });
  const policies = [policy('a', reading('b__x', '1')), policy('a--b', reading('x', '2'))];
  expect(exportPolicies(setOf(policies).policies, OPTIONS).documents).toHaveLength(4);
});

it('JSON is a List of the same documents', () => {
  const { documents } = exportPolicies(setOf(ALL).policies, OPTIONS);
  expect(JSON.parse(jsonOf(documents))).toEqual({ apiVersion: 'v1', kind: 'List', items: documents });
  expect(parseAllDocuments(yamlOf(documents), { version: '1.1' }).map((one) => one.toJS())).toEqual(documents);
});
