/**
 * `authorizer` in our policies and in a ValidatingAdmissionPolicy of the same API server: the same users, the same requests,
 * the same answers.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonMap } from '../../src/cel/value.ts';
import { deployment, policy } from '../support/policies.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectOutput, type KubectlResult } from './kubectl.ts';
import { register, unregister } from './registration.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { startTidegate, type Tidegate } from './tidegate.ts';
import { eventually } from './wait.ts';

const name = `authorizer-${process.pid}`;
/** Where both judge; and where only the API server does, for denials: they end the request. */
const [shared, theirs] = [name, `${name}-native`];

const HERE = 'namespace(request.namespace)';
const CONFIGMAPS = "authorizer.group('').resource('configmaps')";
const BUILDER = "authorizer.serviceAccount(request.namespace, 'builder')";
const NOBODY = "authorizer.serviceAccount('kube-system', 'nobody')";
/** Each is a validation; its key is the message where it does not hold. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'a path for all': "authorizer.path('/healthz').check('get').allowed()",
  'a path for few': "authorizer.path('/metrics').check('get').allowed()",
  create: "authorizer.requestResource.check('create').allowed()",
  delete: "authorizer.requestResource.check('delete').allowed()",
  'a verb of our own': "authorizer.requestResource.check('publish').allowed()",
  'the reason of a yes': "authorizer.requestResource.check('create').reason().startsWith('RBAC: allowed by')",
  'the reason of another': "authorizer.requestResource.check('delete').reason() == ''",
  'no error': "authorizer.requestResource.check('create').error() == ''",
  'an error': "authorizer.requestResource.check('create').errored()",
  'this name': `${CONFIGMAPS}.${HERE}.name('prices').check('update').allowed()`,
  'another name': `${CONFIGMAPS}.${HERE}.name('costs').check('update').allowed()`,
  'any name': `${CONFIGMAPS}.${HERE}.check('update').allowed()`,
  'all namespaces': `${CONFIGMAPS}.name('prices').check('update').allowed()`,
  'a subresource': `authorizer.group('apps').resource('deployments').subresource('scale').${HERE}.check('patch').allowed()`,
  'another group': `authorizer.group('batch').resource('deployments').subresource('scale').${HERE}.check('patch').allowed()`,
  'an account': `${BUILDER}.group('').resource('pods').${HERE}.check('list').allowed()`,
  'an account and what is not its': `${BUILDER}.group('').resource('pods').${HERE}.check('delete').allowed()`,
  'the groups of an account': `${NOBODY}.path('/openid/v1/jwks').check('get').allowed()`,
  'no other group of an account': `${NOBODY}.path('/healthz').check('get').allowed()`,
  selectors: `${CONFIGMAPS}.${HERE}.fieldSelector('metadata.name=prices').labelSelector('a in (b, c)').check('list').allowed()`,
  'a selector that is none': `!${CONFIGMAPS}.${HERE}.labelSelector('a in (').fieldSelector('?').check('list').errored()`,
  'a variable': 'variables.mayList',
};

/** What both policies have in common. Who may escape is not judged. */
function spec(constraints: JsonMap, validations: readonly JsonMap[]): JsonMap {
  const resourceRules = [
    { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
  ];
  const expression = `!${CONFIGMAPS}.${HERE}.check('escape').allowed()`;
  return {
    matchConstraints: { resourceRules, ...constraints },
    matchConditions: [{ name: 'may-not-escape', expression }],
    variables: [{ name: 'mayList', expression: `${CONFIGMAPS}.${HERE}.check('list').allowed()` }],
    validations,
  };
}

const ASKING = Object.entries(QUESTIONS).map(([message, expression]) => ({ expression, message }));
const PUBLISHING = [
  {
    expression: "authorizer.requestResource.check('publish').allowed()",
    messageExpression: "request.userInfo.username + ' may not publish ' + request.name",
  },
];
const published: JsonMap = { objectSelector: { matchLabels: { publish: 'true' } } };

function native(
  id: string,
  content: JsonMap,
  validationActions: readonly string[],
  namespace: string,
): readonly object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  return [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name: id }, spec: content },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: id },
      spec: { policyName: id, validationActions, matchResources: { namespaceSelector } },
    },
  ];
}

function role(user: string, namespace: string, rules: readonly JsonMap[]): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: user.replaceAll(':', '.'), namespace };
  const kind = user.startsWith('system:') ? 'Group' : 'User';
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind, name: user }],
    },
  ];
}

/** Everybody may create Deployments; jane a bit more, the boss may escape and publish. */
function permissions(namespace: string): readonly object[] {
  const deployments = { apiGroups: ['apps'], resources: ['deployments'] };
  const configmaps = { apiGroups: [''], resources: ['configmaps'] };
  return [
    ...role('system:authenticated', namespace, [{ ...deployments, verbs: ['create', 'get'] }]),
    ...role('jane', namespace, [
      { ...deployments, verbs: ['delete', 'publish'] },
      { ...deployments, resources: ['deployments/scale'], verbs: ['patch'] },
      { ...configmaps, resourceNames: ['prices'], verbs: ['update'] },
      { ...configmaps, verbs: ['list'] },
    ]),
    ...role('boss', namespace, [{ ...configmaps, verbs: ['escape'] }]),
    ...role(`system:serviceaccounts:${namespace}`, namespace, [
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    ]),
  ];
}

describe('authorizer', () => {
  let cluster: Cluster;
  let tidegate: Tidegate;
  const admin = (args: readonly string[], input?: string): Promise<string> =>
    expectOutput(cluster.kubectl, args, input);
  const create = (user: string, namespace: string, labels: JsonMap = {}): Promise<KubectlResult> => {
    const object = deployment([{ name: 'app' }]);
    const metadata = { name: 'web', namespace, labels };
    const as = user === '' ? [] : ['--as', user, '--as-group', 'staff'];
    return cluster.kubectl([...as, 'create', '--dry-run=server', '-f', '-'], JSON.stringify({ ...object, metadata }));
  };

  beforeAll(async () => {
    cluster = await startCluster();
    for (const namespace of [shared, theirs]) await admin(['create', 'namespace', namespace]);
    await admin(['label', 'namespace', shared, `tidegate.dev/test=${name}`]);
    await admin(['create', 'serviceaccount', 'tidegate', '-n', shared]);
    await admin(['create', 'clusterrole', name, '--verb=list,watch', '--resource=namespaces']);
    await admin([
      'create',
      'clusterrole',
      `${name}-ask`,
      '--verb=create',
      '--resource=subjectaccessreviews.authorization.k8s.io',
    ]);
    for (const granted of [name, `${name}-ask`]) {
      await admin([
        'create',
        'clusterrolebinding',
        granted,
        `--clusterrole=${granted}`,
        `--serviceaccount=${shared}:tidegate`,
      ]);
    }
    const items = [
      ...permissions(shared),
      ...permissions(theirs),
      ...native(`${name}-asking`, spec({}, ASKING), ['Warn'], shared),
      ...native(`${name}-publishing`, spec(published, PUBLISHING), ['Deny'], theirs),
    ];
    await admin(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    tidegate = await startTidegate({
      kubeconfig: await serviceAccountKubeconfig(cluster.kubectl, shared, 'tidegate'),
      policies: [
        policy('asking', { ...spec({}, ASKING), enforcement: { action: 'Warn' } }),
        policy('publishing', spec(published, PUBLISHING)),
      ],
    });
    const { port, ca } = tidegate;
    await register(cluster.kubectl, {
      name,
      port,
      ca,
      namespaceLabel: { 'tidegate.dev/test': name },
      failurePolicy: 'Fail',
    });
    await eventually('both judge', async () => {
      const { stderr } = await create('joe', shared);
      const refused = await create('joe', theirs, { publish: 'true' });
      const complaint = `${stderr}${refused.stderr}${tidegate.running.output()}`;
      if (!stderr.includes('asking: ') || !stderr.includes('ValidatingAdmissionPolicy')) throw new Error(complaint);
      if (refused.code === 0) throw new Error(complaint);
      return true;
    });
  });
  afterAll(async () => {
    if (cluster === undefined) return;
    await unregister(cluster.kubectl, name);
    await tidegate?.running.stop();
    if (cluster.controlPlane === undefined) {
      await admin(['delete', 'namespace', shared, theirs, '--wait=false']);
      await admin(['delete', 'clusterrolebinding,clusterrole', name, `${name}-ask`]);
      const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
      await admin(['delete', kinds, `${name}-asking`, `${name}-publishing`]);
    }
    await cluster.stop();
  });

  it.each([
    ['joe', 'may do nothing but create', 14],
    ['jane', 'may do a bit more', 9],
    [`system:serviceaccount:${shared}:builder`, 'is an account of the namespace', 14],
    ['', 'is an administrator', 0],
    ['boss', 'may escape the policies', 0],
  ])('gives %s, who %s, the answers of the API server', async (user, _, expected) => {
    const { code, stderr } = await create(user, shared);
    const warnings = stderr.split('\n').filter((line) => line.startsWith('Warning: '));
    const ofTheirs = warnings.flatMap((line) => /ValidatingAdmissionPolicy .*': (.*)$/.exec(line)?.[1] ?? []);
    const ofOurs = warnings.flatMap((line) => /^Warning: asking: (.*) at the object$/.exec(line)?.[1] ?? []);
    expect([code, ofOurs.length + ofTheirs.length]).toEqual([0, warnings.length]);
    expect(ofOurs).toEqual(ofTheirs);
    expect(ofTheirs).toHaveLength(expected);
  });

  it('refuses whom the API server refuses, in the same words', async () => {
    for (const namespace of [shared, theirs]) {
      const { code, stderr } = await create('joe', namespace, { publish: 'true' });
      expect(code).toBe(1);
      expect(stderr).toContain('joe may not publish web');
    }
    for (const namespace of [shared, theirs]) {
      expect(await create('jane', namespace, { publish: 'true' })).toMatchObject({ code: 0 });
    }
  });
});
