/** The life of an installation on an API server: what Helm makes, leaves alone and takes away. There is no node: its one replica runs beside it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_DEFINITIONS } from '../support/report-definitions.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { CHART, expectHelm, type Helm, helmFor, packageChart } from './helm.ts';
import { inventory } from './inventory.ts';
import { expectOutput } from './kubectl.ts';
import { freePort, temporaryFolder } from './process.ts';
import { type Replica, setReady, startReplica } from './replica.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { HOST } from './tidegate.ts';
import { eventually } from './wait.ts';

const NAMESPACE = 'tidegate';
const ACCOUNT = `system:serviceaccount:${NAMESPACE}:tidegate`;
const KINDS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;

// Other installations of a cluster that we are lent must not be touched: there is one name for all.
describe.skipIf(givenKubeconfig !== undefined)('an installation', () => {
  let cluster: Cluster;
  let helm: Helm;
  let before: readonly string[];

  beforeAll(async () => {
    cluster = await startCluster();
    helm = await helmFor(cluster.kubeconfig);
    await kubectl('create', 'namespace', NAMESPACE);
    const reports = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: REPORT_DEFINITIONS });
    await expectOutput(cluster.kubectl, ['apply', '-f', '-'], reports);
    const names = REPORT_DEFINITIONS.map(({ metadata }) => `crd/${metadata.name}`);
    await kubectl('wait', '--for=condition=Established', '--timeout=30s', ...names);
    before = await everything();
  });

  afterAll(() => cluster?.stop());

  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  const json = async (...args: readonly string[]) => JSON.parse(await kubectl('get', '-o', 'json', ...args));
  const inNamespace = (...args: readonly string[]) => json('-n', NAMESPACE, ...args);
  const upgrade = (...args: readonly string[]): Promise<string> =>
    expectHelm(helm, ['upgrade', 'tidegate', CHART, '-n', NAMESPACE, ...args]);
  const webhooks = async (): Promise<readonly string[]> => {
    const found = await Promise.all(KINDS.map((kind) => json(kind, 'tidegate')));
    return found.map(({ webhooks = [] }) => webhooks.map(({ name }: { readonly name: string }) => name).join());
  };
  const generation = async (): Promise<number> => (await inNamespace('deployment', 'tidegate')).metadata.generation;

  const owner = '.metadata.ownerReferences[0]';
  const everything = () => inventory(cluster.kubectl, `,O:${owner}.kind,P:${owner}.name`);

  it('is made of a package without a value, and its record stays far below the 1 MiB of a Secret', async () => {
    const file = await packageChart(helm);
    const said = await expectHelm(helm, ['install', 'tidegate', file, '-n', NAMESPACE]);
    expect(said).toContain('kubectl create deployment demo');
    expect((await json('policies')).items.length).toBeGreaterThan(70);
    const { data } = await inNamespace('secret', 'sh.helm.release.v1.tidegate.v1');
    expect(Buffer.from(data.release, 'base64').length).toBeLessThan(400 * 1024);
  });

  it('has webhook configurations that ask nobody', async () => {
    expect(await webhooks()).toEqual(['', '']);
  });

  it('gives a replica all that it needs, and it is refused nothing', async () => {
    const replica = await startAsInstalled();
    try {
      await eventually('it is ready', async () => (await replica.readyz()) === 200);
      await setReady(cluster.kubectl, NAMESPACE, [replica.pod]);
      await eventually('its webhooks are filled in', async () => (await webhooks()).every((names) => names !== ''));
      const demo = ['create', 'deployment', 'demo', '--image=nginx:1.29', '--replicas=2', '--dry-run=server'];
      const refusal = await eventually('what the notes say is refused', async () => {
        const { stderr } = await cluster.kubectl(demo);
        return stderr.includes('denied the request') && stderr;
      });
      expect(refusal).toContain('require-readiness-probe');
      await eventually('every policy says that it is in force', async () => {
        const { items } = await json('policies');
        return items.every(({ status }: Judged) =>
          status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        );
      });
      await eventually('what is there already has been scanned', async () => {
        const { items } = await json('policies');
        return items.every(({ status }: Judged) => status?.findings !== undefined);
      });
      expect((await json('clusterreports.openreports.io')).items).toMatchObject([{ metadata: { name: 'tidegate' } }]);
      expect(replica.running.output()).not.toMatch(/forbidden|cannot|may not/i);
    } finally {
      await replica.running.stop();
    }
    expect(await webhooks()).toEqual(['', '']);
    await kubectl('delete', 'endpointslice', 'tidegate', '-n', NAMESPACE);
  });

  it('keeps what the program fills in, whatever Helm does', async () => {
    for (const kind of KINDS) await fill(kind);
    const filled = ['one.tidegate.dev', 'one.tidegate.dev'];
    expect(await webhooks()).toEqual(filled);
    await upgrade('--set', 'labels.team=platform');
    expect(await webhooks()).toEqual(filled);
    expect((await json(KINDS[0], 'tidegate')).metadata.labels.team).toBe('platform');
    await expectHelm(helm, ['rollback', 'tidegate', '1', '-n', NAMESPACE]);
    expect(await webhooks()).toEqual(filled);
    // As Helm 3 does it: a three-way merge on the client's side.
    await upgrade('--server-side=false', '--set', 'labels.team=other');
    expect(await webhooks()).toEqual(filled);
    await upgrade('--server-side=true', '--force-conflicts', '--reset-values');
    expect(await webhooks()).toEqual(filled);
  });

  it('rolls its Pods when the settings change, and only then', async () => {
    const first = await generation();
    await upgrade('--reset-values');
    expect(await generation()).toBe(first);
    await upgrade('--set', 'settings.profile=strict');
    expect(await generation()).toBe(first + 1);
  });

  it.each([
    ['get', 'namespaces', true],
    ['watch', 'policies.tidegate.dev', true],
    ['watch', 'policyexceptions.tidegate.dev', true],
    ['patch', 'policies.tidegate.dev', false],
    ['create', 'policyexceptions.tidegate.dev', false],
    ['patch', 'mutatingwebhookconfigurations/tidegate', true],
    ['patch', 'validatingwebhookconfigurations/tidegate', true],
    ['patch', 'validatingwebhookconfigurations/other', false],
    ['create', 'mutatingwebhookconfigurations', false],
    ['delete', 'mutatingwebhookconfigurations/tidegate', false],
    ['create', 'subjectaccessreviews.authorization.k8s.io', true],
    ['update', 'leases.coordination.k8s.io/tidegate', true],
    ['update', 'leases.coordination.k8s.io/other', false],
    ['patch', 'secrets/tidegate-certificates', true],
    ['get', 'secrets/other', false],
    ['list', 'secrets', false],
    ['watch', 'pods', true],
    ['update', 'pods', false],
    ['delete', 'pods', false],
    ['create', 'pods', false],
    ['get', 'clusterroles', false],
    ['escalate', 'roles', false],
  ])('may %s %s: %s', async (verb, resource, allowed) => {
    const { stdout } = await cluster.kubectl(['auth', 'can-i', verb, resource, '-n', NAMESPACE, '--as', ACCOUNT]);
    expect(stdout.trim()).toBe(allowed ? 'yes' : 'no');
  });

  it('may write nothing outside its namespace but statuses, events, reports and its own webhooks', async () => {
    const listed = await kubectl('auth', 'can-i', '--list', '--no-headers', '-n', 'default', '--as', ACCOUNT);
    const writing = listed
      .trim()
      .split('\n')
      .filter((line) => /\[[^\]]*\b(create|update|patch|delete|deletecollection|\*)\b[^\]]*\]$/.test(line))
      .map((line) => line.split(/\s+/)[0]);
    // The reviews of oneself are everybody's.
    expect([...new Set(writing)].filter((resource) => !resource?.startsWith('self')).sort()).toEqual([
      'clusterpolicyreports.openreports.io',
      'clusterpolicyreports.wgpolicyk8s.io',
      'clusterreports.openreports.io',
      'clusterreports.wgpolicyk8s.io',
      'events.events.k8s.io',
      'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      'policies.tidegate.dev/status',
      'policyexceptions.tidegate.dev/status',
      'policyreports.openreports.io',
      'policyreports.wgpolicyk8s.io',
      'reports.openreports.io',
      'reports.wgpolicyk8s.io',
      'subjectaccessreviews.authorization.k8s.io',
      'validatingwebhookconfigurations.admissionregistration.k8s.io',
    ]);
  });

  it('goes although its webhooks refuse everything, and leaves only the definitions', async () => {
    // Nobody answers, and failurePolicy is Fail: the worst moment to uninstall.
    for (const kind of KINDS) await fill(kind, 'Fail');
    await eventually('the webhook refuses', async () => {
      const { code } = await cluster.kubectl(['create', 'clusterrole', 'probe', '--verb=get', '--resource=pods']);
      if (code === 0) await kubectl('delete', 'clusterrole', 'probe');
      return code !== 0;
    });
    await expectHelm(helm, ['uninstall', 'tidegate', '-n', NAMESPACE]);
    await eventually('nothing is left', async () => {
      // As with what stands last, nobody is here who takes reports away with their owner.
      const report = /^(Cluster)?Report \S+ tidegate ValidatingWebhookConfiguration tidegate$/;
      const left = (await everything()).filter((line) => !before.includes(line) && !report.test(line));
      expect(left).toEqual([
        // That of the definitions' group.
        'APIService <none> v1alpha1.tidegate.dev <none> <none>',
        'CustomResourceDefinition <none> policies.tidegate.dev <none> <none>',
        'CustomResourceDefinition <none> policyexceptions.tidegate.dev <none> <none>',
        // What the replica made has an owner that is gone: the garbage collector, which does not run here, takes it.
        'Lease tidegate tidegate Service tidegate',
        'Secret tidegate tidegate-certificates Service tidegate',
      ]);
      return true;
    });
  });

  /** A replica with the variables, the settings and the account of the Deployment. */
  async function startAsInstalled(): Promise<Replica> {
    const { template } = (await inNamespace('deployment', 'tidegate')).spec;
    const [{ env }] = template.spec.containers;
    const given = env.flatMap(({ name, value }: EnvVar) => (value === undefined ? [] : [[name, value]]));
    const settings = join(await temporaryFolder('settings'), 'tidegate.yaml');
    await writeFile(settings, (await inNamespace('configmap', 'tidegate-settings')).data['tidegate.yaml']);
    const port = await freePort();
    return startReplica({
      kubeconfig: await serviceAccountKubeconfig(cluster.kubectl, NAMESPACE, template.spec.serviceAccountName),
      namespace: NAMESPACE,
      pod: 'tidegate-0',
      port,
      // There is no node, so no Service that leads anywhere.
      env: {
        ...Object.fromEntries(given),
        TIDEGATE_SETTINGS: settings,
        TIDEGATE_WEBHOOK_URL: `https://${HOST}:${port}`,
      },
    });
  }

  /** As the elected replica does, but to a Service that nobody answers for. */
  async function fill(kind: (typeof KINDS)[number], failurePolicy: 'Ignore' | 'Fail' = 'Ignore'): Promise<void> {
    const excluded = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [NAMESPACE, 'kube-system'] };
    const webhook = {
      name: 'one.tidegate.dev',
      clientConfig: { service: { name: 'tidegate', namespace: NAMESPACE, path: '/validate', port: 443 } },
      rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }],
      namespaceSelector: { matchExpressions: [excluded] },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      timeoutSeconds: 1,
      failurePolicy,
    };
    const object = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name: 'tidegate' },
      webhooks: [webhook],
    };
    const apply = ['apply', '--server-side', '--field-manager=tidegate', '-f', '-'];
    await expectOutput(cluster.kubectl, apply, JSON.stringify(object));
  }
});

interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

interface Judged {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly findings?: number;
  };
}
