/** `tidegate audit --cluster` against a real API server: it finds what an audit of the same objects in files finds. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { installDefinitions } from './definitions.ts';
import { expectOutput } from './kubectl.ts';
import { temporaryFolder } from './process.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { createWorkloads, type Workloads } from './workloads.ts';

/** The report as JSON, as far as it is looked at here. */
interface ReportDocument {
  readonly cluster: string;
  readonly summary: { readonly objects: number };
  readonly objects: readonly Outcome[];
  readonly problems: readonly { readonly file: string; readonly message: string; readonly hint?: string }[];
}

interface Outcome {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly findings: readonly { readonly policy: string; readonly excepted?: object }[];
  readonly changes: readonly object[];
  readonly patch: readonly object[];
  readonly notJudged: readonly { readonly policy: string }[];
}

const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
const NATIVE = 'admissionregistration.k8s.io/v1';

describe('audit --cluster', () => {
  const prefix = `audit-${process.pid}`;
  const [first, second] = [`${prefix}-0`, `${prefix}-1`];
  let cluster: Cluster;
  let workloads: Workloads;
  let folder: string;
  /** Of a user with nothing but the role of docs/cluster-audit.md. */
  let auditor: string;

  const tidegate = (...args: readonly string[]): Promise<ProgramResult> =>
    runProgram(process.execPath, [join(REPOSITORY, 'src/main.ts'), ...args], { env: { PATH: process.env['PATH'] } });
  const auditCluster = async (
    kubeconfig: string,
    ...args: readonly string[]
  ): Promise<ReportDocument & { readonly code: number }> => {
    const flags = ['--cluster', '--kubeconfig', kubeconfig, '--requests-per-second', '500', '--output', 'json'];
    const { code, stdout, stderr } = await tidegate('audit', ...flags, ...args);
    expect(stderr).toBe('');
    return { ...(JSON.parse(stdout) as ReportDocument), code };
  };
  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  const apply = (...objects: readonly object[]): Promise<string> =>
    expectOutput(
      cluster.kubectl,
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    );
  const account = async (name: string, role: string): Promise<string> => {
    await kubectl('create', 'serviceaccount', name, '-n', first);
    await kubectl(
      'create',
      'clusterrolebinding',
      `${prefix}-${name}`,
      `--clusterrole=${role}`,
      `--serviceaccount=${first}:${name}`,
    );
    return serviceAccountKubeconfig(cluster.kubectl, first, name);
  };

  beforeAll(async () => {
    cluster = await startCluster();
    folder = await temporaryFolder('audit');
    await installDefinitions(cluster.kubectl);
    workloads = await createWorkloads(cluster.kubeconfig, prefix);
    const docs = await readFile(join(REPOSITORY, 'docs/cluster-audit.md'), 'utf8');
    const role = /```yaml\n(.*?)```/s.exec(docs)?.[1] ?? '';
    await expectOutput(cluster.kubectl, ['apply', '-f', '-'], role);
    auditor = await account('auditor', 'tidegate-audit');
  });
  afterAll(async () => {
    if (cluster?.controlPlane === undefined)
      await kubectl('delete', 'namespace', ...workloads.namespaces, '--wait=false');
    await cluster?.stop();
  });

  it('equals the audit of the same objects in files, read by a user with the role of the docs, owners first', async () => {
    const kinds = (await kubectl('api-resources', '--verbs=list,create', '-o', 'name')).trim().split('\n');
    const dumped = kinds.filter((kind) => !/^(events|leases|endpointslices|secrets)\b/.test(kind));
    const dump = join(folder, 'dump.json');
    await writeFile(dump, await kubectl('get', dumped.join(), '-A', '-o', 'json'));
    const [files, fromCluster] = await Promise.all([
      tidegate('audit', dump, '--output', 'json'),
      auditCluster(auditor),
    ]);
    const fromFiles = JSON.parse(files.stdout) as ReportDocument;
    expect(fromCluster).toMatchObject({ cluster: 'test', problems: [], code: 1 });
    expect(workloads.count).toBeGreaterThanOrEqual(2000);
    expect(fromCluster.objects.flatMap(({ findings }) => findings).length).toBeGreaterThan(5000);
    const [inCluster, inFiles] = [comparable(fromCluster), comparable(fromFiles)];
    // One that differs is enough to read.
    expect(inCluster.find((one, at) => one !== inFiles[at])).toEqual(inFiles.find((one, at) => one !== inCluster[at]));
    expect(inCluster).toHaveLength(inFiles.length);
    const made = fromCluster.objects.filter(({ kind }) => kind === 'ReplicaSet' || kind === 'Job');
    expect(made).toEqual([]);
    const pods = fromCluster.objects.filter((one) => isOurs(one) && one.kind === 'Pod');
    expect(pods.filter(({ name }) => !name.startsWith('lone-'))).toEqual([]);
  }, 240_000);
  const isOurs = ({ namespace }: Outcome): boolean => namespace?.startsWith(prefix) === true;

  it('needs no permission to read Secrets, or to write anything', async () => {
    const can = (verb: string, resource: string): Promise<{ readonly stdout: string }> =>
      cluster.kubectl(['auth', 'can-i', verb, resource, '-A', '--as', `system:serviceaccount:${first}:auditor`]);
    expect((await can('list', 'deployments.apps')).stdout.trim()).toBe('yes');
    for (const [verb, resource] of [
      ['get', 'secrets'],
      ['list', 'secrets'],
      ['create', 'deployments.apps'],
      ['patch', 'pods'],
    ]) {
      expect((await can(String(verb), String(resource))).stdout.trim()).toBe('no');
    }
  });

  it('judges the kinds and the namespaces that are asked for', async () => {
    const flags = ['--namespace', first, '--namespace', first, '--kind', 'deploy', '--kind', 'CronJob'];
    const { objects, problems, summary } = await auditCluster(auditor, ...flags);
    expect(problems).toEqual([]);
    expect(new Set(objects.map(({ kind, namespace }) => `${kind} ${namespace}`))).toEqual(
      new Set([`Deployment ${first}`, `CronJob ${first}`]),
    );
    const stored = await kubectl('get', 'deployments,cronjobs', '-n', first, '-o', 'name');
    expect(summary.objects).toBe(stored.trim().split('\n').length);
  });

  it('judges by the policies of the cluster too, Kubernetes’ own with their params among them, and exempts as it does', async () => {
    const missing = "has(object.metadata.labels) && 'team' in object.metadata.labels";
    const name = `${prefix}-team`;
    await apply(
      {
        apiVersion: NATIVE,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: {
          paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
          matchConstraints: { resourceRules: [RULE] },
          validations: [{ expression: 'object.data.mode == params.data.mode', message: 'another mode' }],
        },
      },
      {
        apiVersion: NATIVE,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name },
        spec: {
          policyName: name,
          validationActions: ['Deny'],
          paramRef: { name: 'mode', namespace: second, parameterNotFoundAction: 'Deny' },
          matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': first } } },
        },
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mode', namespace: second }, data: { mode: 'other' } },
      {
        apiVersion: 'tidegate.dev/v1alpha1',
        kind: 'Policy',
        metadata: { name: 'require-team' },
        spec: {
          title: 'Every ConfigMap names its team',
          category: 'Ownership',
          severity: 'medium',
          rationale: 'Without an owner nobody is called.',
          remediation: 'Add the label team.',
          matchConstraints: { resourceRules: [RULE] },
          validations: [{ name: 'team', expression: missing, message: 'The label team is missing.' }],
        },
      },
      {
        apiVersion: 'tidegate.dev/v1alpha1',
        kind: 'PolicyException',
        metadata: { name: 'legacy', namespace: first },
        spec: {
          policies: [{ name: 'require-team' }],
          match: { names: ['settings-0'] },
          reason: 'Replaced in March.',
          owner: 'team-shop',
          expiresAt: '2099-01-01T00:00:00Z',
        },
      },
    );
    const both = ['--no-builtin', '--kind', 'configmaps'];
    const { objects, problems } = await auditCluster(auditor, ...both);
    expect(problems).toEqual([]);
    const of = (policy: string) =>
      objects.flatMap(({ namespace, name: object, findings }) =>
        findings.filter((one) => one.policy === policy).map(({ excepted }) => ({ namespace, object, excepted })),
      );
    expect(of(name).length).toBeGreaterThan(10);
    expect(new Set(of(name).map(({ namespace }) => namespace))).toEqual(new Set([first]));
    expect(of('require-team').filter(({ excepted }) => excepted)).toMatchObject([
      { namespace: first, object: 'settings-0' },
    ]);
    expect((await auditCluster(auditor, '--no-cluster-policies', ...both)).objects).toEqual([]);
  });

  it('names what it may not read and the permission that is missing, and judges the rest', async () => {
    await apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `${prefix}-few` },
      rules: [{ apiGroups: ['', 'batch'], resources: ['namespaces', 'cronjobs', 'pods'], verbs: ['get', 'list'] }],
    });
    const few = await account('few', `${prefix}-few`);
    const { code, objects, problems } = await auditCluster(few, '--namespace', first, '--no-cluster-policies');
    expect(code).toBe(2);
    expect(problems).toContainEqual({
      file: `permissions in ${first}`,
      message: expect.stringMatching(/^nothing is known of what this user may not list: .*\bdeployments\.apps,/),
      hint: 'grant get and list on them, as the ClusterRole of docs/cluster-audit.md does',
    });
    expect(problems.length).toBeLessThanOrEqual(2);
    expect(problems.some(({ file, message }) => /\b(secrets|cronjobs)/.test(file + message))).toBe(false);
    expect(objects.filter(({ kind }) => kind === 'CronJob').length).toBeGreaterThan(10);
    // Whether there is such a ConfigMap is for nobody to say.
    const open = objects.flatMap(({ notJudged }) => notJudged.map(({ policy }) => policy));
    expect(open).toContain('require-config-references');
  });

  it('says in one line why a cluster cannot be asked', async () => {
    const said = async (...args: readonly string[]): Promise<readonly [number, string]> => {
      const { code, stderr, stdout } = await tidegate('audit', '--cluster', ...args);
      expect(stdout).toBe('');
      return [code, stderr];
    };
    expect(await said('--kubeconfig', auditor, '--context', 'stage')).toEqual([
      2,
      `--cluster: kubeconfig ${auditor}: it has no context "stage" (it has test)\n`,
    ]);
    const config = JSON.parse(await readFile(auditor, 'utf8')) as { users: { user: { token: string } }[] };
    const stale = join(folder, 'stale');
    await writeFile(stale, JSON.stringify({ ...config, users: [{ name: 'user', user: { token: 'very-secret' } }] }));
    const [code, message] = await said('--kubeconfig', stale);
    expect(code).toBe(2);
    expect(message).toMatch(
      /^--cluster: cluster test \([\d.]+:\d+\): the API server does not know this user \(401\)\n$/,
    );
  });
});

/** Without what only files have, in an order that does not depend on them. */
function comparable({ objects }: ReportDocument): readonly string[] {
  const onlyOfFiles = new Set(['file', 'line', 'column']);
  const words = (value: unknown): string =>
    JSON.stringify(value, (key, inner) => (onlyOfFiles.has(key) ? undefined : inner)).replaceAll(
      ' among these files',
      '',
    );
  const sorted = (list: readonly object[]): readonly string[] => list.map(words).sort();
  // kubectl sorts the fields of an object, and so do the patches that are made of it.
  return sorted(
    objects.map((one) => ({
      ...one,
      findings: sorted(one.findings),
      changes: sorted(one.changes),
      patch: sorted(one.patch),
    })),
  );
}
