/**
 * Real manifests, mistakes included: what people wrote while they learned, and what applications are shipped with. They
 * are no part of the repository; where they are missing, these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { findFiles, readFiles } from '../../src/audit/files.ts';
import { type Manifests, readManifests } from '../../src/audit/manifests.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import type { Report } from '../../src/report/report.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';

const SHARED = fileURLToPath(new URL('../../../shared', import.meta.url));
const MANIFESTS = join(SHARED, 'manifests');
const REALWORLD = join(SHARED, 'corpus', 'realworld');
const LABELLED = join(SHARED, 'corpus', 'labelled');

/** Skips where the folder is missing, and says so in the title. */
function describeWith(folder: string, title: string, body: () => void): void {
  const missing = existsSync(folder) ? '' : ` (SKIPPED: no ${relative(process.cwd(), folder)})`;
  // The titles of skipped tests are not printed.
  if (missing !== '') console.warn(`${title}${missing}`);
  describe.skipIf(missing !== '')(`${title}${missing}`, body);
}

const { catalog, problems } = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true });

function read(path: string): Manifests {
  return readManifests(readFiles(findFiles([path]).files, []));
}

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  RP: 'require-readiness-probe',
  LP: 'require-liveness-probe',
  AA: 'require-anti-affinity',
  PS: 'require-image-pull-secrets',
};

/**
 * Which of the six validating policies refuse which object, as a person has judged the files. None of them breaks
 * disallow-latest-if-not-present or, having no critical workload, require-guaranteed-qos.
 */
const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '000-fragments.yaml': {
    'Pod readiness-http-000': 'LP',
    'Pod startup-named-port': 'RP LP',
    'Pod liveness-exec-000': 'RP',
    'Pod liveness-http-000': 'RP',
    'Pod qos-guaranteed': 'RP LP',
    'Pod qos-burstable': 'RP LP',
    'Pod qos-besteffort': 'RP LP',
  },
  '000-game-demo.yaml': { 'Pod game-demo': 'RP LP' },
  '000-httpserver-1.0.yaml': { 'Deployment httpserver': 'RP LP' },
  '000-httpserver-1.1.yaml': { 'Deployment httpserver': 'AA' },
  '001-demo.yaml': { 'Deployment demo': 'RP LP AA' },
  '001-init-demo.yaml': { 'Pod init-demo': 'RP LP' },
  '001-liveness.yaml': { 'Pod liveness-exec': 'RP', 'Pod liveness-http': 'RP', 'Pod goproxy': 'RP' },
  '001-myapp.yaml': { 'Pod myapp-pod': 'RP LP' },
  '001-prestop.yaml': { 'Deployment prestop': 'RP LP' },
  '001-readiness.yaml': { 'Pod readiness-exec': 'LP', 'Pod readiness-http': 'LP', 'Pod readiness-parameters': 'LP' },
  '001-shared-pid.yaml': { 'Pod nginx': 'RP LP' },
  '001-startpolicy.yaml': { 'Pod startpolicy-always': 'RP LP' },
  '001-startup.yaml': { 'Pod startup-http': 'RP' },
  '001-static-web.yaml': { 'Pod static-web': 'RP LP' },
  '001-two-containers.yaml': {},
  '002-fortune-client.yaml': {},
  '002-prestop-hook.yaml': { 'Pod pod-with-prestop-hook': 'RP LP' },
  '003-simple-server.yaml': {},
  '004-bookinfo.yaml': { 'Deployment details': 'RP LP', 'Deployment reviews': 'RP LP' },
  '004-bookstore-rewrite.yaml': {},
  '004-elasticsearch-init.yaml': { 'StatefulSet elasticsearch-logging': 'RP LP' },
  '004-eviction-tolerations.yaml': { 'Pod eviction-tolerations': 'RP LP' },
  '004-ingress-nginx-hostnetwork.yaml': {},
  '004-ingress-nginx.yaml': {},
  '004-ingress-wildcard-host.yaml': {},
  '004-myblog-01-one-pod.yaml': { 'Pod myblog': 'RP LP PS' },
  '004-myblog-02-one-pod-v2.yaml': { 'Pod myblog': 'RP LP PS' },
  '004-myblog-03-volume.yaml': { 'Pod myblog': 'RP LP PS' },
  '004-myblog-04-fragments.yaml': {
    'Pod myblog-healthcheck': 'PS',
    'Pod myblog-tcp': 'RP PS',
    'Pod myblog-resourcelimits': 'RP LP PS',
    'Pod myblog-pullpolicy': 'RP LP PS',
  },
  '004-myblog-05-completed.yaml': { 'Pod myblog': 'PS' },
  '004-myblog-06-two-pods.yaml': { 'Pod myblog': 'PS' },
  '004-myblog-07-two-pods-config.yaml': { 'Pod myblog': 'PS' },
  '004-myblog-08-deployments.yaml': { 'Deployment myblog': 'PS' },
  '004-myblog-09-mysql-hostport.yaml': {},
  '004-myblog-10-final.yaml': { 'Deployment myblog': 'PS AA' },
  '004-myblog-11-ingress-plain.yaml': {},
  '004-myblog-12-ingress-annotations.yaml': {},
  '004-pod-lifecycle.yaml': {},
  '004-restart-policy.yaml': { 'Pod test-restart-policy': 'RP LP' },
  'repaired/000-httpserver-1.0.yaml': { 'Deployment httpserver': 'RP LP' },
  'repaired/002-fortune-client.yaml': { 'Pod fortune-client': 'RP LP' },
  'repaired/003-simple-server.yaml': {},
  'repaired/004-ingress-nginx.yaml': {},
};

const JUDGED_HERE = new Set([
  ...Object.values(ABBREVIATIONS),
  'disallow-latest-if-not-present',
  'require-guaranteed-qos',
  'set-image-pull-secrets',
  'set-pod-anti-affinity',
  'set-pre-stop-sleep',
  'set-revision-history-limit',
]);

function refusals(report: Report): Record<string, string[]> {
  const refused = report.objects.map(({ kind, name, findings }): [string, string[]] => [
    `${kind} ${name}`,
    [...new Set(findings.map(({ policy }) => policy))].filter((policy) => JUDGED_HERE.has(policy)).sort(),
  ]);
  return Object.fromEntries(refused.filter(([, policies]) => policies.length > 0));
}

function expectedRefusals(file: string): Record<string, string[]> {
  const rows = Object.entries(REFUSED[file] ?? {});
  return Object.fromEntries(
    rows.map(([object, ids]) => [
      object,
      ids
        .split(' ')
        .map((id) => ABBREVIATIONS[id] ?? id)
        .sort(),
    ]),
  );
}

// No server decodes the first; the second has keys twice under resources, and is judged by the last of them.
const PROBLEMS: Readonly<Record<string, readonly string[]>> = {
  '002-fortune-client.yaml': ['19:7 cannot be read as Pod: spec.containers[1] is a string, expected an object'],
  '003-simple-server.yaml': ['58:11 the key "cpu" is there twice, and only the last one counts'],
};

// Files whose long-running containers all have a preStop hook of their own.
const WITH_PRE_STOP =
  /^(repaired\/)?(001-prestop|002-prestop-hook|003-simple-server|004-ingress-nginx.*|004-pod-lifecycle)\.yaml$/;

interface PodSpec {
  readonly restartPolicy?: string;
  readonly containers: readonly { readonly name: string }[];
}

function containersToDelay({ manifests }: Manifests, file: string): string[] {
  return manifests.flatMap(({ object, kind }) => {
    const spec = object['spec'] as (PodSpec & { readonly template?: { readonly spec: PodSpec } }) | undefined;
    const pod = kind === 'Pod' ? spec : spec?.template?.spec;
    if (pod === undefined || WITH_PRE_STOP.test(file) || (pod.restartPolicy ?? 'Always') !== 'Always') return [];
    return pod.containers.map(({ name }) => name);
  });
}

function changed(report: Report, policy: string): string[] {
  const mine = report.objects.flatMap(({ kind, name, changes }) =>
    changes.filter((change) => change.policy === policy).map((change) => change.container ?? `${kind} ${name}`),
  );
  return mine.sort();
}

describeWith(MANIFESTS, 'the manifests of a course', () => {
  it('are judged by policies that compile', () => {
    expect(problems).toEqual([]);
    expect(catalog.current().policies.filter(({ id }) => JUDGED_HERE.has(id))).toHaveLength(JUDGED_HERE.size);
  });

  it('are all in the table', () => {
    const files = findFiles([MANIFESTS]).files.map((file) => relative(MANIFESTS, file));
    expect(files.sort()).toEqual(Object.keys(REFUSED).sort());
  });

  it.each(Object.keys(REFUSED))('%s', (file) => {
    const manifests = read(join(MANIFESTS, file));
    const report = audit(manifests, catalog.current(), { now: 0 });
    expect(refusals(report)).toEqual(expectedRefusals(file));
    expect(changed(report, 'set-pre-stop-sleep')).toEqual(containersToDelay(manifests, file).sort());
    const workloads = manifests.manifests.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
    // The one whose author wrote revisionHistoryLimit: 10 keeps it.
    const limited = file === '000-httpserver-1.1.yaml' ? [] : workloads;
    expect(changed(report, 'set-revision-history-limit')).toEqual(
      limited.map(({ kind, metadata }) => `${kind} ${metadata['name']}`).sort(),
    );
    expect(changed(report, 'set-pod-anti-affinity')).toEqual([]);
    expect(changed(report, 'set-image-pull-secrets')).toEqual([]);
    expect(report.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual(
      PROBLEMS[file] ?? [],
    );
    expect(report.counts).toMatchObject({ failures: 0, notJudged: 0 });
  });
});

describeWith(REALWORLD, 'manifests of real applications', () => {
  const manifests = read(REALWORLD);
  const report = audit(manifests, catalog.current(), { now: 0 });

  it('are read, or named with their place', () => {
    expect(manifests.manifests.length).toBeGreaterThan(800);
    for (const { file, line, message } of report.problems) {
      expect(file.startsWith(REALWORLD) && Number(line) > 0 && message !== '').toBe(true);
    }
    expect(report.problems.length).toBeLessThan(20);
    for (const { reason } of report.skipped)
      expect(reason).toMatch(/no Kubernetes object|not a Kubernetes object|no object/);
  });

  it('give no rule a reason to fail', () => {
    const failed = report.objects.flatMap(({ file, name, failures }) =>
      failures.map(({ policy, message }) => `${file} ${name}: ${policy}: ${message}`),
    );
    expect(failed).toEqual([]);
  });

  it('give the same report twice', () => {
    expect(audit(read(REALWORLD), catalog.current(), { now: 0 })).toEqual(report);
  });

  it('have every finding at a place of its file', () => {
    for (const { findings, changes } of report.objects) {
      for (const { line, column } of [...findings, ...changes]) expect(line > 0 && column > 0).toBe(true);
    }
  });
});

// The checks of other linters that ask the same as a policy of ours.
const SAME_AS: Readonly<Record<string, string>> = {
  livenessProbeMissing: 'require-liveness-probe',
  'no-liveness-probe': 'require-liveness-probe',
  readinessProbeMissing: 'require-readiness-probe',
  'no-readiness-probe': 'require-readiness-probe',
  'no-anti-affinity': 'require-anti-affinity',
};

interface Label {
  readonly check: string;
  readonly expected: 'pass' | 'fail';
  readonly file: string;
  readonly kind: string;
  readonly name: string;
}

describeWith(LABELLED, 'the labelled manifests of other linters', () => {
  it('give no rule a reason to fail', () => {
    expect(audit(read(LABELLED), catalog.current(), { now: 0 }).counts).toMatchObject({ failures: 0, notJudged: 0 });
  });

  it('get the verdicts that they were made for', () => {
    const lines = readFileSync(join(LABELLED, 'index.jsonl'), 'utf8').trim().split('\n');
    const labels = lines.map((line) => JSON.parse(line) as Label);
    // A DeploymentConfig is a kind of OpenShift; it is no workload of Kubernetes.
    const ours = labels.filter(({ check, kind }) => check in SAME_AS && kind !== 'DeploymentConfig');
    const wrong = ours.filter(({ check, expected, file, kind, name }) => {
      const { objects } = audit(read(join(LABELLED, file)), catalog.current(), { now: 0 });
      const findings = objects.filter((one) => one.kind === kind && one.name === name).flatMap((one) => one.findings);
      return findings.some(({ policy }) => policy === SAME_AS[check]) !== (expected === 'fail');
    });
    expect(wrong).toEqual([]);
    expect(ours).toHaveLength(15);
  });
});
