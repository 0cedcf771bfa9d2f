/** Secrets of a real cluster: read by name where settings and RBAC allow it, and nowhere to be seen afterwards. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonMap } from '../../src/cel/value.ts';
import { policy } from '../support/policies.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { type Gate, gateTo } from './gate.ts';
import { expectOutput, type KubectlResult } from './kubectl.ts';
import { register, unregister } from './registration.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { startTidegate, type Tidegate } from './tidegate.ts';
import { eventually } from './wait.ts';

const open = `secrets-${process.pid}`;
/** Where RBAC does not allow it, and where the settings do not. */
const [forbidden, closed] = [`${open}-forbidden`, `${open}-closed`];
const NAMESPACES = [open, forbidden, closed];

const CONFIDENTIAL = /hunter|aHVudGVy/;
const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['podtemplates'] }];
const secret = "resources.get('v1', 'secrets', request.namespace, 'db')";
const rule = (name: string, spec: JsonMap, action = 'Warn'): JsonMap =>
  policy(name, { matchConstraints: { resourceRules }, enforcement: { action }, failurePolicy: 'Ignore', ...spec });
const POLICIES = [
  rule('judging', { validations: [{ expression: 'false', message: 'it is judged' }] }),
  rule('key', {
    validations: [
      {
        expression: `${secret} != null && 'user' in ${secret}.data`,
        messageExpression: `${secret} == null ? 'there is none' : 'it has ' + ${secret}.data.map(key, key).join(' and ')`,
      },
    ],
  }),
  rule('telling', {
    validations: [{ expression: `${secret}.data.password == 'guess'`, messageExpression: `string(${secret}.data)` }],
  }),
];

describe('a webhook that may read Secrets', () => {
  let cluster: Cluster;
  let gate: Gate;
  let tidegate: Tidegate;
  const admin = (args: readonly string[], input?: string): Promise<string> =>
    expectOutput(cluster.kubectl, args, input);
  const create = (namespace: string): Promise<KubectlResult> => {
    const template = { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'web', namespace } };
    const object = { ...template, template: { spec: { containers: [{ name: 'app', image: 'nginx:1.29' }] } } };
    return cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(object));
  };
  /** What the policies warn of, but for the one that always does. */
  const warnings = async (namespace: string): Promise<readonly string[]> => {
    const { code, stderr } = await create(namespace);
    expect([code, stderr]).toEqual([0, expect.stringContaining('it is judged')]);
    expect(stderr).not.toMatch(CONFIDENTIAL);
    const lines = stderr.split('\n').filter((line) => line.startsWith('Warning: ') && !line.includes('it is judged'));
    return lines.map((line) => line.replace('Warning: ', ''));
  };
  const account = 'tidegate';
  const grant = (role: string, kind: 'role' | 'clusterrole', ...may: readonly string[]): Promise<string[]> => {
    const binding = [`${kind}binding`, role, `--${kind}=${role}`, `--serviceaccount=${open}:${account}`, '-n', open];
    return Promise.all([admin(['create', kind, role, ...may, '-n', open]), admin(['create', ...binding])]);
  };

  beforeAll(async () => {
    cluster = await startCluster();
    for (const namespace of NAMESPACES) {
      await admin(['create', 'namespace', namespace]);
      await admin(['label', 'namespace', namespace, `tidegate.dev/test=${open}`]);
      const content = ['--from-literal=password=hunter2', '--from-literal=host=db'];
      await admin(['create', 'secret', 'generic', 'db', '-n', namespace, ...content]);
    }
    await admin(['create', 'serviceaccount', account, '-n', open]);
    await grant(open, 'clusterrole', '--verb=list,watch', '--resource=namespaces');
    await grant('read-secrets', 'role', '--verb=get', '--resource=secrets');
    const kubeconfig = await serviceAccountKubeconfig(cluster.kubectl, open, account);
    const text = await readFile(kubeconfig, 'utf8');
    const { server } = JSON.parse(text).clusters[0].cluster;
    const { hostname, port } = new URL(server);
    gate = await gateTo(hostname, Number(port));
    await writeFile(kubeconfig, text.replace(server, `https://${hostname}:${gate.port}`));
    tidegate = await startTidegate({ kubeconfig, policies: POLICIES, settings: { readSecrets: [open, forbidden] } });
    const { port: webhook, ca } = tidegate;
    const namespaceLabel = { 'tidegate.dev/test': open };
    await register(cluster.kubectl, { name: open, port: webhook, ca, namespaceLabel, failurePolicy: 'Fail' });
    await eventually('the API server asks the webhook', async () => {
      const { stderr } = await create(closed);
      if (!stderr.includes('it is judged')) throw new Error(`${stderr}${tidegate.running.output()}`);
      return true;
    });
  });
  afterAll(async () => {
    if (cluster === undefined) return;
    await unregister(cluster.kubectl, open);
    await tidegate?.running.stop();
    await gate?.stop();
    if (cluster.controlPlane === undefined) {
      await admin(['delete', 'namespace', ...NAMESPACES, '--wait=false']);
      await admin(['delete', 'clusterrolebinding,clusterrole', open]);
    }
    await cluster.stop();
  });

  it('judges by its keys, and follows it within seconds', async () => {
    const failed = 'telling: failed expression';
    expect(await warnings(open)).toEqual([
      expect.stringMatching(/^key: it has (host and password|password and host)/),
      expect.stringContaining(failed),
    ]);
    await admin(['patch', 'secret', 'db', '-n', open, '-p', '{"stringData":{"user":"hunter"}}']);
    await eventually('the new key', async () => (await warnings(open)).length === 1);
    await admin(['delete', 'secret', 'db', '-n', open]);
    await eventually('its end', async () => (await warnings(open))[0]?.startsWith('key: there is none'));
  });

  it('does not judge by those that settings or RBAC keep from it, and says so', async () => {
    expect(await warnings(closed)).toEqual([]);
    expect(await warnings(forbidden)).toEqual([]);
    const log = tidegate.running.output();
    expect(log).toMatch(/"namespace":"[^"]*-forbidden","reason":"secrets \\"db\\" is forbidden/);
    expect(log).not.toMatch(/"namespace":"[^"]*-closed"/);
  });

  it('answers in time when the API server does not answer', async () => {
    await admin(['create', 'secret', 'generic', 'db', '-n', open, '--from-literal=user=hunter']);
    await eventually('it is there', async () => (await warnings(open)).length === 1);
    gate.shut();
    const started = performance.now();
    await eventually('it is not kept any longer', async () => (await warnings(open)).length === 0, {
      timeoutMs: 10_000,
    });
    expect(performance.now() - started).toBeGreaterThan(1000);
    gate.open();
    await eventually('it is read again', async () => (await warnings(open)).length === 1);
  });

  it('says nothing of what is in them in its log', () => {
    expect(tidegate.running.output()).not.toMatch(CONFIDENTIAL);
  });

  it('says at its start which policies need them, where none may be read', async () => {
    const { running } = await startTidegate({ kubeconfig: cluster.kubeconfig, policies: POLICIES });
    const said = running.output();
    await running.stop();
    expect(said.match(/readSecrets/g)).toHaveLength(1);
    expect(said).toContain('"policies":["key","telling"]');
    expect(tidegate.running.output()).not.toContain('readSecrets');
  });
});
