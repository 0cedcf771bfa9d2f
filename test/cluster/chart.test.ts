/** What the chart renders, by the real helm and on a real API server. What becomes of it there: installation.test.ts. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { formatProblem } from '../../src/policy/problem.ts';
import { parseSettings } from '../../src/policy/settings.ts';
import { runProgram } from '../support/program.ts';
import { REPOSITORY, textOf } from '../support/source.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { installDefinitions } from './definitions.ts';
import { CHART, expectHelm, type Helm, helmFor, packageChart } from './helm.ts';
import { expectOutput } from './kubectl.ts';
import { temporaryFolder } from './process.ts';
import { fixture } from './shop.ts';

const NAMESPACE = `chart-${process.pid}`;

/** Every option, each away from its default. */
const OPTIONS: Readonly<Record<string, object>> = {
  name: { fullnameOverride: 'gate' },
  image: {
    image: {
      repository: 'registry.example.com/gate',
      tag: '2',
      digest: `sha256:${'0'.repeat(64)}`,
      pullPolicy: 'Always',
    },
    imagePullSecrets: [{ name: 'login' }],
  },
  replicas: { replicas: 5 },
  settings: {
    settings: {
      profile: 'strict',
      excludedNamespaces: ['kube-system'],
      webhooks: { validation: { failurePolicy: 'Fail' }, timeoutSeconds: 5, breakGlassGroups: ['emergency'] },
      policies: {
        'require-pre-stop': { enforcement: { action: 'Off' } },
        'set-pre-stop-sleep': { parameters: { seconds: 9 } },
      },
    },
  },
  'secrets of all': { settings: { readSecrets: true } },
  'secrets of some': { settings: { readSecrets: [NAMESPACE] } },
  'the report as a page': { dashboard: { enabled: true, port: 9090 } },
  'no policies': { policies: { install: false } },
  'some policies': { policies: { only: ['require-pre-stop', 'set-job-ttl'], except: ['set-job-ttl'] } },
  'log level and variables': { logLevel: 'debug', env: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }] },
  resources: { resources: { requests: { cpu: 1, memory: '1Gi' }, limits: { cpu: 1, memory: '1Gi' } } },
  'own priority': { priorityClassName: 'important' },
  'no priority': { priorityClassName: '' },
  scheduling: {
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'infra', operator: 'Exists', effect: 'NoSchedule' }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [
      {
        topologyKey: 'rack',
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { a: 'b' } },
      },
    ],
  },
  'labels and annotations': {
    labels: { team: 'platform' },
    annotations: { 'example.com/owner': 'platform' },
    podLabels: { mesh: 'off' },
    podAnnotations: { 'example.com/scrape': 'no' },
    serviceAccount: { annotations: { 'example.com/role': 'gate' } },
  },
  permissions: { permissions: { lookUps: [{ apiGroups: ['example.com'], resources: ['things'] }] } },
  scanned: { permissions: { scan: [{ apiGroups: ['example.com'], resources: ['things'] }] } },
  'without a scan': { settings: { scan: { enabled: false } } },
  'network policy': {
    networkPolicy: { enabled: true, apiServerPorts: [443], egress: [{ ports: [{ port: 4317, protocol: 'TCP' }] }] },
  },
  'service monitor': { serviceMonitor: { enabled: true, interval: '1m', labels: { release: 'prometheus' } } },
  dashboard: { grafanaDashboard: { enabled: true, labels: { dashboards: 'yes' } } },
};

// 81 objects that are the same each time.
const WITHOUT_POLICIES = { policies: { install: false } };

const CERTIFICATES: Readonly<Record<string, object>> = {
  'self-managed': {},
  'cert-manager': { certificates: { mode: 'cert-manager' } },
  'cert-manager, own issuer': {
    certificates: { mode: 'cert-manager', issuerRef: { name: 'ours', kind: 'ClusterIssuer' } },
  },
  provided: { certificates: { mode: 'provided', secretName: 'ours' } },
};

describe('the chart', () => {
  let cluster: Cluster;
  let helm: Helm;
  let folder: string;

  beforeAll(async () => {
    [cluster, helm, folder] = await Promise.all([startCluster(), helmFor(), temporaryFolder('values')]);
    await installDefinitions(cluster.kubectl);
    await cluster.kubectl(['apply', '--server-side', '-f', '-'], await fixture('foreign-definitions'));
    await expectOutput(cluster.kubectl, ['create', 'namespace', NAMESPACE]);
    // The strictest that Kubernetes has by itself: a warning is a failure here.
    const strictest = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await expectOutput(cluster.kubectl, ['label', 'namespace', NAMESPACE, ...strictest]);
    // Pods need it, and a control plane on its own has no controller that makes it.
    await cluster.kubectl(['create', 'serviceaccount', 'default', '-n', NAMESPACE]);
  });

  afterAll(async () => {
    await cluster?.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
    await cluster?.stop();
  });

  const render = async (values: object, ...args: readonly string[]): Promise<string> => {
    const file = join(folder, 'values.json');
    await writeFile(file, JSON.stringify(values));
    return expectHelm(helm, ['template', 'tidegate', CHART, '--namespace', NAMESPACE, '--values', file, ...args]);
  };

  /** Neither a wrong field nor an object that the API server would refuse; settings that the program would start with. */
  const expectSound = async (rendered: string): Promise<void> => {
    const apply = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'];
    const { code, stderr } = await cluster.kubectl(apply, rendered);
    expect([code, stderr]).toEqual([0, '']);
    const parsed = parseSettings(settingsIn(rendered), 'tidegate.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
  };

  it('passes its own lint', async () => {
    expect(await expectHelm(helm, ['lint', '--strict', CHART])).toContain('0 chart(s) failed');
  });

  it('is the same as a package, which holds the policies without their cases', async () => {
    const file = await packageChart(helm);
    const packaged = await expectHelm(helm, ['template', 'tidegate', file, '--namespace', NAMESPACE]);
    expect(packaged).toBe(await render({}));
    const policies = documentsOf(packaged).filter(({ kind }) => kind === 'Policy');
    expect(policies.length).toBeGreaterThan(70);
    const files = await expectOutput(tar, ['-tzf', file]);
    expect(files.split('\n').filter((path) => /README|\/(good|bad|mutate)\//.test(path))).toEqual([
      'tidegate/README.md',
    ]);
  });

  it.each(Object.keys(CERTIFICATES))('is taken by an API server: certificates %s', async (mode) => {
    await expectSound(await render(CERTIFICATES[mode] as object));
  });

  it.each(Object.keys(OPTIONS))('is taken by an API server: %s', async (option) => {
    await expectSound(await render({ ...WITHOUT_POLICIES, ...OPTIONS[option] }));
  });

  it.each(Object.keys(CERTIFICATES))(
    'is taken by an API server: every option together, certificates %s',
    async (mode) => {
      const together = Object.assign({}, ...Object.values(OPTIONS), CERTIFICATES[mode]);
      await expectSound(await render({ ...together, ...WITHOUT_POLICIES }));
    },
  );

  it.each([
    ['an unknown value', { replica: 3 }, "additional properties 'replica' not allowed"],
    ['an unknown setting', { settings: { profil: 'strict' } }, "at '/settings': additional properties 'profil'"],
    [
      'an unknown parameter',
      { settings: { policies: { 'set-pre-stop-sleep': { parameters: { second: 9 } } } } },
      "at '/settings/policies/set-pre-stop-sleep/parameters': additional properties 'second' not allowed",
    ],
    [
      'a policy that is not there',
      { policies: { except: ['require-prestop'] } },
      '"require-prestop", which is no policy',
    ],
    ['a Secret without a name', { certificates: { mode: 'provided' } }, "at '/certificates/secretName'"],
  ])('refuses %s by name', async (_, values, message) => {
    await expect(render(values)).rejects.toThrow(message);
  });

  it('is tried with every value that there is', () => {
    const tried = [...Object.values(OPTIONS), ...Object.values(CERTIFICATES)].flatMap((values) => Object.keys(values));
    const values = Object.keys(parse(textOf('charts/tidegate/values.yaml')));
    expect(values.filter((value) => !tried.includes(value))).toEqual([]);
  });

  it.each([
    ['tidegate', 'tidegate'],
    ['gate', 'gate-tidegate'],
    ['tidegate-blue.v2', 'tidegate-blue-v2'],
    ['a-release-with-the-longest-name-that-helm-lets-through', undefined],
  ])('gives the release %s objects whose names an API server takes', async (release, name) => {
    const values = JSON.stringify(WITHOUT_POLICIES.policies);
    const args = [
      'template',
      release.slice(0, 53),
      CHART,
      '--namespace',
      NAMESPACE,
      '--set-json',
      `policies=${values}`,
    ];
    const rendered = await expectHelm(helm, args);
    await expectSound(rendered);
    const service = documentsOf(rendered).find(({ kind }) => kind === 'Service');
    if (name !== undefined) expect(service?.metadata.name).toBe(name);
  });

  it('renders only the policies that are asked for', async () => {
    const names = async (policies: object): Promise<readonly string[]> =>
      documentsOf(await render({ policies }))
        .filter(({ kind }) => kind === 'Policy')
        .map(({ metadata }) => metadata.name);
    expect(await names({ only: ['set-job-ttl', 'require-pre-stop'] })).toEqual(['set-job-ttl', 'require-pre-stop']);
    expect(await names({ only: ['set-job-ttl', 'require-pre-stop'], except: ['set-job-ttl'] })).toEqual([
      'require-pre-stop',
    ]);
    expect(await names({ install: false })).toEqual([]);
  });

  it('passes its own policies under the strict profile, and says which of them only record something', async () => {
    // Of the Pod of `helm test`, and of a namespace that the chart does not make.
    const recorded = ['require-log-level', 'require-namespace-limits'];
    for (const mode of Object.keys(CERTIFICATES)) {
      const manifests = join(await temporaryFolder('manifests'), mode);
      await mkdir(manifests);
      await writeFile(join(manifests, 'chart.yaml'), await render(CERTIFICATES[mode] as object));
      // The Secret that comes from elsewhere.
      const secret = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', stringData: { 'ca.crt': '-' } };
      const names = ['tidegate-certificates', 'ours'];
      const secrets = names.map((name) => ({ ...secret, metadata: { name, namespace: NAMESPACE } }));
      await writeFile(
        join(manifests, 'secrets.json'),
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: secrets }),
      );
      const { code, stdout } = await tidegate(['audit', '--profile', 'strict', '--output', 'json', manifests]);
      const { objects }: Audit = JSON.parse(stdout);
      const findings = objects.flatMap((object) => object.findings);
      expect([code, findings.map(({ policy }) => policy).filter((policy) => !recorded.includes(policy))]).toEqual([
        0,
        [],
      ]);
    }
  });
});

interface Audit {
  readonly objects: readonly { readonly findings: readonly { readonly policy: string }[] }[];
}

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

function documentsOf(rendered: string): readonly Document[] {
  return parseAllDocuments(rendered)
    .map((document) => document.toJS())
    .filter((document) => document !== null);
}

function settingsIn(rendered: string): string {
  const found = documentsOf(rendered).find(({ data }) => data?.['tidegate.yaml'] !== undefined);
  return found?.data?.['tidegate.yaml'] as string;
}

const tar = (args: readonly string[]) => runProgram('tar', args);
const tidegate = (args: readonly string[]) => runProgram(process.execPath, [join(REPOSITORY, 'src/main.ts'), ...args]);
