import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../src/cel/value.ts';
import { compilePolicy } from '../src/engine/compile.ts';
import type { PolicySet } from '../src/engine/compiled.ts';
import { decide } from '../src/engine/decide.ts';
import { mutate } from '../src/engine/mutate.ts';
import { policySet } from '../src/engine/policy-set.ts';
import { type FixtureCase, readPolicyFolder } from '../src/fixtures/cases.ts';
import { type FixtureRequest, readCluster } from '../src/fixtures/cluster.ts';
import { RECOMMENDED, type Settings } from '../src/policy/settings.ts';
import { sourceOf } from './support/policy-pack.ts';
import { REPOSITORY } from './support/source.ts';

function setOf(id: string, action: 'Mutate' | 'Deny', settings: Settings = RECOMMENDED): PolicySet {
  const result = compilePolicy(sourceOf(id), { ...settings.policies[id], enforcement: { action } });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return policySet([result.policy], settings);
}

function casesOf(id: string): readonly FixtureCase[] {
  return readPolicyFolder(join(REPOSITORY, 'policies', id)).cases;
}

describe.each([
  ['set-pod-anti-affinity', 'require-anti-affinity'],
  ['set-image-pull-secrets', 'require-image-pull-secrets'],
])('what %s changes passes %s', (mutating, validating) => {
  const judges = setOf(validating, 'Deny');
  const rules = (request: FixtureRequest['request'], { context }: FixtureRequest) =>
    decide(judges, request, context).findings.map(({ rule }) => rule);

  it.each(casesOf(mutating))('$name', (fixture) => {
    const { requests, settings } = readCluster(fixture);
    const set = setOf(mutating, 'Mutate', settings);
    for (const given of requests) {
      const { object, patch } = mutate(set, given.request, given.context);
      if (patch.length === 0) continue;
      expect(rules({ ...given.request, object }, given)).toEqual([]);
    }
  });
});

describe('set-pre-stop-sleep asks which Kubernetes it runs on', () => {
  const [fixture] = casesOf('set-pre-stop-sleep').filter(({ name }) => name === 'mutate/grace-period');
  const given = fixture && readCluster(fixture).requests[0];

  function hookOn(kubernetesVersion: string, parameters: JsonMap): unknown {
    if (!given) throw new Error('the case grace-period is gone');
    const settings = { ...RECOMMENDED, policies: { 'set-pre-stop-sleep': { parameters } } };
    const set = setOf('set-pre-stop-sleep', 'Mutate', settings);
    return mutate(set, given.request, { ...given.context, kubernetesVersion }).patch[0];
  }

  it('and sleeps where there is a sleep action', () => {
    expect(hookOn('1.30', {})).toMatchObject({ value: { preStop: { sleep: { seconds: 3 } } } });
  });

  it('and does nothing on an older one', () => {
    expect(hookOn('1.29', {})).toBeUndefined();
  });

  it('or runs the sleep program there, where that is asked for', () => {
    expect(hookOn('1.29', { execFallback: true })).toMatchObject({
      value: { preStop: { exec: { command: ['sleep', '3'] } } },
    });
  });
});
