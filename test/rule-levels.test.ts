/** Rules with a level of their own, and rules that ask for the version of the cluster: what fixtures cannot show. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JsonMap } from '../src/cel/value.ts';
import { compilePolicy } from '../src/engine/compile/policy.ts';
import { decide } from '../src/engine/decide.ts';
import type { Finding } from '../src/engine/decision.ts';
import { policySet } from '../src/engine/policy-set.ts';
import { readPolicyFolder } from '../src/fixtures/cases.ts';
import { readCluster } from '../src/fixtures/cluster.ts';
import { RECOMMENDED } from '../src/policy/settings.ts';
import { sourceOf } from './support/policy-pack.ts';
import { REPOSITORY } from './support/source.ts';

/** The findings of a case as the policy would have them by itself, with the parameters of the test. */
function findingsOf(id: string, name: string, parameters: JsonMap = {}, version?: string): readonly Finding[] {
  const compiled = compilePolicy(sourceOf(id), { parameters });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'));
  const set = policySet([compiled.policy], RECOMMENDED);
  const fixture = readPolicyFolder(join(REPOSITORY, 'policies', id)).cases.find((one) => one.name === name);
  if (!fixture) throw new Error(`the case ${name} of ${id} is gone`);
  return readCluster(fixture).requests.flatMap(({ request, context }) => {
    const asked = version === undefined ? context : { ...context, kubernetesVersion: version };
    return decide(set, request, asked).findings;
  });
}

it.each<[string, string, JsonMap, readonly string[]]>([
  ['restrict-pre-stop-duration', 'bad/too-long', {}, ['duration Deny']],
  ['restrict-pre-stop-duration', 'bad/unbounded', {}, ['unbounded Warn']],
  ['restrict-pre-stop-duration', 'bad/unbounded', { unbounded: 'deny' }, ['unbounded Deny']],
  ['restrict-pre-stop-duration', 'bad/unbounded', { unbounded: 'off' }, []],
  ['restrict-termination-grace-period', 'bad/zero', {}, ['zero-stateful Deny', 'zero Warn']],
  ['restrict-termination-grace-period', 'bad/out-of-bounds', {}, ['too-short Warn', 'too-long Warn']],
  ['disallow-shell-entrypoint', 'bad/shell', {}, ['shell Warn']],
  ['disallow-shell-entrypoint', 'bad/script-file', {}, ['script-file Audit']],
  ['disallow-shell-entrypoint', 'bad/script-file', { scripts: 'warn' }, ['script-file Warn']],
  ['disallow-naked-pods', 'bad/naked', {}, ['pod Warn']],
  ['disallow-naked-pods', 'bad/audited', {}, ['static-pod Audit', 'replica-set Audit']],
])('%s %s with %j acts at the level of each rule', (id, name, parameters, expected) => {
  const levels = findingsOf(id, name, parameters).map(({ rule, action }) => `${rule} ${action}`);
  expect([...new Set(levels)]).toEqual(expected);
});

it.each([
  ['1.23', ['grpc-version']],
  ['1.24', []],
])('restrict-probe-target on Kubernetes %s', (version, expected) => {
  const rules = findingsOf('restrict-probe-target', 'good/declared', {}, version).map(({ rule }) => rule);
  expect(rules).toEqual(expected);
});

it.each([
  ['1.29', false],
  ['1.30', true],
])('require-pre-stop offers the sleep action on Kubernetes %s: %s', (version, offered) => {
  const [finding] = findingsOf('require-pre-stop', 'bad/none', {}, version);
  expect(finding?.fix !== undefined).toBe(offered);
});
