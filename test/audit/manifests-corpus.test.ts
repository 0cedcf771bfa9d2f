/**
 * Real manifests, mistakes included: what people wrote while they learned, and what applications are shipped with. They
 * are no part of the repository; where they are missing, these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { findFiles, readFiles } from '../../src/audit/files.ts';
import { type Manifests, readManifests } from '../../src/audit/manifests.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import type { Report } from '../../src/report/report.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { describeWith, LABELLED, MANIFESTS, REALWORLD } from '../support/corpora.ts';

const { catalog, problems } = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true });

function read(path: string): Manifests {
  return readManifests(readFiles(findFiles([path]).files, []));
}

/** Judged on each line of the table, whatever it says: they are told of once, above it. */
const COMMON = new Set([
  'disallow-default-namespace',
  'require-descriptive-annotations',
  'require-labels',
  'require-log-level',
  'require-namespace-limits',
  'require-pre-stop',
  'require-security-context',
]);

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  NP: 'disallow-naked-pods',
  BE: 'disallow-best-effort',
  RES: 'require-resources',
  RP: 'require-readiness-probe',
  LP: 'require-liveness-probe',
};

/** Verdicts by object, such as `Pod web` -> `Deny disallow-best-effort`. */
type Verdicts = Readonly<Record<string, readonly string[]>>;

/** The table of expected verdicts in the manifests' README: by file, what a person has found in them. */
function expectedVerdicts(): Readonly<Record<string, Verdicts>> {
  const rows = readFileSync(join(MANIFESTS, 'README.md'), 'utf8').matchAll(
    /^\| `(?<file>[^`]+)` \|.*\| (?<cell>[^|]*) \|$/gm,
  );
  return Object.fromEntries(
    [...rows].map(({ groups = {} }) => [groups['file'] ?? '', verdictsIn(groups['cell'] ?? '')]),
  );
}

/** `**Pod web** deny: BE, RP (why); warn: NP<br>**Service web** …` */
function verdictsIn(cell: string): Verdicts {
  const objects = cell.split('<br>').flatMap((part) => {
    const { object = '', rest = '' } = /^\*\*(?<object>[^*]+)\*\* (?<rest>.*)$/.exec(part)?.groups ?? {};
    return object === '' ? [] : [[object, levelsIn(rest)] as const];
  });
  return Object.fromEntries(objects.filter(([, verdicts]) => verdicts.length > 0));
}

const LEVELS: Readonly<Record<string, string>> = { deny: 'Deny', warn: 'Warn', audit: 'Audit' };

function levelsIn(text: string): readonly string[] {
  // What stands in brackets is a reason, with commas and semicolons of its own.
  const parts = text.replace(/\([^)]*\)/g, '').split('; ');
  return parts
    .flatMap((part) => {
      const [level = '', ids = ''] = part.split(': ');
      const action = LEVELS[level];
      if (action === undefined) return [];
      const policies = ids.split(', ').map((id) => ABBREVIATIONS[id.trim()] ?? id.trim());
      return policies.filter((policy) => !COMMON.has(policy)).map((policy) => `${action} ${policy}`);
    })
    .sort();
}

function verdictsOf(report: Report): Verdicts {
  const objects = report.objects.map(({ kind, name, findings }) => {
    const own = findings.filter(({ policy }) => !COMMON.has(policy));
    return [`${kind} ${name}`, [...new Set(own.map(({ action, policy }) => `${action} ${policy}`))].sort()] as const;
  });
  return Object.fromEntries(objects.filter(([, verdicts]) => verdicts.length > 0));
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

// As the table has it: one node that takes Pods.
const NODE = 'apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\n';

describeWith(MANIFESTS, 'the manifests of a course', () => {
  const expected = existsSync(MANIFESTS) ? expectedVerdicts() : {};

  it('are judged by policies that compile', () => {
    expect(problems).toEqual([]);
  });

  it('are all in the table', () => {
    const files = findFiles([MANIFESTS]).files.map((file) => relative(MANIFESTS, file));
    expect(files.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.keys(expected))('%s', (file) => {
    const path = join(MANIFESTS, file);
    const manifests = readManifests([...readFiles([path], []), { file: 'node.yaml', text: NODE }]);
    const report = audit(manifests, catalog.current(), { now: 0 });
    expect(verdictsOf(report)).toEqual(expected[file]);
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
      expect(reason).toMatch(/no Kubernetes object|not a Kubernetes object|no object|a patch of/);
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
      for (const { line = 0, column = 0 } of [...findings, ...changes]) expect(line > 0 && column > 0).toBe(true);
    }
  });
});

describeWith(LABELLED, 'the labelled manifests of other linters', () => {
  it('give no rule a reason to fail', () => {
    const { counts, objects } = audit(read(LABELLED), catalog.current(), { now: 0 });
    expect(counts).toMatchObject({ failures: 0 });
    // No file holds a Node.
    const unknown = objects.flatMap(({ notJudged }) => notJudged.map(({ policy }) => policy));
    expect([...new Set(unknown)]).toEqual(['restrict-anti-affinity-rollout']);
  });
});
