/**
 * Manifests of other linters, with what their checks must flag. They are no part of the repository; where they are missing,
 * these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judgeAll } from '../../src/audit/audit.ts';
import { readManifests } from '../../src/audit/manifests.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { formatPath } from '../../src/policy/path.ts';
import { RECOMMENDED, type Settings } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { describeWith, LABELLED } from '../support/corpora.ts';

interface Label {
  readonly suite: string;
  readonly fit: 'direct' | 'near';
  readonly check: string;
  readonly expected: 'fail' | 'pass';
  readonly file: string;
  readonly docIndex: number;
  readonly name: string;
  readonly kind: string;
}

/** What of ours asks the same as a check: a policy, and which of its findings where it asks for more. */
interface Ours {
  readonly policy: string;
  readonly rule?: RegExp;
  readonly path?: RegExp;
  readonly message?: RegExp;
}

const OURS: Readonly<Record<string, Ours>> = {
  'use-namespace': { policy: 'disallow-default-namespace' },
  'no-extensions-v1beta': { policy: 'disallow-deprecated-apis' },
  'host-ipc': { policy: 'require-security-context', path: /hostIPC/ },
  hostIPCSet: { policy: 'require-security-context', path: /hostIPC/ },
  'host-pid': { policy: 'require-security-context', path: /hostPID/ },
  hostPIDSet: { policy: 'require-security-context', path: /hostPID/ },
  'host-network': { policy: 'disallow-host-network' },
  hostNetworkSet: { policy: 'disallow-host-network' },
  hostPathSet: { policy: 'restrict-host-path' },
  'sensitive-host-mounts': { policy: 'restrict-host-path' },
  'writable-host-mount': { policy: 'restrict-host-path' },
  hostPortSet: { policy: 'disallow-host-port' },
  'latest-tag': { policy: 'disallow-latest-tag' },
  tagNotSpecified: { policy: 'disallow-latest-tag' },
  tlsSettingsMissing: { policy: 'require-ingress-tls', rule: /^(tls|host)$/ },
  nakedPod: { policy: 'disallow-naked-pods' },
  'exposed-services': { policy: 'restrict-node-port' },
  'env-var-secret': { policy: 'disallow-plaintext-secrets' },
  sensitiveContainerEnvVar: { policy: 'disallow-plaintext-secrets' },
  'privileged-container': { policy: 'disallow-privileged' },
  runAsPrivileged: { policy: 'disallow-privileged' },
  livenessProbeMissing: { policy: 'require-liveness-probe' },
  'no-liveness-probe': { policy: 'require-liveness-probe' },
  readinessProbeMissing: { policy: 'require-readiness-probe' },
  'no-readiness-probe': { policy: 'require-readiness-probe' },
  deploymentMissingReplicas: { policy: 'require-multiple-replicas' },
  'no-anti-affinity': { policy: 'require-anti-affinity' },
  cpuLimitsMissing: { policy: 'require-resources', message: /limits\.cpu/ },
  cpuRequestsMissing: { policy: 'require-resources', message: /requests\.cpu/ },
  memoryLimitsMissing: { policy: 'require-resources', message: /limits\.memory/ },
  memoryRequestsMissing: { policy: 'require-resources', message: /requests\.memory/ },
  'unset-cpu-requirements': { policy: 'require-resources', message: /cpu/ },
  'unset-memory-requirements': { policy: 'require-resources', message: /memory/ },
  'no-rolling-update-strategy': { policy: 'restrict-rolling-update' },
  'dangling-service': { policy: 'require-service-backends' },
  'invalid-target-ports': { policy: 'require-service-backends' },
};

const REFUSED = 'no API server takes such values';

/** Labels that are not met, and why. */
const NOT_MET: Readonly<Record<string, string>> = {
  'nakedPod: polaris/test/checks/nakedPod/success.yaml#0 pass': 'nothing in the file controls this Pod either',
  'hostPathSet: polaris/test/checks/hostPathSet/failure.yaml#0 fail': 'logs of the node may be read',
  'deploymentMissingReplicas: polaris/test/checks/deploymentMissingReplicas/failure.yaml#0 fail':
    'it has no containers, so nothing that serves',
  'invalid-target-ports: kube-linter/tests/checks/invalid-target-ports.yaml#0 fail': REFUSED,
  'invalid-target-ports: kube-linter/tests/checks/invalid-target-ports.yaml#1 fail': REFUSED,
};

const WITHOUT_PRACTICE = ['host-ipc', 'hostIPCSet', 'host-pid', 'hostPIDSet'];

function reasonNotMet(title: string, { kind, expected, check }: Label): string | undefined {
  // Without its schema nothing is known of a custom resource; OpenShift itself has deprecated this one.
  if (kind === 'DeploymentConfig' && expected === 'fail') return 'the kind is none of Kubernetes';
  if (WITHOUT_PRACTICE.includes(check) && expected === 'fail') return 'no documented practice speaks of it';
  return NOT_MET[title];
}

const labels: readonly Label[] = !existsSync(LABELLED)
  ? []
  : readFileSync(join(LABELLED, 'index.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

const setsOf = new Map<string, PolicySet>();

/** One policy alone, switched on; limits are asked for where the check asks for them. */
function setOf(policy: string): PolicySet {
  const known = setsOf.get(policy);
  if (known !== undefined) return known;
  const settings: Settings = {
    ...RECOMMENDED,
    excludedNamespaces: [],
    policies: { [policy]: { enforcement: { action: 'Deny' } } },
  };
  const { catalog } = loadCatalog({ settings, paths: [], builtin: true });
  const own = catalog.current().policies.filter(({ id }) => id === policy);
  const set = policySet(own, settings);
  setsOf.set(policy, set);
  return set;
}

function found({ check, file, docIndex, kind, name }: Label): readonly string[] {
  const { policy, rule = /^/, path = /^/, message = /^/ } = OURS[check] as Ours;
  const manifests = readManifests([{ file, text: readFileSync(join(LABELLED, file), 'utf8') }]);
  const { objects } = judgeAll(manifests, setOf(policy), { now: 0 });
  expect(manifests.manifests[docIndex]).toMatchObject({ kind, metadata: { name } });
  return (objects[docIndex]?.findings ?? [])
    .filter(
      (finding) => rule.test(finding.rule) && path.test(formatPath(finding.path)) && message.test(finding.message),
    )
    .map((finding) => `${finding.policy}/${finding.rule} ${finding.message}`);
}

describeWith(LABELLED, 'the labelled corpus', () => {
  const direct = labels.filter(({ fit }) => fit === 'direct');

  it('has a policy of ours for each check', () => {
    expect([...new Set(direct.map(({ check }) => check))].filter((check) => OURS[check] === undefined)).toEqual([]);
  });

  const titled = direct.map(
    (label) => [`${label.check}: ${label.file}#${label.docIndex} ${label.expected}`, label] as const,
  );

  it.each(titled)('%s', (title, label) => {
    const isMet = found(label).length > 0 === (label.expected === 'fail');
    expect(isMet, reasonNotMet(title, label)).toBe(reasonNotMet(title, label) === undefined);
  });

  it('names no label as not met that is not there', () => {
    expect(Object.keys(NOT_MET).filter((title) => !titled.some(([known]) => known === title))).toEqual([]);
  });
});
